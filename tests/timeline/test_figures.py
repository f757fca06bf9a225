"""Whom the figures of public events name."""

import pytest

from events.models import Figure
from tests.builders import actor, draft, published, state
from timeline.figures import named_in_figures
from timeline.models import Publication
from timeline.publishing import publish

pytestmark = pytest.mark.django_db


def test_reporters_and_partners_are_named_by_code_or_slug():
    published("without")
    event = draft("trade")
    for reporter, partner in ((state("UZ"), state("US")), (actor("opec", "bloc"), None)):
        Figure.objects.create(
            event=event, labels={"en": "Exports"}, value=3, unit="t", reporter=reporter, partner=partner
        )
    publish([event])
    Figure.objects.all().delete()  # what is in hand is not looked at

    assert list(named_in_figures(Publication.objects.current())) == [
        (event.pk, "trade", "UZ"),
        (event.pk, "trade", "US"),
        (event.pk, "trade", "opec"),
    ]
