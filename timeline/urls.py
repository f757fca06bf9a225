"""The public addresses."""

from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter
from django.views.generic import RedirectView

from timeline import guides
from timeline.errors import read_only
from timeline.oembed import OEmbed
from timeline.pages import events as event_pages
from timeline.pages import index
from timeline.pages import timelines as timeline_pages
from timeline.views import description, events, history, interchange, root, summaries, vocabulary
from timeline.views.base import PublicView


class KeyConverter(StringConverter):
    """What may be somebody's slug or code: not with a NUL, which PostgreSQL cannot be asked for."""

    regex = r"[^/\0]+"


register_converter(KeyConverter, "key")


def under_api(route: str, view: type[PublicView], name: str) -> URLPattern:
    """An address of the API."""
    return path(f"api/v1/{route}", view.as_view(), name=name)


api = [
    under_api("", root.Root, "api"),
    under_api("events/", events.EventList, "event-list"),
    under_api("events/count/", summaries.EventCount, "event-count"),
    under_api("events/density/", summaries.EventDensity, "event-density"),
    under_api("events/window/", summaries.EventWindow, "event-window"),
    under_api("events/facets/", summaries.EventFacets, "event-facets"),
    under_api("events/<key:slug>/versions/", history.EventVersions, "event-versions"),
    under_api("events/<key:slug>/", events.EventDetail, "event-detail"),
    under_api("changes/", history.ChangeList, "change-list"),
    under_api("countries/", vocabulary.CountryList, "country-list"),
    under_api("countries/<key:key>/", vocabulary.CountryDetail, "country-detail"),
    under_api("actors/", vocabulary.ActorList, "actor-list"),
    under_api("actors/<key:key>/", vocabulary.ActorDetail, "actor-detail"),
    under_api("types/", vocabulary.TypeList, "type-list"),
    under_api("types/<key:key>/", vocabulary.TypeDetail, "type-detail"),
    under_api("topics/", vocabulary.TopicList, "topic-list"),
    under_api("topics/<key:key>/", vocabulary.TopicDetail, "topic-detail"),
    under_api("timelines/", vocabulary.TimelineList, "timeline-list"),
    under_api("timelines/<key:key>/", vocabulary.TimelineDetail, "timeline-detail"),
]

to_index = RedirectView.as_view(pattern_name="index", query_string=True)
"""From what the addresses of pages begin with, to where the timelines are listed."""

urlpatterns = [
    *api,  # asked most, so looked for first; in one list, as each list in a list takes as long as a route
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
