"""The public addresses."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from timeline import guides
from timeline.oembed import OEmbed
from timeline.pages import events as event_pages
from timeline.pages import index
from timeline.pages import timelines as timeline_pages
from timeline.views import events, history, interchange, root, summaries, vocabulary

api = [
    path("", root.Root.as_view(), name="api"),
    path("events/", events.EventList.as_view(), name="event-list"),
    path("events/count/", summaries.EventCount.as_view(), name="event-count"),
    path("events/density/", summaries.EventDensity.as_view(), name="event-density"),
    path("events/window/", summaries.EventWindow.as_view(), name="event-window"),
    path("events/facets/", summaries.EventFacets.as_view(), name="event-facets"),
    path("events/<str:slug>/versions/", history.EventVersions.as_view(), name="event-versions"),
    path("events/<str:slug>/", events.EventDetail.as_view(), name="event-detail"),
    path("changes/", history.ChangeList.as_view(), name="change-list"),
    path("countries/", vocabulary.CountryList.as_view(), name="country-list"),
    path("countries/<str:key>/", vocabulary.CountryDetail.as_view(), name="country-detail"),
    path("actors/", vocabulary.ActorList.as_view(), name="actor-list"),
    path("actors/<str:key>/", vocabulary.ActorDetail.as_view(), name="actor-detail"),
    path("types/", vocabulary.TypeList.as_view(), name="type-list"),
    path("types/<str:key>/", vocabulary.TypeDetail.as_view(), name="type-detail"),
    path("topics/", vocabulary.TopicList.as_view(), name="topic-list"),
    path("topics/<str:key>/", vocabulary.TopicDetail.as_view(), name="topic-detail"),
    path("timelines/", vocabulary.TimelineList.as_view(), name="timeline-list"),
    path("timelines/<str:key>/", vocabulary.TimelineDetail.as_view(), name="timeline-detail"),
]

urlpatterns = [
    path("api/v1/", include(api)),  # asked most, so looked for first
    path("", index.index, name="index"),
    path("guides/", guides.index, name="guide-list"),
    path("guides/<str:name>/", guides.guide, name="guide"),
    path("events/<str:slug>/", event_pages.EventPage.as_view(), name="event-page"),
    path("timelines/<str:slug>/", timeline_pages.TimelinePage.as_view(), name="timeline-page"),
    path("embed/events/<str:slug>/", event_pages.EventEmbed.as_view(), name="event-embed"),
    path("embed/timelines/<str:slug>/", timeline_pages.TimelineEmbed.as_view(), name="timeline-embed"),
    path("oembed/", OEmbed.as_view(), name="oembed"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/schema/interchange.json", interchange.schema, name="interchange-schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="timeline/docs.html"),
        name="docs",
    ),
]
