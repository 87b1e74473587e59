"""Fixtures every test may use."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from overlay.settings import Settings

# A slow or busy machine is no reason for a test to fail.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

REPOSITORY = Path(__file__).resolve().parent.parent


def _shared(*parts: str) -> Path:
    root = Path(os.environ.get("EMOTION_OVERLAY_SHARED", REPOSITORY.parent / "shared"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"DATA MISSING: {path} is not there; set EMOTION_OVERLAY_SHARED to its folder")
    return path


@pytest.fixture(scope="session", autouse=True)
def _own_folders() -> Iterator[None]:
    """Keep tests apart from the user's settings and from the application the user is running."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="eo-") as folder:
        for name in Settings.model_fields:
            patch.delenv(f"EMOTION_OVERLAY_{name.upper()}", raising=False)
        # Not pytest's folder: its path may be too long for a Unix socket.
        patch.setenv("EMOTION_OVERLAY_CONFIG_DIR", f"{folder}/config")
        patch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", f"{folder}/runtime")
        yield


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of real clips."""
    return _shared("media")


@pytest.fixture(scope="session")
def fer2013() -> Path:
    """The folder of FER2013 sheets and labels."""
    return _shared("data", "fer2013")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the end-to-end tests, which take longest, after all the others."""
    items.sort(key=lambda item: "e2e" in item.path.parts)
