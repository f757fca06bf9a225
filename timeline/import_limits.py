"""How large a file may be that is imported in the admin."""

MOST_BYTES = 5_000_000
MOST_PACKED = 2_000_000
"""Characters of the packed file in the preview's form, four for three bytes; Django takes forms up to 2.5 MB."""
TOO_LARGE = (
    f"The file is too large to be imported here: at most {MOST_BYTES // 1_000_000} MB, and "
    f"{MOST_PACKED * 3 / 4_000_000:g} MB when packed (gzip). Split it, or have an operator run manage.py import_events."
)
