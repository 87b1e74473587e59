"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent


def _shared(*parts: str) -> Path:
    root = Path(os.environ.get("EMOTION_OVERLAY_SHARED", REPOSITORY.parent / "shared"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"DATA MISSING: {path} is not there; set EMOTION_OVERLAY_SHARED to its folder")
    return path


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of real clips."""
    return _shared("media")


@pytest.fixture(scope="session")
def fer2013() -> Path:
    """The folder of FER2013 sheets and labels."""
    return _shared("data", "fer2013")
