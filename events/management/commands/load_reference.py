from typing import Any

from django.core.management.base import BaseCommand, CommandError

from events.loading import NotLoaded, load_reference


class Command(BaseCommand):
    help = "Loads the states, blocs, types and topics that come with the project. What is there is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = load_reference()
        except NotLoaded as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Reference data: " + ", ".join(f"{count} new {what}" for what, count in made.items()) + ".")
