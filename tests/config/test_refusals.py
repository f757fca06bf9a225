import logging

import pytest


def refused(client, path, **headers):
    assert client.get(path, headers=headers).status_code == 400


REQUESTS = {
    "DisallowedHost": ("/", {"host": "evil.example"}),
    "TooManyFieldsSent": ("/api/v1/events/?" + "&".join(["country=UZ"] * 10_001), {}),
}


@pytest.mark.parametrize(("name", "asked"), REQUESTS.items(), ids=REQUESTS)
def test_what_anybody_can_send_is_a_line_in_the_log(client, caplog, name, asked):
    path, headers = asked
    refused(client, path, **headers)
    (record,) = [record for record in caplog.records if record.name == f"django.security.{name}"]
    assert (record.levelno, record.levelname, record.exc_info) == (logging.WARNING, "WARNING", None)
    assert len(logging.Formatter().format(record).splitlines()) == 1


def test_where_warnings_are_not_logged_it_is_not(client, caplog):
    with caplog.at_level(logging.ERROR, "django"):
        refused(client, "/", host="evil.example")
    assert caplog.records == []
