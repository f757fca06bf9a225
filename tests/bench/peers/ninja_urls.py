"""Peer: django-ninja by its guide. Schemas of pydantic over the ORM, pages by limit and offset with a count.

And the same with keyset pages, without a count.
"""

import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import path
from ninja import NinjaAPI, Schema
from ninja.pagination import LimitOffsetPagination, paginate

from events.models import Event
from tests.bench.peers.django_query import behind, by_exists, prefetched

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
def events(request: HttpRequest) -> QuerySet[Event]:
    return by_exists(request.GET.dict())


@api.get("/keyset/", response=list[EventOut])
def keyset(request: HttpRequest, before: str | None = None) -> QuerySet[Event]:
    return behind(by_exists(request.GET.dict()), before)[:50]


@api.get("/events/{slug}/", response=EventOut)
def event(request: HttpRequest, slug: str) -> Event:
    return get_object_or_404(prefetched(), slug=slug)


urlpatterns: list[Any] = [path("", api.urls)]
