"""Reads JSON that anybody may have written: an object, or one kind of error."""

from __future__ import annotations

import json
from typing import Any


def parse_object(text: str | bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Args:
        text: The JSON; bytes are UTF-8.

    Raises:
        ValueError: It is not JSON, no object, not UTF-8, or nested too deeply to be read.
    """
    try:
        content = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(content, dict):
        raise ValueError("not a JSON object")
    return content
