"""Peer: Directus, over the tables of editors, with its own tables in a schema beside them.

It is asked as its administrator, of whom it checks no permissions. Its licence (BSL 1.1) allows such measurements.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from django.db import connection

FOLDER = Path(__file__).resolve().parent / "directus"
PROGRAM = FOLDER / "node_modules" / "directus" / "cli.js"
BUILT = FOLDER / "node_modules" / "isolated-vm" / "out" / "isolated_vm.node"
"""The one part that is compiled when it is installed; Directus does not start without it."""
SCHEMA, TOKEN = "directus", "bench"

NESTED = {
    "texts": "events_eventtext",
    "topics": "events_event_topics",
    "sources": "events_source",
    "participations": "events_participation",
}
"""Fields that an event gets → the tables whose rows they list. References the other way it finds by itself."""


def configure(port: int, folder: Path) -> Path:
    """Writes its configuration into `folder`: no cache, no limits, nothing told to anybody."""
    database = connection.settings_dict
    values = {
        "DB_CLIENT": "pg",
        "DB_HOST": database["HOST"],
        "DB_PORT": str(database["PORT"] or 5432),
        "DB_DATABASE": database["NAME"],
        "DB_USER": database["USER"],
        "DB_PASSWORD": database["PASSWORD"] or "unused",
        "DB_SEARCH_PATH": f"array:{SCHEMA},public",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SECRET": "only-for-the-benchmark",
        "ADMIN_EMAIL": "bench@example.org",
        "ADMIN_PASSWORD": "bench",
        "ADMIN_TOKEN": TOKEN,
        "CACHE_ENABLED": "false",
        "RATE_LIMITER_ENABLED": "false",
        "WEBSOCKETS_ENABLED": "false",
        "TELEMETRY": "false",
        "LOG_LEVEL": "error",
        "STORAGE_LOCAL_ROOT": str(folder),
        "EXTENSIONS_PATH": str(folder),
    }
    config = folder / "directus.json"
    config.touch(mode=0o600)
    config.write_text(json.dumps(values))
    return config


def set_up(config: Path) -> None:
    """Makes its tables anew, and tells it how ours belong together."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
    subprocess.run(
        ["node", str(PROGRAM), "bootstrap"],
        env={**os.environ, "CONFIG_PATH": str(config)},
        check=True,
        capture_output=True,
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {SCHEMA}.directus_fields (collection, field, special) VALUES ('events_event', %s, 'o2m')",
            [(field,) for field in NESTED],
        )
        cursor.executemany(
            f"INSERT INTO {SCHEMA}.directus_relations (many_collection, many_field, one_collection, one_field) "
            "VALUES (%s, 'event_id', 'events_event', %s)",
            [(table, field) for field, table in NESTED.items()],
        )
