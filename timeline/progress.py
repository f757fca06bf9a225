"""How far a long command is: how many, how fast, how long to go."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.management.base import OutputWrapper


class Progress:
    """Writes to `stream`, a command's: one line that changes on a terminal, else a line now and then."""

    SECONDS = {True: 0.5, False: 10.0}
    """Between two lines, on a terminal and elsewhere."""

    def __init__(self, stream: OutputWrapper, what: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.stream = stream
        self.what = what
        self.clock = clock
        self.terminal = bool(stream.isatty())
        self.began = self.shown = clock()
        self.open = False

    def show(self, done: int, share: float) -> None:
        """`done` things are done, which is this `share` of all the work, from 0 to 1."""
        now = self.clock()
        if now - self.shown < self.SECONDS[self.terminal]:
            return
        self.shown = now
        seconds = now - self.began
        line = f"{done:,} {self.what}, {done / seconds:,.0f} a second"
        if 0 < share < 1:
            line += f", {share:.0%}, about {duration(seconds * (1 - share) / share)} left"
        self._write(f"\r{line}\x1b[K" if self.terminal else f"{line}\n")
        self.open = self.terminal

    def end(self) -> None:
        """Clears the line, so that another one can stand there."""
        if self.open:
            self._write("\r\x1b[K")
            self.open = False

    def _write(self, text: str) -> None:
        """As it is: not as a line of its own, nor in the colour of errors, as commands write to their stderr."""
        self.stream.write(text, str, ending="")
        self.stream.flush()


def duration(seconds: float) -> str:
    """`5 s`, `3 min`, `2 h 5 min`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
