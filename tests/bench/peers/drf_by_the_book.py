"""Peer: Django REST framework by its guide: nested ModelSerializers, prefetch, limit and offset with a count."""

from __future__ import annotations

import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import path
from rest_framework import generics, serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import LimitOffsetPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from events.models import Actor, Event, EventText, EventType, Participation, Source, Topic
from tests.bench.peers.django_query import by_exists, by_join


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


class Uncounted(Pages):
    """Pages that do not say how many rows there are."""

    def get_count(self, queryset: Any) -> int:
        return 2**31


class Events(generics.ListAPIView[Event]):
    serializer_class = EventSerializer
    pagination_class = Pages
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = DefaultContentNegotiation
    query = staticmethod(by_join)

    def get_queryset(self) -> QuerySet[Event]:
        request = self.request
        assert isinstance(request, Request)
        first, last = (datetime.date.fromisoformat(request.query_params[name]) for name in ("from", "to"))
        return self.query(request.query_params["country"], first, last)


class TunedEvents(Events):
    pagination_class = Uncounted
    query = staticmethod(by_exists)


urlpatterns = [path("events/", Events.as_view()), path("tuned/", TunedEvents.as_view())]
