"""What the environment says; a value that makes no sense raises `ImproperlyConfigured` and names what would be right.

| Variable | Default | Meaning |
| --- | --- | --- |
| `DATABASE_URL` | embedded PostgreSQL | `postgresql://user:password@host:5432/name`, PostgreSQL 15 or newer, in UTF8 |
| `EMBEDDED_POSTGRES_DIR` | `.postgres` in the project | its folder: absolute, no spaces or special characters |
| `PORT` | `8000` | port that `manage.py serve` listens on, 1 to 65535 |
| `HOST` | `127.0.0.1` | address `manage.py serve` listens on; `0.0.0.0`: all, `::`: IPv6 too; see `ALLOWED_HOSTS` |
| `SECRET_KEY` | made once, kept in `.secret-key` | signs sessions; 50 characters or more; the same on all machines |
| `DEBUG` | `0` | `1` shows details of errors to everyone: never in public |
| `ALLOWED_HOSTS` | `localhost,127.0.0.1,[::1]` | hosts, separated by commas; `.x.org`: with subdomains; `*`: any |
| `CSRF_TRUSTED_ORIGINS` | none | origins that may send forms, such as `https://timeline.example.org` |
| `SECURE_PROXY` | `0` | `1` behind a proxy that passes `Host`, sets `X-Forwarded-Proto` and `-For`: HTTPS only, HSTS |
| `RATE_LIMIT` | `600` | requests a minute that one client may make, counted in each process; `0` is no limit |
| `PREPARED_STATEMENTS` | `1` | `0` behind a connection pooler that does not know them (PgBouncer before 1.24) |
| `LOG_LEVEL` | `INFO` | `DEBUG`, `INFO`, `WARNING`, `ERROR` or `CRITICAL` |
"""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from psycopg.pq import Conninfo

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
SHORTEST_SECRET_KEY = 50

HOST_NAME = re.compile(r"\*|\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[a-f0-9]*:[a-f0-9.:]+\]", re.ASCII | re.IGNORECASE)
"""What can match the host of a request: Django refuses requests with any other, and strips a dot at its end."""

DATABASE_EXAMPLE = "postgresql://user:password@localhost:5432/timeline"
DATABASE_OPTIONS = {
    *(option.keyword.decode() for option in Conninfo.get_defaults()),
    *("assume_role", "currentSchema", "isolation_level", "server_side_binding"),
}
"""What may stand behind `?`: the parameters of libpq, and those of Django and of dj-database-url."""


class Environment:
    """Reads variables from a mapping such as `os.environ`. A blank variable counts as not set."""

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        self._variables = variables

    def text(self, name: str, default: str = "") -> str:
        """The text of a variable without the space around it."""
        return self._variables.get(name, "").strip() or default

    def flag(self, name: str, *, otherwise: bool = False) -> bool:
        """True or false; `otherwise` when not set."""
        value = self.text(name, "1" if otherwise else "0").lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        raise _wrong(name, value, "1 or 0")

    def words(self, name: str, default: str = "") -> list[str]:
        """The parts between commas."""
        return [word.strip() for word in self.text(name, default).split(",") if word.strip()]

    def port(self) -> int:
        """`PORT`, 1 to 65535."""
        value = self.text("PORT", "8000")
        if not (value.isascii() and value.isdigit() and 1 <= int(value) <= 65535):
            raise _wrong("PORT", value, "a number from 1 to 65535, such as 8000")
        return int(value)

    def rate_limit(self) -> int:
        """`RATE_LIMIT`, requests a minute; 0 is no limit."""
        value = self.text("RATE_LIMIT", "600")
        if not (value.isascii() and value.isdigit() and len(value) <= 9):
            raise _wrong("RATE_LIMIT", value, "a whole number of requests a minute, such as 600, or 0 for no limit")
        return int(value)

    def log_level(self) -> str:
        """`LOG_LEVEL`, in capitals."""
        value = self.text("LOG_LEVEL", "INFO").upper()
        if value not in LOG_LEVELS:
            raise _wrong("LOG_LEVEL", value, "one of " + ", ".join(LOG_LEVELS))
        return value

    def origins(self, name: str) -> list[str]:
        """Origins with their scheme, as browsers send them."""
        values = self.words(name)
        for value in values:
            if not _is_origin(value):
                raise _wrong(name, value, "a scheme and a host without a path, such as https://timeline.example.org")
        return values

    def hosts(self, name: str, default: str) -> list[str]:
        """Host names as requests bear them, without their port; `.example.org` with all below it, `*` for any."""
        values = self.words(name, default)
        for value in values or [self.text(name)]:
            if not HOST_NAME.fullmatch(value):
                raise _wrong(
                    name,
                    value,
                    "a host name without scheme, port and path, such as timeline.example.org, "
                    ".example.org (with all its subdomains), 192.0.2.1 or [::1], or * alone for any; "
                    "commas separate several",
                )
        return values

    def embedded_folder(self) -> Path | None:
        """`EMBEDDED_POSTGRES_DIR`, if set."""
        value = self.text("EMBEDDED_POSTGRES_DIR")
        if value and not Path(value).is_absolute():
            raise _wrong("EMBEDDED_POSTGRES_DIR", value, "an absolute path, such as /var/lib/timeline")
        return Path(value) if value else None

    def database(self) -> dict[str, Any] | None:
        """Django's settings for `DATABASE_URL`, if set. The password is never part of an error."""
        value = self.text("DATABASE_URL")
        if not value:
            return None
        scheme, separator, _ = value.partition("://")
        if not separator or scheme not in {"postgres", "postgresql"}:
            shown = f"{scheme}://…" if separator else "…"
            raise _wrong("DATABASE_URL", shown, f"the address of a PostgreSQL, such as {DATABASE_EXAMPLE}")
        if right := _wrong_in_address(value):
            raise _wrong("DATABASE_URL", f"{scheme}://…", f"{right}, such as {DATABASE_EXAMPLE}")
        return _with_query(dict(dj_database_url.parse(value)), value)

    def secret_key(self, file: Path) -> str:
        """`SECRET_KEY`, or the one in `file`, which is made (readable by its owner only) when it is missing."""
        if value := self.text("SECRET_KEY"):
            if len(value) < SHORTEST_SECRET_KEY:
                raise _wrong("SECRET_KEY", "…", f"at least {SHORTEST_SECRET_KEY} random characters")
            return value
        try:
            if not file.exists():
                _create_secret(file)
            value = file.read_text().strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ImproperlyConfigured(
                f"{file} cannot be read or written ({reason}). Set SECRET_KEY instead."
            ) from error
        if len(value) < SHORTEST_SECRET_KEY:
            raise ImproperlyConfigured(
                f"{file} holds {len(value)} characters. It must hold at least {SHORTEST_SECRET_KEY} random ones: "
                "delete it, and a new one is made; or set SECRET_KEY."
            )
        return value


