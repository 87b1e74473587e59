"""Notes in the wheel and in the sdist from which commit they were built."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NOTE = "overlay/build.json"


class CommitHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds `overlay/build.json`, which `overlay/installation.py` reads, if git knows the commit."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the note; an sdist carries one already, and an editable installation needs none."""
        root = Path(self.root)
        if version == "editable" or not (root / ".git").exists():
            return
        command = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
        described = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if described.returncode == 0:
            self._folder = tempfile.TemporaryDirectory()
            note = Path(self._folder.name, "build.json")
            note.write_text(json.dumps({"commit": described.stdout.strip()}) + "\n", "utf-8")
            build_data["force_include"][str(note)] = _NOTE
