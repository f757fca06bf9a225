"""That every pair of filters can be asked, of a database as the benchmark fills it."""

import pytest
from django.core.management import call_command

from events.synthetic import BIGGEST
from tests.bench import pairs
from tests.bench.contents import correct
from tests.bench.pairs import FILTERS, measure_pairs
from tests.bench.queries import Values

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("reference")
def test_every_pair_is_a_good_question(monkeypatch):
    call_command("seed_synthetic", "400")
    call_command("load_curated")
    correct(400)
    monkeypatch.setattr(pairs, "SOME", 1)
    # Countries without an event are not known, and a thousand events would be needed for all.
    monkeypatch.setattr(Values, "country", lambda self, ranks=None: self.random.choice(BIGGEST[:8]))
    monkeypatch.setattr(Values, "countries", lambda self, ranks, count: self.random.sample(BIGGEST[:8], count))
    monkeypatch.setattr(Values, "number", lambda self, first, last: first)

    cases = pairs.pairs()
    found = measure_pairs(cases)  # which refuses answers that are not good

    assert sorted(pair.name for pair in found) == sorted(case.name for case in cases)
    assert [pair.slowest for pair in found] == sorted((pair.slowest for pair in found), reverse=True)
    asked = {name for pair in found for name in pair.name.split(" + ")}
    assert asked == set(FILTERS)
    assert "common word + by relevance" in {pair.name for pair in found}
    assert not {"country (big) + by relevance", "day + month", "month + 20 years"} & {pair.name for pair in found}
