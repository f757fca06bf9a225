from typing import Any

from django.core.management.base import BaseCommand

from events.loading import load_reference


class Command(BaseCommand):
    help = "Loads the states, blocs, types and topics that come with the project. What is there is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        made = load_reference()
        self.stdout.write("Reference data: " + ", ".join(f"{count} new {what}" for what, count in made.items()) + ".")
