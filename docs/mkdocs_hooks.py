"""Builds the documentation from texts that stay where they are, and keeps it to this machine.

README, PRIVACY and the others lie where GitHub looks for them. They become pages here; their
links are adapted, and a link to a file that is not part of the site keeps its text alone.
"""

from __future__ import annotations

import os
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

from overlay.settings import Settings

_REPOSITORY = Path(__file__).resolve().parent.parent

#: Texts outside this folder, by their path in the repository: the page each becomes.
_PAGES = {
    "README.md": "index.md",
    "PRIVACY.md": "PRIVACY.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "SECURITY.md": "SECURITY.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "models/MODEL_CARD.md": "MODEL_CARD.md",
    "overlay/monitor/session_data.md": "session_data.md",
}
_PICTURES = "models/card"

_LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")
# What a browser would fetch by itself. A link that a reader may click is none of these.
_FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio)\b[^>]*\bsrc\s*=\s*["']?(?:https?:)?//
      | <link\b[^>]*\bhref\s*=\s*["']?(?:https?:)?//
      | url\(\s*["']?(?:https?:)?//
      | @import\s+["'](?:https?:)?//""",
    re.IGNORECASE | re.VERBOSE,
)


def on_files(files: Files, config: Any) -> Files:
    """Add the pages and pictures that lie outside the documentation's folder."""
    for source in _PAGES:
        text = (_REPOSITORY / source).read_text(encoding="utf-8")
        files.append(File.generated(config, _PAGES[source], content=_adapted(text, source)))
    for picture in sorted((_REPOSITORY / _PICTURES).glob("*.png")):
        page = f"card/{picture.name}"
        files.append(File.generated(config, page, abs_src_path=str(picture)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Adapt the links of the pages that lie in the documentation's folder; list the settings."""
    if page.file.src_uri not in _PAGES.values():
        markdown = _adapted(markdown, f"docs/{page.file.src_uri}")
    return markdown.replace("<!-- settings -->", _settings_table())


def on_post_build(config: Any) -> None:
    """Fail if a page loads anything from another machine."""
    for path in sorted(Path(config["site_dir"]).rglob("*")):
        if path.suffix in (".html", ".css"):
            found = _FETCHED.search(path.read_text(encoding="utf-8"))
            if found:
                raise PluginError(f"{path} loads something from elsewhere: {found[0]}")


def _adapted(markdown: str, source: str) -> str:
    """The text of a file in the repository with links that fit its page."""
    here = posixpath.dirname(source)
    page = _PAGES.get(source, source.removeprefix("docs/"))

    def adapt(link: re.Match[str]) -> str:
        mark, text, target, anchor = link[1], link[2], link[3], link[4] or ""
        path = posixpath.normpath(posixpath.join(here, target))
        found = _page_of(path)
        if found is None:
            return text
        return f"{mark}[{text}]({posixpath.relpath(found, posixpath.dirname(page) or '.')}{anchor})"

    # GitHub reads Markdown in HTML after an empty line; this dialect wants to be told.
    return _LINK.sub(adapt, markdown.replace("<details>", '<details markdown="1">'))


def _page_of(path: str) -> str | None:
    """Where a file of the repository lies in the site; None if it is not part of it."""
    if path in _PAGES:
        return _PAGES[path]
    if path.startswith("docs/"):
        return path.removeprefix("docs/")
    if posixpath.dirname(path) == _PICTURES:
        return f"card/{posixpath.basename(path)}"
    if not os.path.exists(_REPOSITORY / path):
        raise PluginError(f"a link leads to {path}, which is not there")
    return None


def _settings_table() -> str:
    rows = ["| setting | default | what it does |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = str(field.default).lower() if field.annotation is bool else field.default
        shown = f"`{default}`" if default != "" else "empty"
        rows.append(f"| `{name}` | {shown} | {field.description} |")
    return "\n".join(rows)
