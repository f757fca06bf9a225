"""What a long command says, also when whoever read it has gone: `| head`, or the end of a list in `less`."""

from __future__ import annotations

import os
from typing import Any, TextIO


class DetachableStream:
    """A text stream, such as standard output, that leads nowhere once its reader has gone: the work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> None:
        try:
            self._stream.write(text)
        except BrokenPipeError:
            lead_nowhere(self._stream)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except BrokenPipeError:
            lead_nowhere(self._stream)


def lead_nowhere(stream: TextIO) -> None:
    """What is in its buffer would be written at the end of the process, and fail again."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
