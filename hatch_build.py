"""Puts the page for the browser into the wheel, where `make web` has built it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface[Any]):
    """Includes `web/dist` as `overlay/web/page`; without it, `emotion-overlay web` says so."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the page to what the wheel includes; an editable installation finds it by itself."""
        page = Path(self.root, "web", "dist")
        if version == "editable" or not (page / "index.html").is_file():
            return
        build_data["force_include"][str(page)] = "overlay/web/page"
