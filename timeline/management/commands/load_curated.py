from typing import Any

from django.core.management.base import BaseCommand

from timeline.loading import load_curated


class Command(BaseCommand):
    help = (
        "Loads and publishes the curated events and timelines that come with the project, and publishes the "
        "vocabulary. What is there is left as it is. Needs load_reference first."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = load_curated()
        self.stdout.write("Curated data: " + ", ".join(f"{count} {what}" for what, count in made.items()) + ".")
