"""The system's PyGObject (`gi`), which virtual environments usually hide."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import logging
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

_log = logging.getLogger(__name__)


def import_gi() -> bool:
    """Make `import gi` work, if possible.

    Tray menus on Linux need PyGObject, which distributions install for their own Python. If this
    Python has the same version, the distribution's package is loaded from its folder; nothing else
    in that folder becomes importable.

    Returns:
        Whether `gi` can be imported now.
    """
    if "gi" in sys.modules or importlib.util.find_spec("gi") is not None:
        return True
    return any(_load(folder / "gi") for folder in _system_folders())


def _system_folders() -> Iterator[Path]:
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    yield Path("/usr/lib/python3/dist-packages")  # Debian, Ubuntu
    yield Path(f"/usr/lib/{version}/site-packages")  # Arch, openSUSE's noarch
    yield Path(f"/usr/lib64/{version}/site-packages")  # Fedora, openSUSE


def _load(package: Path) -> bool:
    # For example .cpython-311-x86_64-linux-gnu.so: built for exactly this Python.
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    if not (package / f"_gi{suffix}").is_file():
        return False
    spec = importlib.util.spec_from_file_location(
        "gi", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gi"] = module
    try:
        spec.loader.exec_module(module)
    except ImportError as error:
        del sys.modules["gi"]
        _log.info("%s cannot be loaded: %s", package, error)
        return False
    return True