def _is_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
        named = bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets around what is no IPv6 address, or a port that is no number
        return False
    alone = value == f"{parts.scheme}://{parts.netloc}" and not re.search(r"[@\s]", parts.netloc)
    return parts.scheme in {"http", "https"} and named and alone


def _create_secret(file: Path) -> None:
    descriptor, unfinished = tempfile.mkstemp(prefix=file.name, dir=file.parent)  # mode 600
    try:
        with os.fdopen(descriptor, "w") as output:
            output.write(secrets.token_urlsafe(64) + "\n")
        os.link(unfinished, file)  # unlike a rename, this never replaces the key of a process that was faster
    except FileExistsError:
        pass
    finally:
        os.unlink(unfinished)


def _wrong_in_address(address: str) -> str:
    """What the address of a database must be, if it is not; "" if it is. No part of a password is in it."""
    escaped = "an address with #, /, ?, @, [ and ] in a user or password written as %23, %2F, %3F, %40, %5B and %5D"
    try:
        parts = urlsplit(address)
    except ValueError:  # brackets around what is no IPv6 address
        return escaped
    options = parse_qs(parts.query)
    named = bool(parts.path.strip("/"))
    unknown = next((name for name in options if name not in DATABASE_OPTIONS), "")
    if "#" in address or "@" in parts.path or ("@" in parts.query and (unknown or not named)):
        return escaped  # what ended the password is taken for what follows it
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        return "an address with the name of a database, and its port a number from 1 to 65535"
    if not named:
        return "an address with the name of a database"
    if unknown:
        return f"an address without the option {unknown!r}, which PostgreSQL does not know"
    if several := next((name for name, values in options.items() if len(values) > 1), ""):
        return f"an address with the option {several!r} once"
    if not all(re.fullmatch("-?[0-9]+", value) for value in options.get("connect_timeout", [])):
        return "an address whose option 'connect_timeout' is a whole number of seconds"
    try:
        dj_database_url.parse(address)
    except ValueError:  # it takes ² for a number
        return "an address whose options have ASCII digits"
    return ""


def _with_query(settings: dict[str, Any], address: str) -> dict[str, Any]:
    """What an address says behind its `?` of where the database is, as that of a socket does, stands where Django has
    it: `dbshell` looks for it nowhere else. As it is written: 0042 is a password, not 42."""
    for name, [value] in parse_qs(urlsplit(address).query).items():
        if name in ("host", "port", "user", "password"):
            settings[name.upper()] = value
            del settings["OPTIONS"][name]
    return settings


def _wrong(name: str, value: str, right: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} is {value!r}. It must be {right}.")
