"""That a measured database has what is asked of it."""

import pytest
from django.core.management import call_command

from tests.bench.contents import correct
from timeline.models import Publication

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("reference")
def test_some_events_were_corrected():
    call_command("seed_synthetic", "200")

    correct(200)

    corrected = Publication.objects.exclude(superseded_in=None)
    assert sorted(corrected.values_list("event__external_id", flat=True)) == ["synthetic:151", "synthetic:51"]
    now = Publication.objects.current().filter(event__in=corrected.values("event"))
    assert sorted(now.values_list("start_min__year", flat=True)) == [1950, 1951]
    assert not now.exclude(version=2).exists()
    assert Publication.objects.current().count() == 200
