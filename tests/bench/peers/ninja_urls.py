"""Peer: django-ninja by its guide. Schemas of pydantic over the ORM, pages by limit and offset with a count."""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from ninja import NinjaAPI, Query, Schema
from ninja.pagination import LimitOffsetPagination, paginate

from events.models import Event
from tests.bench.peers.django_query import by_exists

api = NinjaAPI(docs_url=None, openapi_url=None)


class ActorOut(Schema):
    slug: str
    names: dict[str, str]
    kind: str
    code: str | None


class ParticipationOut(Schema):
    role: str
    name_as_printed: str
    actor: ActorOut


class BranchOut(Schema):
    slug: str
    names: dict[str, str]


class TextOut(Schema):
    language: str
    title: str
    summary: str


class SourceOut(Schema):
    url: str
    title: str
    publisher: str
    language: str
    published: str
    official: bool
    claims: str


class EventOut(Schema):
    slug: str
    type: BranchOut
    date: str
    start_min: datetime.date
    end_max: datetime.date
    effective: str
    place_name: str
    texts: list[TextOut]
    topics: list[BranchOut]
    sources: list[SourceOut]
    participations: list[ParticipationOut]


@api.get("/events/", response=list[EventOut])
@paginate(LimitOffsetPagination)
def events(
    request: HttpRequest,
    country: str,
    first: datetime.date = Query(alias="from"),  # noqa: B008 - how ninja names a parameter
    last: datetime.date = Query(alias="to"),  # noqa: B008
) -> QuerySet[Event]:
    return by_exists(country, first, last)


urlpatterns: list[Any] = [path("", api.urls)]
