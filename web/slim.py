"""Leaves out of installed packages what the server never loads; see the Dockerfile.

    python web/slim.py SITE_PACKAGES

The application's bundle leaves out the same, and `installer/bundle` says what and why; what
Streamlit brings comes on top. Needs binutils and, of Debian, `liblapack-dev`. Prints the size of
each package before and after.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "installer" / "bundle"))
from contents import MODULES_LEFT_OUT, belongs
from linux_libraries import smaller

#: Packages that are never imported here, though others require them.
PACKAGES_LEFT_OUT = {
    "pyarrow": "Streamlit's tables and charts; here charts are `mood_chart.py`'s",
    "pandas": "the same",
    "altair": "the same",
    "narwhals": "the same",
    "tzdata": "only pandas asks for it",
    "dbus_fast": "the tray's",
    **dict.fromkeys(("jsonschema", "jsonschema_specifications", "referencing", "rpds"), "Altair's"),
    **dict.fromkeys(
        ("rich", "pygments", "typer", "markdown_it", "mdurl", "shellingham"), "the command line's"
    ),
    "pip": "only installs",
}

#: Files that stay out, as regular expressions of their path.
FILES_LEFT_OUT = {
    r"^streamlit/\.agents/": "examples",
    r"^streamlit/static/static/js/(PlotlyChart|DeckGlJsonChart|EChartsChart|GraphVizChart|elk-|cytoscape)":
        "charts and maps that the page does not show",
    r"(^|/)tests/": "the packages' own tests",
    r"\.pyc$": "Python makes it again where it may write",
    r"\.map$": "for debuggers",
}  # fmt: skip

_PATTERNS = [re.compile(pattern) for pattern in FILES_LEFT_OUT]


def slim(packages: Path) -> None:
    """Delete what is left out, and put smaller forms of libraries in their place."""
    for module in (*MODULES_LEFT_OUT, *PACKAGES_LEFT_OUT):
        for folder in (
            packages / module.replace(".", "/"),
            *packages.glob(f"{module}*-*.dist-info"),
        ):
            shutil.rmtree(folder, ignore_errors=True)
    for file in [each for each in packages.rglob("*") if each.is_file()]:
        path = file.relative_to(packages).as_posix()
        if not belongs(path) or any(pattern.search(path) for pattern in _PATTERNS):
            file.unlink()
    _make_smaller(packages)


def _make_smaller(packages: Path) -> None:
    libraries = [
        (each.relative_to(packages).as_posix(), str(each), "BINARY")
        for each in packages.rglob("*.so*")
        if each.is_file()
    ]
    with tempfile.TemporaryDirectory() as folder:
        for path, source, kind in smaller(libraries, Path(folder)):
            library = packages / path
            if source == str(library):
                continue
            library.unlink(missing_ok=True)
            if kind == "SYMLINK":
                library.symlink_to(source)
            else:
                shutil.copy(source, library)
    # A linked library looks beside its link for what it loads itself.
    there = [each for name in ("av.libs", "pillow.libs") for each in (packages / name).iterdir()]
    for folder in packages.glob("*.libs"):
        for library in there:
            if not (folder / library.name).exists():
                (folder / library.name).symlink_to(f"../{library.parent.name}/{library.name}")


def sizes(packages: Path) -> dict[str, int]:
    """Bytes of each package, with its libraries."""
    found: dict[str, int] = {}
    for file in packages.rglob("*"):
        if file.is_file() and not file.is_symlink():
            name = file.relative_to(packages).parts[0].removesuffix(".libs")
            found[name] = found.get(name, 0) + file.stat().st_size
    return found


def _table(before: dict[str, int], after: dict[str, int]) -> str:
    rows = [(name, size, after.get(name, 0)) for name, size in before.items() if size >= 5e6]
    rows.sort(key=lambda row: -row[1])
    rest = [
        sum(side.values()) - sum(side.get(row[0], 0) for row in rows) for side in (before, after)
    ]
    rows += [("the others", *rest), ("all", sum(before.values()), sum(after.values()))]
    return "\n".join(f"{name:24} {a / 1e6:6.1f} MB {b / 1e6:6.1f} MB" for name, a, b in rows)


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    whole = sizes(folder)
    slim(folder)
    print(_table(whole, sizes(folder)))
