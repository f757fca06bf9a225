"""What caches are told: values of the header Cache-Control."""

from __future__ import annotations

PRESENT = "public, max-age=0, s-maxage=10, stale-while-revalidate=60, stale-if-error=86400"
"""Browsers ask every time whether their copy still holds; a shared cache (CDN) asks every ten seconds for all of them,
and lends its copy while it asks, or while the server does not answer.

An answer that there is nothing, or not any more, is the same: if it could not be kept, the cache would keep what it had
before, and lend that: the withdrawn event."""

PAST = "public, max-age=86400"
"""An answer about a dataset version by its number stays the same."""

REVALIDATED = "public, max-age=0, must-revalidate"
"""Of what is wrong with a request; and where an event has another slug, which may become this one again."""
