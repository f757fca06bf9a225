"""The public addresses."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import RedirectView

from timeline import guides
from timeline.errors import read_only
from timeline.oembed import OEmbed
from timeline.pages import events as event_pages
from timeline.pages import index
from timeline.pages import timelines as timeline_pages
from timeline.views import description, events, history, interchange, root, summaries, vocabulary


class KeyConverter(StringConverter):
    """What may be somebody's slug or code: not with a NUL, which PostgreSQL cannot be asked for."""

    regex = r"[^/\0]+"


register_converter(KeyConverter, "key")

api = [
    path("", root.Root.as_view(), name="api"),
    path("events/", events.EventList.as_view(), name="event-list"),
    path("events/count/", summaries.EventCount.as_view(), name="event-count"),
    path("events/density/", summaries.EventDensity.as_view(), name="event-density"),
    path("events/window/", summaries.EventWindow.as_view(), name="event-window"),
    path("events/facets/", summaries.EventFacets.as_view(), name="event-facets"),
    path("events/<key:slug>/versions/", history.EventVersions.as_view(), name="event-versions"),
    path("events/<key:slug>/", events.EventDetail.as_view(), name="event-detail"),
    path("changes/", history.ChangeList.as_view(), name="change-list"),
    path("countries/", vocabulary.CountryList.as_view(), name="country-list"),
    path("countries/<key:key>/", vocabulary.CountryDetail.as_view(), name="country-detail"),
    path("actors/", vocabulary.ActorList.as_view(), name="actor-list"),
    path("actors/<key:key>/", vocabulary.ActorDetail.as_view(), name="actor-detail"),
    path("types/", vocabulary.TypeList.as_view(), name="type-list"),
    path("types/<key:key>/", vocabulary.TypeDetail.as_view(), name="type-detail"),
    path("topics/", vocabulary.TopicList.as_view(), name="topic-list"),
    path("topics/<key:key>/", vocabulary.TopicDetail.as_view(), name="topic-detail"),
    path("timelines/", vocabulary.TimelineList.as_view(), name="timeline-list"),
    path("timelines/<key:key>/", vocabulary.TimelineDetail.as_view(), name="timeline-detail"),
]

to_index = RedirectView.as_view(pattern_name="index", query_string=True)
"""From what the addresses of pages begin with, to where the timelines are listed."""

urlpatterns = [
    path("api/v1/", include(api)),  # asked most, so looked for first
    path("", index.Index.as_view(), name="index"),
    path("guides/", guides.GuideList.as_view(), name="guide-list"),
    path("guides/<key:name>/", guides.GuidePage.as_view(), name="guide"),
    path("events/", read_only(to_index)),
    path("events/<key:slug>/", event_pages.EventPage.as_view(), name="event-page"),
    path("timelines/", read_only(to_index)),
    path("timelines/<key:slug>/", timeline_pages.TimelinePage.as_view(), name="timeline-page"),
    path("embed/events/<key:slug>/", event_pages.EventEmbed.as_view(), name="event-embed"),
    path("embed/timelines/<key:slug>/", timeline_pages.TimelineEmbed.as_view(), name="timeline-embed"),
    path("oembed/", OEmbed.as_view(), name="oembed"),
    path("api/schema/", description.Description.as_view(), name="schema"),
    path("api/schema/interchange.json", interchange.schema, name="interchange-schema"),
    path("api/docs/", description.Documentation.as_view(), name="docs"),
]
