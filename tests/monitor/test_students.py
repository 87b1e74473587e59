"""Profiles: private folders, whatever the name."""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.errors import StudentError
from overlay.monitor.consent import CONSENT_VERSION, check_consent, give_consent, has_consented
from overlay.monitor.store import Store
from overlay.monitor.students import (
    add_student,
    change_profile,
    find_student,
    list_students,
    remove_student,
    students_dir,
)

ODD_NAMES = [
    "../../etc/passwd",
    "a/b\\c:d*e?f",
    "CON",
    "nul.txt",
    "...",
    "😀👩‍🎓",
    "अनन्या",
    "x" * 300,
    "-rf",
    "~",
    "%s $HOME `ls`",
    'O\'Brien "Q"',
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "students"
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(folder))
    return folder


def test_a_student_who_was_added_is_found_and_listed(home: Path):
    ana = add_student("Ana")
    assert find_student("Ana") == ana
    assert list_students() == [ana]
    assert ana.folder.parent == home == students_dir()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes; the folder is private")
def test_only_the_owner_can_read_anything(home: Path):
    os.umask(0)
    ana = add_student("Ana")
    give_consent(ana)
    Store.open(ana.store_path).close()
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in home.rglob("*")}
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_stay_in_their_own_folder(name: str, home: Path):
    student = add_student(name)
    assert student.name == name
    assert student.folder.parent == home
    assert student.folder.is_dir()
    assert find_student(name) == student
    assert remove_student(name)[-1] == student.folder
    assert list(home.iterdir()) == []


def test_odd_names_do_not_get_in_each_others_way():
    folders = {add_student(name).folder for name in ODD_NAMES}
    assert len(folders) == len(ODD_NAMES)
    assert {student.name for student in list_students()} == set(ODD_NAMES)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_any_name_gives_a_folder_that_every_system_takes(name: str):
    if not name.split():
        return
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", folder)
        student = add_student(name)
        assert student.folder.name.isascii()
        assert student.folder.name.replace("-", "").isalnum()
        assert student.folder.name == student.folder.name.lower()
        assert len(student.folder.name) <= 43
        assert find_student(f"  {name} ") == student
        assert list_students() == [student]


@pytest.mark.parametrize("same", ["ana maría", "  Ana   María ", "ANA MARÍA", "Ana Mari\u0301a"])
def test_capitals_spaces_and_kinds_of_accents_do_not_matter(same: str):
    ana = add_student("Ana María")
    assert find_student(same) == ana
    with pytest.raises(StudentError, match="choose another name"):
        add_student(same)


@pytest.mark.parametrize("name", ["", "   ", "\n", "a\x00b", "bell\x07", "\udcff", "x" * 301])
def test_names_that_cannot_be_shown_are_refused_in_one_line(name: str, home: Path):
    with pytest.raises(StudentError) as caught:
        add_student(name)
    assert "\n" not in str(caught.value)
    assert not home.exists()


def test_an_unknown_student_is_refused_with_those_there_are():
    add_student("Ana")
    with pytest.raises(StudentError, match=r"no student 'Ben' \(there are: Ana\): add one with"):
        find_student("Ben")


def test_removing_says_what_was_removed_and_leaves_others_alone(home: Path):
    ana, ben = add_student("Ana"), add_student("Ben")
    Store.open(ana.store_path).close()
    (ana.folder / "reports").mkdir()
    (ana.folder / "reports" / "1.html").write_text("x")
    removed = remove_student("Ana")
    names = {"profile.json", "recording.lock", "1.html", "sessions.sqlite", ana.folder.name}
    assert {path.name for path in removed} == names
    assert not ana.folder.exists()
    assert list_students() == [ben]


def test_a_student_who_is_being_recorded_is_not_removed():
    ana = add_student("Ana")
    store = Store.open(ana.store_path, recording=True)
    with store, pytest.raises(StudentError, match="stop that recording first"):
        remove_student("Ana")
    assert ana.store_path.exists()


def test_a_damaged_profile_is_told_in_one_line_and_hides_nobody_else():
    ana, ben = add_student("Ana"), add_student("Ben")
    (ana.folder / "profile.json").write_text("{")
    assert list_students() == [ben]
    with pytest.raises(StudentError, match=r"profile\.json cannot be read .*delete it"):
        find_student("Ana")


def test_consent_is_kept_with_its_version_and_date():
    ana = add_student("Ana")
    with pytest.raises(StudentError, match="has not agreed"):
        check_consent(ana)
    give_consent(ana)
    check_consent(ana)
    consent = json.loads((ana.folder / "profile.json").read_text())["consent"]
    assert consent["version"] == CONSENT_VERSION
    assert consent["date"].startswith("20")


def test_consent_to_an_older_text_does_not_count():
    ana = add_student("Ana")
    change_profile(ana, consent={"version": CONSENT_VERSION - 1, "date": "2020-01-01"})
    assert not has_consented(ana)


def test_a_profile_that_cannot_be_written_leaves_the_old_one(monkeypatch: pytest.MonkeyPatch):
    ana = add_student("Ana")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StudentError, match="No space left"):
        give_consent(ana)
    monkeypatch.undo()
    assert [path.name for path in ana.folder.iterdir()] == ["profile.json"]
    assert json.loads((ana.folder / "profile.json").read_text())["consent"] is None


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"name": "\\ud800"}', b'{"name": "two\\nlines"}', b'{"name": 7}', b"\xff"],
    ids=["nested too deeply", "no character", "two lines", "no text", "no UTF-8"],
)
def test_a_profile_that_cannot_be_read_is_one_line_and_hides_no_other(content: bytes):
    broken = add_student("Ada").folder / "profile.json"
    add_student("Grace")
    broken.write_bytes(content)
    with pytest.raises(StudentError, match="cannot be read"):
        find_student("Ada")
    assert [student.name for student in list_students()] == ["Grace"]


def test_what_others_wrote_into_a_profile_stays():
    student = add_student("Ada")
    profile = student.folder / "profile.json"
    profile.write_text('{"name": "Ada", "mine": "\\ud800"}')
    give_consent(student)
    assert json.loads(profile.read_bytes())["mine"] == "\ud800"
