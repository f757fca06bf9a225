"""Addresses: the admin for editors, everything else for readers."""

from django.contrib import admin
from django.urls import path

from timeline import urls

urlpatterns = [*urls.urlpatterns, path("admin/", admin.site.urls)]

handler400 = "timeline.errors.bad_request"
handler403 = "timeline.errors.permission_denied"
handler404 = "timeline.errors.not_found"
handler500 = "timeline.errors.server_error"
