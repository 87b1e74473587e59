from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest


@pytest.fixture
def ordinary_user(tmp_path: Path) -> Callable[[], AbstractContextManager[None]]:
    """A block that runs as a user whom file permissions hold, also where tests run as root."""
    if not hasattr(os, "setresuid"):
        pytest.skip("PLATFORM: users cannot be changed on this system")

    @contextmanager
    def as_nobody() -> Iterator[None]:
        if os.getuid() != 0:
            yield
            return
        for folder in [tmp_path, *tmp_path.parents[:2]]:
            folder.chmod(0o755)
        os.setresuid(65534, 65534, 0)
        try:
            yield
        finally:
            os.setresuid(0, 0, 0)

    return as_nobody
