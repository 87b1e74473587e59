"""Files and folders that only their owner can read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from overlay.atomic_file import atomic_write


def make_folder(path: Path) -> None:
    """Create a folder with mode 0700 and its parents; an existing one gets that mode.

    Modes mean nothing on Windows, where the user's profile folder is private anyway.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)


def make_file(path: Path) -> None:
    """Create an empty file with mode 0600; an existing one keeps its content and gets that mode."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Replace a file with JSON in one step.

    Raises:
        OSError: It cannot be written; nothing half-written is left.
    """
    text = json.dumps(content, ensure_ascii=False, indent=2)
    with atomic_write(path, private=True, durable=True) as file:
        # Half of a surrogate pair, which UTF-8 does not know, becomes JSON's escape for it.
        file.write(text.encode(errors="backslashreplace"))
