"""A student's `profile.json`, consent in it: the student, or a `StudentError`."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

from hypothesis import strategies as st

from overlay.errors import StudentError
from overlay.monitor.consent import give_consent, has_consented
from overlay.monitor.goals import goal_of
from overlay.monitor.students import add_student, find_student, list_students, remove_student
from tests.fuzz.inputs import Input, json_like

_SOUND = {
    "version": 1,
    "name": "Ada",
    "created": 1795179600.0,
    "consent": {"version": 1, "date": "2026-11-20"},
    "goal": "happy every 10 minutes",
}


def inputs() -> st.SearchStrategy[Input]:
    """Profiles with other values, or damaged."""
    return json_like(_SOUND).map(lambda content: Input("profile.json", content))


def read(input: Input, folder: Path) -> None:
    """Look at the student and their goal, have them agree, and remove them."""
    with mock.patch.dict(os.environ, EMOTION_OVERLAY_STUDENTS_DIR=str(folder)):
        profile = add_student("Ada").folder / input.name
        profile.write_bytes(input.content)
        for student in list_students():
            student.name.encode()
        try:
            student = find_student("Ada")
            if not has_consented(student):
                give_consent(student)
            assert has_consented(student)
            goal_of(student)
        except StudentError:
            assert profile.read_bytes() == input.content, "changed although it cannot be read"
            raise
        remove_student("Ada")
        assert not list(folder.iterdir())
