"""Public events follow the vocabulary that they name: an actor called otherwise is so in all of them, after a while.

Whoever publishes an entry of the vocabulary leaves a `Refresh`; a worker does it, some hundred events at a time. Each
such batch is a transaction and a dataset version of its own, so that other publishers are not held up, readers find an
event either as it was or as it is now, and a worker that is killed leaves nothing half done. Drafts are not read.
"""

from __future__ import annotations

import datetime
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import Error, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from events.among import among
from events.locking import lock_in_tries
from timeline.documents import LANGUAGES, load
from timeline.editions import new_edition, wait_for_publishers
from timeline.figures import named_in_figures
from timeline.models import Publication, Refresh, Term, TermText
from timeline.processes import clear_waste
from timeline.public_drafts import PublicVocabulary, newest_term, public_drafts, public_vocabulary
from timeline.publishing import Outcome, last_versions, lock, write_publications
from timeline.versions import Prepared, prepare
from timeline.vocabulary import withdraw_terms

BATCH = 500
"""Events in a dataset version."""
PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds after which the worker looks for work again; twice as many after each error of the database, up to these."""
RETRY = datetime.timedelta(minutes=1)
"""After an error."""

logger = logging.getLogger(__name__)


def pending() -> QuerySet[Refresh]:
    """What is to be done now, the oldest first."""
    due = Q(retry_at=None) | Q(retry_at__lte=timezone.now())
    return Refresh.objects.filter(due, finished_at=None).order_by("pk")


@dataclass(frozen=True, slots=True)
class Step:
    """A batch that was done, or tried: the refresh as it stands then, and how many events this step was about."""

    refresh: Refresh
    looked_at: int = 0
    changed: int = 0


def refresh_all(after_step: Callable[[Step], None] = lambda step: None) -> None:
    """Does everything that is to be done and that no other worker does."""
    while (step := _next_step()) is not None:
        after_step(step)
        clear_waste()


def keep_refreshing(stop: Callable[[], bool] = lambda: False) -> None:
    """Does what there is to do, and waits for more."""
    pause, trouble = PAUSE, ""
    while not stop():
        try:
            refresh_all()
        except Error as error:  # the database went away, perhaps
            text = f"{type(error).__name__}: {error}"
            if text != trouble:
                logger.warning("Public events cannot be refreshed: %s", text)
            pause, trouble = min(2 * pause, LONGEST_PAUSE), text
            connection.close()
        else:
            if trouble:
                logger.info("Public events are refreshed again")
            pause, trouble = PAUSE, ""
        time.sleep(pause)


def _next_step() -> Step | None:
    """Begins a refresh or does its next batch; None if there is nothing to do."""
    chosen = None
    try:
        with transaction.atomic():
            # The row's lock keeps other workers away, until the batch and the progress are both there for good.
            chosen = pending().select_for_update(skip_locked=True).defer("events").first()
            if chosen is None:
                return None
            return _begin(chosen) if chosen.total is None else _continue(chosen)
    except Exception as error:
        if chosen is None:
            raise
        logger.exception("The refresh of %s failed", chosen)
        text = f"{type(error).__name__}: {error}"
        Refresh.objects.filter(pk=chosen.pk).update(error=text, retry_at=timezone.now() + RETRY)
        return Step(Refresh.objects.defer("events").get(pk=chosen.pk))


def _begin(refresh: Refresh) -> Step:
    """Notes which events there are to look at."""
    # Whoever rendered an event before the entry was edited is to be among them.
    wait_for_publishers()
    actors = sorted(public_vocabulary().speaking_for(refresh.actors))
    named = Q(actors__overlap=actors) | Q(countries_involved__overlap=refresh.countries)
    named |= Q(type_path__overlap=refresh.types) | Q(topics__overlap=refresh.topics)
    # By date, for the reason that `timeline.importing.by_month` gives.
    found = Publication.objects.current().filter(named).order_by("start_min", "event_id")
    events = list(found.values_list("event_id", flat=True))
    former = _former_names(refresh)
    if former:
        events = list(dict.fromkeys([*events, *_with_figures_of(former)]))
    refresh.events, refresh.total = events, len(events)
    if not refresh.total:
        _finish(refresh)
    refresh.save(update_fields=["events", "total", "finished_at"])
    return Step(refresh)


def _former_names(refresh: Refresh) -> set[str]:
    """What figures call those actors of the refresh whose code became another one: by the code that they had, or by
    their slug, if it was none; and by the new one, for which to look does no harm."""
    if not refresh.countries:
        return set()
    texts = TermText.objects.filter(
        among("term__key", refresh.actors),
        Q(term__published_at=refresh.asked_at) | Q(term__superseded_at=refresh.asked_at),
        term__kind=Term.Kind.ACTOR,
        language=LANGUAGES[0],
    )
    names: dict[str, set[str]] = defaultdict(set)
    for slug, document in texts.values_list("term__key", "document"):
        names[slug].add(load(document).get("code", slug))
    return {name for called in names.values() if len(called) > 1 for name in called}


def _with_figures_of(parties: set[str]) -> list[int]:
    """The public events with figures that name one of these. All are looked through: so only where a code became
    another one, which is rare."""
    named = named_in_figures(Publication.objects.current())
    return sorted({event for event, _, name in named if name in parties})


def _continue(refresh: Refresh) -> Step:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT events[%s:%s] FROM timeline_refresh WHERE id = %s",
            [refresh.done + 1, refresh.done + BATCH, refresh.pk],
        )
        (ids,) = cursor.fetchone()
    changed, passed_over = _refresh_events(ids, refresh)
    refresh.done += len(ids)
    refresh.changed += changed
    refresh.passed_over += passed_over
    refresh.error, refresh.retry_at = "", None
    if refresh.done >= (refresh.total or 0):
        _finish(refresh)
    refresh.save(update_fields=["done", "changed", "passed_over", "error", "retry_at", "finished_at"])
    return Step(refresh, len(ids), changed)


def _finish(refresh: Refresh) -> None:
    """And ends the countries whose actor has another code by now, if no public event has the old one."""
    refresh.finished_at = timezone.now()
    if not _left_codes():
        return
    with new_edition(refresh.asked_by) as edition:
        public = Publication.objects.current()
        # What was published while this waited for its turn counts.
        ended = [code for code in _left_codes() if not public.filter(countries_involved__contains=[code]).exists()]
        withdraw_terms(edition, Term.Kind.COUNTRY, ended)


def _left_codes() -> list[str]:
    return [code for code, holder in public_vocabulary().by_code.items() if holder.code != code]


def _refresh_events(ids: Iterable[int], refresh: Refresh) -> tuple[int, int]:
    """Writes new versions of the events that say something else now. Returns how many, and how many cannot be read."""
    lock_in_tries(lambda: lock(ids))
    vocabulary = public_vocabulary()
    prepared, unknown = _prepare(ids, vocabulary)
    with new_edition(refresh.asked_by) as edition:
        # What was published while this waited for its turn counts.
        current = Publication.objects.current().filter(event_id__in=ids)
        if set(current.values_list("pk", flat=True)) != prepared.keys() | unknown or newest_term() != vocabulary.newest:
            prepared, unknown = _prepare(ids, public_vocabulary())
        outcome = Outcome()
        versions = list(prepared.values())
        write_publications(edition, versions, last_versions(versions), outcome)
    return len(outcome.published), len(unknown)


def _prepare(ids: Iterable[int], vocabulary: PublicVocabulary) -> tuple[dict[int, Prepared], set[int]]:
    """By the id of the current publication, the event as it is to be said now; and the publications passed over."""
    drafts, unknown = public_drafts(ids, vocabulary)
    prepared = prepare([vocabulary.renderer.render(draft) for draft in drafts.values()])
    return dict(zip(drafts, prepared, strict=True)), unknown
