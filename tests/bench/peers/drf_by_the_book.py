"""Peer: Django REST framework by its guide: nested ModelSerializers, prefetch, limit and offset with a count.

And the same with keyset pages, without a count, and JSON by orjson: what one does whom that is too slow.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.db.models import QuerySet
from django.urls import path
from rest_framework import generics, serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import BasePagination, LimitOffsetPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from events.models import Actor, Event, EventText, EventType, Participation, Source, Topic
from tests.bench.peers.django_query import behind, by_exists, by_join, prefetched


class ActorSerializer(serializers.ModelSerializer[Actor]):
    class Meta:
        model = Actor
        fields = ("slug", "names", "kind", "code")


class ParticipationSerializer(serializers.ModelSerializer[Participation]):
    actor = ActorSerializer()

    class Meta:
        model = Participation
        fields = ("role", "name_as_printed", "actor")


class BranchSerializer(serializers.ModelSerializer[Topic]):
    class Meta:
        model = Topic
        fields = ("slug", "names")


class TypeSerializer(serializers.ModelSerializer[EventType]):
    class Meta:
        model = EventType
        fields = ("slug", "names")


class TextSerializer(serializers.ModelSerializer[EventText]):
    class Meta:
        model = EventText
        fields = ("language", "title", "summary")


class SourceSerializer(serializers.ModelSerializer[Source]):
    class Meta:
        model = Source
        fields = ("url", "title", "publisher", "language", "published", "official", "claims")


class EventSerializer(serializers.ModelSerializer[Event]):
    type = TypeSerializer()
    texts = TextSerializer(many=True)
    topics = BranchSerializer(many=True)
    sources = SourceSerializer(many=True)
    participations = ParticipationSerializer(many=True)

    class Meta:
        model = Event
        fields = (
            "slug", "type", "date", "start_min", "end_max", "effective", "place_name", "texts", "topics", "sources",
            "participations",
        )  # fmt: skip


class Pages(LimitOffsetPagination):
    default_limit = 50


class Keyset(BasePagination):
    """Pages of 50 that begin behind a row; nothing is counted."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.rows = list(behind(queryset, request.query_params.get("before"))[:51])
        return self.rows[:50]

    def get_paginated_response(self, data: Any) -> Response:
        last = self.rows[49] if len(self.rows) > 50 else None
        return Response({"next": f"{last.start_min},{last.pk}" if last else None, "results": data})


class Events(generics.ListAPIView[Event]):
    serializer_class = EventSerializer
    pagination_class: type[BasePagination] = Pages
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = DefaultContentNegotiation
    query = staticmethod(by_join)

    def get_queryset(self) -> QuerySet[Event]:
        return self.query(self.request.GET)


class FastJSONRenderer(JSONRenderer):
    def render(self, data: Any, *arguments: Any, **options: Any) -> bytes:
        return orjson.dumps(data)


class KeysetEvents(Events):
    pagination_class = Keyset
    renderer_classes = (FastJSONRenderer,)
    query = staticmethod(by_exists)


class EventDetail(generics.RetrieveAPIView[Event]):
    serializer_class = EventSerializer
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = DefaultContentNegotiation
    queryset = prefetched()
    lookup_field = "slug"


urlpatterns = [
    path("events/", Events.as_view()),
    path("keyset/", KeysetEvents.as_view()),
    path("events/<slug>/", EventDetail.as_view()),
]
