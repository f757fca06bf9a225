"""Conditional requests: the dataset version is the ETag of everything public."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.http import parse_etags

from timeline.errors import InvalidParameters, ParameterError
from timeline.models import Dataset, DatasetVersion


def dataset_version() -> int:
    """The version of the published data; 0 before the first publication. One tiny query."""
    return Dataset.objects.filter(pk=1).values_list("version", flat=True).first() or 0


def past_version(asked: int | datetime.datetime, now: int) -> int:
    """The dataset version that `as_of` means, where `now` is the present one.

    Raises `InvalidParameters` for what is not yet.
    """
    if isinstance(asked, int):
        if asked > now:
            raise not_yet("as_of", asked, now)
        return asked
    if asked > timezone.now():
        message = "'as_of' lies in the future: a day counts from its end on, in UTC."
        raise InvalidParameters([ParameterError("as_of", "unknown_value", message)])
    past = DatasetVersion.objects.filter(at__lte=asked, number__lte=now).order_by("-at", "-number")
    return past.values_list("number", flat=True).first() or 0


def not_yet(parameter: str, asked: int, now: int) -> InvalidParameters:
    """The error for a dataset version that does not exist yet."""
    message = f"There is no dataset version {asked} yet: the present one is {now}."
    return InvalidParameters([ParameterError(parameter, "unknown_value", message)])


def etag(version: int) -> str:
    """The ETag of any answer from this dataset version; weak, because it may be compressed on the way."""
    return f'W/"{version}-{settings.SPECTACULAR_SETTINGS["VERSION"]}"'


def unchanged(request: HttpRequest, tag: str) -> bool:
    """Whether the client says that it has the answer with this ETag (RFC 9110, weak comparison)."""
    said = parse_etags(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return "*" in said or tag.removeprefix("W/") in {known.removeprefix("W/") for known in said}


def cached(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    """`response` with the headers that let anybody keep it and ask whether it still holds."""
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response
