"""Adds to what is built: from which commit it was, and the page for the browser."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NOTE = "overlay/build.json"
_PAGE = "overlay/web/page"


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds what an editable installation finds by itself."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the note to wheel and sdist, and the page to the wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        self._add_note(root, build_data)
        page = root / "web" / "dist"
        # Without it, which is if `make web` was not said, `emotion-overlay web` says so.
        if self.target_name == "wheel" and (page / "index.html").is_file():
            build_data["force_include"][str(page)] = _PAGE

    def _add_note(self, root: Path, build_data: dict[str, Any]) -> None:
        """Add `overlay/build.json`, which `overlay/installation.py` reads, if git knows the commit.

        An sdist carries one already.
        """
        if not (root / ".git").exists():
            return
        command = ["git", "describe", "--always", "--exclude=*", "--dirty=+"]
        described = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
        if described.returncode == 0:
            self._folder = tempfile.TemporaryDirectory()
            note = Path(self._folder.name, "build.json")
            note.write_text(json.dumps({"commit": described.stdout.strip()}) + "\n", "utf-8")
            build_data["force_include"][str(note)] = _NOTE
