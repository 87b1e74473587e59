"""PRIVACY.md promises only what is there."""

import re
from pathlib import Path

from overlay.monitor.students import students_dir
from overlay.settings import Settings

TEXT = (Path(__file__).resolve().parent.parent / "PRIVACY.md").read_text("utf-8")


def test_the_time_that_sessions_are_kept_is_the_setting_s_default():
    assert f"kept for {Settings().retention_days} days" in TEXT


def test_the_folder_is_where_students_are(monkeypatch):
    monkeypatch.delenv("EMOTION_OVERLAY_STUDENTS_DIR", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    ends = {"/".join(path.split("/")[-2:]) for path in re.findall(r"`(\S+students)`", TEXT)}
    assert "/".join(students_dir().parts[-2:]) in {end.replace("\\", "/") for end in ends}


def test_the_law_is_named():
    assert "Article 5(1)(f) of Regulation (EU) 2024/1689" in TEXT
