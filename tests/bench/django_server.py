"""Serves a URLconf as this project is served: `python -m tests.bench.django_server URLCONF PORT`.

The database is that of BENCH_NAME and BENCH_HOST.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

if __name__ == "__main__":
    import django
    from django.conf import settings

    django.setup()

    from config.management.commands.serve import open_port
    from config.server import serve_forever

    settings.ROOT_URLCONF = sys.argv[1]
    settings.RATE_LIMIT = 0  # the load is one client
    if sys.argv[1] != "tests.bench.floor_urls":
        # What `startproject` gives and a public API can use.
        settings.MIDDLEWARE = [
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ]
    settings.DATABASES["default"].update(NAME=os.environ["BENCH_NAME"], HOST=os.environ["BENCH_HOST"])
    serve_forever(open_port("127.0.0.1", int(sys.argv[2])))
