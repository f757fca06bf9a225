import stat

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.client import DatabaseClient

from config.env import Environment


def error_of(read) -> str:
    with pytest.raises(ImproperlyConfigured) as caught:
        read()
    return str(caught.value)


@pytest.mark.parametrize("value", ["0", "65536", "-1", "http", "80 80", "1e3", "٣"])
def test_a_port_that_is_none_gives_error(value):
    expected = f"PORT is {value!r}. It must be a number from 1 to 65535, such as 8000."
    assert error_of(Environment({"PORT": value}).port) == expected


@pytest.mark.parametrize(("value", "port"), [("", 8000), ("8001", 8001), (" 1 ", 1), ("65535", 65535)])
def test_port(value, port):
    assert Environment({"PORT": value}).port() == port


def test_a_flag_that_is_none_gives_error():
    environment = Environment({"DEBUG": "maybe"})
    assert error_of(lambda: environment.flag("DEBUG")) == "DEBUG is 'maybe'. It must be 1 or 0."


@pytest.mark.parametrize(("value", "flag"), [("", False), ("0", False), ("off", False), ("1", True), ("True", True)])
def test_flag(value, flag):
    assert Environment({"DEBUG": value}).flag("DEBUG") is flag


@pytest.mark.parametrize(("value", "flag"), [("", True), ("0", False), ("1", True)])
def test_a_flag_that_is_true_if_not_set(value, flag):
    assert Environment({"PREPARED_STATEMENTS": value}).flag("PREPARED_STATEMENTS", otherwise=True) is flag


def test_an_unknown_log_level_gives_error():
    expected = "LOG_LEVEL is 'LOUD'. It must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL."
    assert error_of(Environment({"LOG_LEVEL": "loud"}).log_level) == expected


@pytest.mark.parametrize(
    "value",
    [
        "timeline.example.org",
        "https://",
        "https://:443",
        "https://timeline.example.org/",
        "https://a.org?",
        "https://a.org#x",
        "https://a.org#",
        "https://me:secret@a.org",
        "https://a.org:x",
        "https://a.org:0",
        "https://a b.org",
        "https://[::1",
        "ftp://a.example",
    ],
)
def test_an_origin_that_is_none_gives_error(value):
    environment = Environment({"CSRF_TRUSTED_ORIGINS": f"https://fine.example, {value}"})
    assert error_of(lambda: environment.origins("CSRF_TRUSTED_ORIGINS")) == (
        f"CSRF_TRUSTED_ORIGINS is {value!r}. "
        "It must be a scheme and a host without a path, such as https://timeline.example.org."
    )


def test_origins():
    right = ["https://timeline.example.org", "https://*.example.org", "http://localhost:8000", "http://[::1]:8000"]
    assert Environment({"ORIGINS": ", ".join(right)}).origins("ORIGINS") == right
    assert Environment({}).origins("ORIGINS") == []


@pytest.mark.parametrize(
    "value",
    [
        "http://x.org",
        "y.org:8000",
        "*.example.org",
        "a.org b.org",
        "x.org/path",
        "x.org.",
        "my_host",
        "bücher.example",
        ".",
        "::1",
        "[::1]:80",
    ],
)
def test_a_host_that_no_request_has_gives_error(value):
    environment = Environment({"ALLOWED_HOSTS": f"fine.example, {value}"})
    assert error_of(lambda: environment.hosts("ALLOWED_HOSTS", "localhost")) == (
        f"ALLOWED_HOSTS is {value!r}. It must be a host name without scheme, port and path, such as "
        "timeline.example.org, .example.org (with all its subdomains), 192.0.2.1 or [::1], or * alone for any; "
        "commas separate several."
    )


def test_no_host_among_commas_gives_error():
    environment = Environment({"ALLOWED_HOSTS": " , "})
    assert error_of(lambda: environment.hosts("ALLOWED_HOSTS", "localhost")).startswith("ALLOWED_HOSTS is ','. It must")


