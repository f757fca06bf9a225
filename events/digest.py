"""Whether something is said otherwise than before."""

import hashlib
from typing import Any

import orjson


def digest(content: Any) -> str:
    """A fingerprint of what is said, as JSON; equal means that nothing changed. The order of keys says nothing."""
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
