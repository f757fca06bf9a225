"""A folder as the State Department publishes it, with a row for each of its quirks; all of it made up."""

from pathlib import Path

TRIP = """    <trip role="{office}" who="{who}">
        <id>{id}</id>
        <role>{office}</role>
        <name>{name}</name>
        <start-date>{start}</start-date>
        <end-date>{end}</end-date>
        <country id="{state}">{printed}</country>
        <locale>{locale}</locale>
        <remarks>{remarks}</remarks>
        <created-by>nobody</created-by>
    </trip>
"""
VISIT = """    <visit>
        <id>{id}</id>
        <start-date>{start}</start-date>
        <end-date>{end}</end-date>
        <visitor>{visitor}</visitor>
        <from id="{state}">{printed}</from>
        <description>{description}</description>
        <created-by>nobody</created-by>
    </visit>
"""
PRESIDENTS = """<presidents>
    <president n="1">
        <id>carter-jimmy</id>
        <name>Jimmy Carter</name>
        <took-office-date>1977-01-20</took-office-date>
        <left-office-date>1981-01-20</left-office-date>
    </president>
    <president n="2">
        <id>trump-donald-j</id>
        <name>Donald J. Trump</name>
        <took-office-date>2017-01-20</took-office-date>
        <left-office-date>2021-01-20</left-office-date>
    </president>
    <president n="3">
        <id>trump-donald-j</id>
        <name>Donald J. Trump</name>
        <took-office-date>2025-01-20</took-office-date>
        <left-office-date still-in-office="true"/>
    </president>
</presidents>
"""


def trip(id: int, start: str, state: str, printed: str, **more: str) -> str:
    """A trip of Cyrus Vance; `more` changes anything."""
    return TRIP.format(
        **{
            "id": id, "start": start, "end": start, "state": state, "printed": printed, "locale": "", "remarks": "Met.",
            "office": "secretary", "who": "vance-cyrus-roberts", "name": "Cyrus Roberts Vance", **more,
        }
    )  # fmt: skip


def visit(id: int, start: str, state: str, printed: str, visitor: str, **more: str) -> str:
    """A visit; `more` changes anything."""
    return VISIT.format(
        **{
            "id": id, "start": start, "end": start, "state": state, "printed": printed, "visitor": visitor,
            "description": "Met.", **more,
        }
    )  # fmt: skip


def folder(path: Path, trips: str = "", visits: str = "") -> Path:
    """Writes the files below `path`, as the two repositories have them; returns it."""
    contents = {
        "travels/president-travels/none.xml": "<trips/>",
        "travels/secretary-travels/all.xml": f"<trips>\n{trips}</trips>",
        "travels/presidents/presidents.xml": PRESIDENTS,
        "visits/data/1970.xml": f"<visits>\n{visits}</visits>",
    }
    for name, content in contents.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{content}', encoding="utf-8")
    return path
