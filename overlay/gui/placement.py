"""Where windows were, and what has been said once, from one start to the next."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from overlay.host.atomic_file import atomic_write
from overlay.host.resources import config_dir
from overlay.json_object import parse_object


def remembered() -> dict[str, Any]:
    """What `remember` kept; nothing if that cannot be read."""
    try:
        return parse_object(_file().read_bytes())
    except (OSError, ValueError):
        return {}


def remember(**values: Any) -> None:
    """Keep values of types that JSON knows; a disk that does not take them is no reason to fail."""
    known = remembered()
    if (kept := known | values) == known:
        return
    content = json.dumps(kept).encode()
    with contextlib.suppress(OSError):
        _file().parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(_file(), private=True) as file:
            file.write(content)


def _file() -> Path:
    return config_dir() / "window.json"