@pytest.mark.parametrize(
    ("value", "hosts"),
    [
        ("", ["localhost", "127.0.0.1", "[::1]"]),
        ("*", ["*"]),
        (".example.org, X.example", [".example.org", "X.example"]),
        ("192.0.2.1,[2001:DB8::1],[::ffff:192.0.2.1]", ["192.0.2.1", "[2001:DB8::1]", "[::ffff:192.0.2.1]"]),
        ("xn--bcher-kva.example", ["xn--bcher-kva.example"]),
    ],
)
def test_hosts(value, hosts):
    assert Environment({"ALLOWED_HOSTS": value}).hosts("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]") == hosts


def test_words_are_split_at_commas():
    assert Environment({"ALLOWED_HOSTS": " a.example,, b.example "}).words("ALLOWED_HOSTS") == [
        "a.example",
        "b.example",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("sqlite:///data.db", "sqlite://…"),
        ("mysql://me:secret@localhost/timeline", "mysql://…"),
        ("localhost:5432 secret", "…"),
    ],
)
def test_a_database_that_is_not_postgresql_gives_error(value, shown):
    assert error_of(Environment({"DATABASE_URL": value}).database) == (
        f"DATABASE_URL is {shown!r}. "
        "It must be the address of a PostgreSQL, such as postgresql://user:password@localhost:5432/timeline."
    )


@pytest.mark.parametrize(
    "value", ["postgresql://me:secret@localhost:5432", "postgres://me:secret@localhost:port/timeline"]
)
def test_an_incomplete_database_address_gives_error_without_the_password(value):
    message = error_of(Environment({"DATABASE_URL": value}).database)
    assert "It must be an address with the name of a database" in message
    assert "secret" not in message


ESCAPED = "an address with #, /, ?, @, [ and ] in a user or password written as %23, %2F, %3F, %40, %5B and %5D"
A_PORT = "an address with the name of a database, and its port a number from 1 to 65535"


@pytest.mark.parametrize(
    ("rest", "right"),
    [
        ("localhost", "an address with the name of a database"),
        ("me:secret@localhost/", "an address with the name of a database"),
        ("me:secret@localhost:99999/timeline", A_PORT),
        ("me:secret@localhost:0/timeline", A_PORT),
        ("me:secret@localhost:abc/timeline", A_PORT),
        ("me:secret/timeline", A_PORT),
        ("me:se#cret@localhost:5432/timeline", ESCAPED),
        ("me:se/cret@localhost:5432/timeline", ESCAPED),
        ("me:se?cret@localhost:5432/timeline", ESCAPED),
        ("me:s@e/cret@localhost:5432/timeline", ESCAPED),
        ("me:s@1/e?cret=1@localhost:5432/timeline", ESCAPED),
        ("me:se[cret@localhost:5432/timeline", ESCAPED),
        ("me:se[cr]et@localhost:5432/timeline", ESCAPED),
        (
            "localhost/timeline?sslmode=require&foo=bar",
            "an address without the option 'foo', which PostgreSQL does not know",
        ),
        (
            "localhost/timeline?connect_timeout=abc",
            "an address whose option 'connect_timeout' is a whole number of seconds",
        ),
        ("localhost/timeline?application_name=²", "an address whose options have ASCII digits"),
        ("localhost/timeline?sslmode=require&sslmode=disable", "an address with the option 'sslmode' once"),
    ],
)
def test_what_is_wrong_in_a_database_address_is_said_without_the_password(rest, right):
    assert error_of(Environment({"DATABASE_URL": f"postgresql://{rest}"}).database) == (
        "DATABASE_URL is 'postgresql://…'. "
        f"It must be {right}, such as postgresql://user:password@localhost:5432/timeline."
    )


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("me:p@ss@db.example/timeline", {"PASSWORD": "p@ss", "HOST": "db.example", "PORT": ""}),
        ("me:%23%2F%3F%40%5B%5D@[::1]:1/timeline", {"PASSWORD": "#/?@[]", "HOST": "::1", "PORT": 1}),
        ("/timeline?host=/run/postgresql&user=me@x", {"HOST": "/run/postgresql", "USER": "me@x", "OPTIONS": {}}),
        ("other/timeline?host=db&port=0543&password=0042", {"HOST": "db", "PORT": "0543", "PASSWORD": "0042"}),
        ("me@%2FHome%2FMe%2Fpg/timeline", {"HOST": "/Home/Me/pg", "USER": "me", "PORT": ""}),
        (
            "db/timeline?connect_timeout=10&currentSchema=a",
            {"OPTIONS": {"connect_timeout": 10, "options": "-c search_path=a"}},
        ),
    ],
)
def test_database_addresses(rest, expected):
    settings = Environment({"DATABASE_URL": f"postgresql://{rest}"}).database()
    assert settings is not None
    assert {name: settings[name] for name in expected} == expected


