"""How far a long command says it is."""

import io

import pytest
from django.core.management.base import OutputWrapper

from timeline.progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self):
        return True


def shown(stream, *steps):
    """What is written for steps of (seconds since the beginning, done, share)."""
    times = iter([0, *(seconds for seconds, _, _ in steps)])
    wrapper = OutputWrapper(stream)
    wrapper.style_func = "in red: {}".format
    progress = Progress(wrapper, "records", clock=lambda: next(times))
    for _, done, share in steps:
        progress.show(done, share)
    progress.end()
    return stream.getvalue()


def test_a_file_gets_a_line_now_and_then():
    assert shown(io.StringIO(), (5, 100, 0.1), (10, 20_000, 0.25), (15, 30_000, 0.5), (25, 60_000, 1)) == (
        "20,000 records, 2,000 a second, 25%, about 30 s left\n60,000 records, 2,400 a second\n"
    )


def test_a_terminal_gets_one_line_that_changes_and_goes_away():
    assert shown(Terminal(), (0.1, 1, 0.01), (1, 2_000, 0.5)) == (
        "\r2,000 records, 2,000 a second, 50%, about 1 s left\x1b[K\r\x1b[K"
    )


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.4, "0 s"), (89, "89 s"), (90, "2 min"), (3600, "60 min"), (7500, "2 h 5 min")]
)
def test_durations(seconds, words):
    assert duration(seconds) == words
