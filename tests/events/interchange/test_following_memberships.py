"""Memberships that a data set says again; what becomes of them in an import is in `test_import_historyatstate`."""

import pytest

from events.interchange.following_memberships import follow
from events.models import Membership
from tests.builders import actor, member, state

pytestmark = pytest.mark.django_db

FIRST, SECOND = ("1969-01-20", "1973-01-20"), ("1973-01-20", "1974-08-09")


@pytest.mark.parametrize(
    ("there", "before", "to_be_made"),
    [
        ([], [], [FIRST, SECOND]),
        ([], [FIRST], [SECOND]),
        ([], [FIRST, SECOND], []),
        ([FIRST], [FIRST], [SECOND]),
        # The second begins on the day on which the first ends, and is not the first corrected.
        ([("1969", "1973-01-20")], [FIRST], [SECOND]),
        ([("1969", "1974")], [FIRST, SECOND], []),
        # A day in office is of the term that it is in.
        ([("1973-01-20", "1973-01-20")], [FIRST, SECOND], []),
        # Of what came otherwise nothing is known: what overlaps is an editor's, and the rest is made.
        ([], None, [FIRST, SECOND]),
        ([("1969", "1973")], None, []),
        ([("1969", "1972")], None, [SECOND]),
        ([("1974", "")], None, [FIRST]),
    ],
)
def test_which_terms_are_to_be_made(there, before, to_be_made):
    us, nixon = state("US"), actor("richard-nixon")
    rows = [member(us, nixon, since, until, "president") for since, until in there]
    said = {(nixon.pk, us.pk, "president", since): until for since, until in (FIRST, SECOND)}
    last = before and [[us.pk, "president", *term] for term in before]

    settled = follow(said, rows, {nixon.pk: last})
    assert [(term[3], until) for term, until in said.items() if term not in settled] == to_be_made
    assert set(settled.values()) <= {False}
    assert list(Membership.objects.values_list("since", "until")) == there


def test_another_role_or_group_is_another_membership():
    us, gb, nixon = state("US"), state("GB"), actor("richard-nixon")
    rows = [member(us, nixon, "1969", "1974", role="lawyer"), member(gb, nixon, "1969", "1974", role="president")]

    assert follow({(nixon.pk, us.pk, "president", "1969-01-20"): "1974-08-09"}, rows, {nixon.pk: None}) == {}
