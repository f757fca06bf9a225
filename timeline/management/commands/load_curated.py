from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from events.loading import NotLoaded
from timeline.loading import load_curated
from timeline.publishing import Refused


class Command(BaseCommand):
    help = (
        "Loads and publishes the curated events and timelines that come with the project, and publishes the "
        "vocabulary. What is there is left as it is. Needs load_reference first."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = load_curated()
        except NotLoaded as error:
            raise CommandError(str(error)) from error
        except (Refused, ValidationError) as error:
            raise CommandError(f"The curated data was not loaded: {error}") from error
        self.stdout.write("Curated data: " + ", ".join(f"{count} {what}" for what, count in made.items()) + ".")
