"""The public addresses."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from timeline import pages, views

api = [
    path("", views.Root.as_view(), name="api"),
    path("events/", views.EventList.as_view(), name="event-list"),
    path("events/count/", views.EventCount.as_view(), name="event-count"),
    path("events/<str:slug>/", views.EventDetail.as_view(), name="event-detail"),
    path("countries/", views.CountryList.as_view(), name="country-list"),
    path("countries/<str:key>/", views.CountryDetail.as_view(), name="country-detail"),
    path("actors/", views.ActorList.as_view(), name="actor-list"),
    path("actors/<str:key>/", views.ActorDetail.as_view(), name="actor-detail"),
    path("types/", views.TypeList.as_view(), name="type-list"),
    path("types/<str:key>/", views.TypeDetail.as_view(), name="type-detail"),
    path("topics/", views.TopicList.as_view(), name="topic-list"),
    path("topics/<str:key>/", views.TopicDetail.as_view(), name="topic-detail"),
    path("timelines/", views.TimelineList.as_view(), name="timeline-list"),
    path("timelines/<str:key>/", views.TimelineDetail.as_view(), name="timeline-detail"),
]

urlpatterns = [
    path("", pages.index, name="index"),
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        SpectacularSwaggerSplitView.as_view(url_name="schema", template_name="timeline/docs.html"),
        name="docs",
    ),
]
