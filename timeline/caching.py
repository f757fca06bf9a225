"""Conditional requests: the dataset version is in the ETag of everything public."""

from __future__ import annotations

import datetime
import functools
import hashlib
import re

from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.http import parse_etags

from timeline.build import build
from timeline.cache_control import PAST, PRESENT
from timeline.editions import LEFT_OUT
from timeline.errors import InvalidParameters, NotReplayed, ParameterError
from timeline.models import Dataset, DatasetVersion
from timeline.prepared_queries import PreparedQuery


def dataset_version() -> int:
    """The version of the published data; 0 before the first publication. One tiny query."""
    rows = _version().rows({})
    return rows[0][0] if rows else 0


@functools.cache
def _version() -> PreparedQuery:
    return PreparedQuery.from_queryset(Dataset.objects.filter(pk=1).values_list("version"))


def past_version(asked: int | datetime.datetime, now: int) -> int:
    """The dataset version that `as_of` means, where `now` is the present one.

    Raises `InvalidParameters` for what is not yet, `NotReplayed` for what is not at this replica yet.
    """
    if isinstance(asked, int):
        if asked > now:
            raise not_yet("as_of", asked, now)
        if now < LEFT_OUT:
            return asked
        # Where numbers were left out, what is answered is the state before, and says so: caches may have another one by
        # the number that was asked for.
        return _latest(DatasetVersion.objects.filter(number__lte=asked).order_by("-number"))
    if asked > timezone.now():
        message = "'as_of' lies in the future: a day counts from its end on, in UTC."
        raise InvalidParameters([ParameterError("as_of", "unknown_value", message)])
    return _latest(DatasetVersion.objects.filter(at__lte=asked, number__lte=now).order_by("-at", "-number"))


def _latest(versions: QuerySet[DatasetVersion]) -> int:
    return versions.values_list("number", flat=True).first() or 0


def not_yet(parameter: str, asked: int, now: int) -> InvalidParameters | NotReplayed:
    """The error for a dataset version that does not exist yet, or, at a replica, may exist. One tiny query."""
    if is_in_recovery():
        message = f"This replica has not replayed dataset version {asked} yet: its present one is {now}."
        return NotReplayed(f"{message} If the primary has it, ask again in some seconds.")
    message = f"There is no dataset version {asked} yet: the present one is {now}."
    return InvalidParameters([ParameterError(parameter, "unknown_value", message)])


def is_in_recovery() -> bool:
    """Whether the database is a replica, which may have less than its primary by now. Not `config.replicas.is_replica`:
    the transaction may be one that only reads, at the primary too."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery()")
        return bool(cursor.fetchone() == (True,))


TAG = re.compile(r'(W/")[0-9]+(-[^"]+")')


def etag(version: int, origin: str, variant: str = "", day: datetime.date | None = None) -> str:
    """The ETag of any answer from this dataset version; weak, because it may be compressed on the way.

    `origin` is what the URLs in it begin with. `variant` tells answers apart that one address gives by the request's
    headers; `day` those that it gives on other days, where it does.
    """
    shown = f"@{day}" if day else ""
    return f'W/"{version}{shown}-{_mark(origin, build())}{variant}"'


@functools.lru_cache(maxsize=1000)
def _mark(origin: str, code: str) -> str:
    """What tells apart answers that say the same data in other words: under another origin, or by other code."""
    return hashlib.sha256(f"{origin} {code}".encode()).hexdigest()[:10]


def renewed(tag: str, version: int) -> str | None:
    """The same ETag of another dataset version; None if it is not one of `etag`, or depends on the day as well."""
    return TAG.sub(rf"\g<1>{version}\g<2>", tag) if TAG.fullmatch(tag) else None


def unchanged(request: HttpRequest, tag: str) -> bool:
    """Whether the client says that it has the answer with this ETag (RFC 9110, weak comparison)."""
    said = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return tag.removeprefix("W/") in {known.removeprefix("W/") for known in said}


def has_any(request: HttpRequest) -> bool:
    """Whether the client says that it has any answer, which counts only where there is one (RFC 9110, 13.1.2)."""
    return request.META.get("HTTP_IF_NONE_MATCH", "").strip() == "*"


def cached(response: HttpResponseBase, tag: str, *, past: bool = False) -> HttpResponseBase:
    """`response` with the headers that let anybody keep it and ask whether it still holds."""
    response["ETag"] = tag
    response.setdefault("Cache-Control", PAST if past else PRESENT)
    return response
