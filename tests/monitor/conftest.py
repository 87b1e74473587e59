"""A student whose sessions are in a folder of the test's own, and a place for a database."""

from __future__ import annotations

from pathlib import Path

import pytest

from overlay.monitor.students import Student, add_student


@pytest.fixture
def student(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    """Ada, of whom nothing is recorded yet."""
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    return add_student("Ada")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a database can be."""
    return tmp_path / "sessions.sqlite"
