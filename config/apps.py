from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Brings the command `serve` and the check of the database's version."""

    name = "config"

    def ready(self) -> None:
        from config import checks  # noqa: F401  (registers itself)
