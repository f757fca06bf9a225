import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.claims import contradict, disputed
from events.dates import parse
from tests.events.test_dates import days_of, no_decades


@pytest.mark.parametrize(
    ("one", "other", "contradicts"),
    [
        ("2023-09-19", "2023-09-21", True),
        ("2023-09-19", "2023-09-19", False),
        ("2023-09", "2023-09-21", False),
        ("2023", "2023-09", False),
        ("2023-08", "2023-09-21", True),
        ("2025-10-25/2025-10-26", "2025-10-25", True),
        ("2025-10-25/2025-10-26", "2025-10-25/2025-10-26", False),
        ("2025-11-10/2026-11-09", "2025-11-10/2026-11-10", True),
        ("2025-11-10/2026-11", "2025-11-10/2026-11-10", False),
        ("2025-11-10/..", "2025-11-10/2026-11-10", False),
        ("2025-11-11/..", "2025-11-10/2026-11-10", True),
        ("../2025-11-10", "2025-04-04/2025-11-10", False),
        ("../2025-11-10", "2025-11-10", False),
        ("../2025-11-09", "2025-11-10", True),
        ("../2025-11-09", "2025-04-04/2025-11-10", True),
        ("../2025", "2025-04-04/..", False),
        ("../2024", "2025-04-04/..", True),
        ("2023-09-19~", "2023-09-21", False),
        ("2023-09-19", "2023-09-21?", False),
    ],
)
def test_contradict(one, other, contradicts):
    assert contradict(parse(one), parse(other)) is contradicts
    assert contradict(parse(other), parse(one)) is contradicts


def test_disputed_looks_at_every_pair():
    assert disputed(map(parse, ["2023-09", "2023-09-19", "2023-09-21"]))
    assert not disputed(map(parse, ["2023-09", "2023-09-19", "2023"]))
    assert not disputed([])


@given(no_decades, st.integers(-1, 1), no_decades)
def test_single_dates_contradict_when_they_share_no_day(one, years, other):
    other = f"{min(max(int(one[:4]) + years, 1), 9998):04}{other[4:]}".replace("-02-29", "-02-28")
    together = set(days_of(one)) & set(days_of(other))

    assert contradict(parse(one), parse(other)) is not bool(together)
