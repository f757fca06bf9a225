"""The form in which events leave and enter: JSON Lines, or CSV where a record is flat.

`records.py` says what a record is, and makes `schema.json`; `reading.py` and `flat.py` read files, `writing.py` writes
them, `importing.py` brings records into the database.
"""
