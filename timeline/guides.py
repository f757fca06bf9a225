"""A guide for each client: how it reads the API, with an example to paste. Tests run every example."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "guides"
