"""Serves the measured database as `manage.py serve` does: `python -m tests.bench.http_server`. Prints its port."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if __name__ == "__main__":
    from django.conf import settings

    from config.management.commands.serve import open_port
    from config.server import serve_forever

    settings.ROOT_URLCONF = "tests.bench.floor_urls"
    settings.RATE_LIMIT = 0  # the load is one client
    # The process that started this one has the embedded server started, and waits for this one to end.
    settings.DATABASES["default"].update(NAME=os.environ["BENCH_NAME"], HOST=os.environ["BENCH_HOST"])
    listener = open_port("127.0.0.1", 0)
    print(listener.getsockname()[1], flush=True)
    serve_forever(listener)
