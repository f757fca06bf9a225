"""The admin as an app, with our site instead of Django's."""

from django.contrib.admin.apps import AdminConfig as DjangosAdminConfig


class AdminConfig(DjangosAdminConfig):
    """Django's admin, on `config.admin_site.AdminSite`."""

    default_site = "config.admin_site.AdminSite"
