from typing import Any

import pytest
from django.contrib.auth.models import Permission


@pytest.fixture
def account_with(client, django_user_model):
    """Logs in an account with these permissions."""

    def log_in(*codenames: str) -> Any:
        user = django_user_model.objects.create_user("editor", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
        client.force_login(user)
        return client

    return log_in