def test_the_shell_of_the_database_goes_where_its_address_says():
    settings = Environment({"DATABASE_URL": "postgresql://me@/timeline?host=/run/postgresql"}).database()
    assert settings is not None
    command, _ = DatabaseClient.settings_to_cmd_args_env(settings, [])
    assert command == ["psql", "-U", "me", "-h", "/run/postgresql", "timeline"]


def test_database():
    settings = Environment({"DATABASE_URL": "postgres://me:p%40ss@db.example:6432/timeline?sslmode=require"}).database()
    assert settings is not None
    assert {name: settings[name] for name in ("ENGINE", "HOST", "PORT", "USER", "PASSWORD", "NAME", "OPTIONS")} == {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "db.example",
        "PORT": 6432,
        "USER": "me",
        "PASSWORD": "p@ss",
        "NAME": "timeline",
        "OPTIONS": {"sslmode": "require"},
    }
    assert Environment({}).database() is None


def test_a_relative_folder_gives_error():
    assert error_of(Environment({"EMBEDDED_POSTGRES_DIR": "data"}).embedded_folder) == (
        "EMBEDDED_POSTGRES_DIR is 'data'. It must be an absolute path, such as /var/lib/timeline."
    )


def test_a_short_secret_key_gives_error_that_does_not_show_it(tmp_path):
    environment = Environment({"SECRET_KEY": "hunter2"})
    assert error_of(lambda: environment.secret_key(tmp_path / "key")) == (
        "SECRET_KEY is '…'. It must be at least 50 random characters."
    )


def test_the_secret_key_is_made_once_and_only_for_its_owner(tmp_path):
    file = tmp_path / ".secret-key"
    key = Environment({}).secret_key(file)
    assert len(key) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert Environment({}).secret_key(file) == key
    assert [path.name for path in tmp_path.iterdir()] == [".secret-key"]


@pytest.mark.parametrize(("text", "length"), [("", 0), (" \n", 0), ("short\n", 5), ("x" * 49, 49)])
def test_a_file_with_a_short_secret_key_gives_error_and_stays(tmp_path, text, length):
    file = tmp_path / ".secret-key"
    file.write_text(text)
    assert error_of(lambda: Environment({}).secret_key(file)) == (
        f"{file} holds {length} characters. It must hold at least 50 random ones: "
        "delete it, and a new one is made; or set SECRET_KEY."
    )
    assert file.read_text() == text
    assert Environment({"SECRET_KEY": "y" * 50}).secret_key(file) == "y" * 50


def test_a_file_of_a_secret_key_that_is_no_text_gives_error(tmp_path):
    file = tmp_path / ".secret-key"
    file.write_bytes(b"\xff" * 64)
    assert error_of(lambda: Environment({}).secret_key(file)) == (
        f"{file} cannot be read or written (it is not text). Set SECRET_KEY instead."
    )


def test_a_secret_key_that_cannot_be_kept_gives_error(tmp_path):
    file = tmp_path / "missing" / ".secret-key"
    assert error_of(lambda: Environment({}).secret_key(file)) == (
        f"{file} cannot be read or written (No such file or directory). Set SECRET_KEY instead."
    )


@pytest.mark.parametrize("value", ["-1", "many", "600/minute", "1.5", "٦٠٠", "1e3", "1" * 10])
def test_a_rate_limit_that_is_none_gives_error(value):
    assert error_of(Environment({"RATE_LIMIT": value}).rate_limit) == (
        f"RATE_LIMIT is {value!r}. It must be a whole number of requests a minute, such as 600, or 0 for no limit."
    )


@pytest.mark.parametrize(("value", "limit"), [("", 600), ("0", 0), (" 60 ", 60)])
def test_rate_limit(value, limit):
    assert Environment({"RATE_LIMIT": value}).rate_limit() == limit
