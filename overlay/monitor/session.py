"""Begins a session: consent, retention, store, recorder."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from overlay import resources
from overlay.models_store import read_json
from overlay.monitor.consent import check_consent
from overlay.monitor.recorder import Recorder
from overlay.monitor.store import Store
from overlay.monitor.students import Student

_DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that has begun.

    Attributes:
        recorder: Records it; give it to `App.watch`, and stop it in the end.
        notices: Lines the student should see, as that old sessions were deleted.
    """

    recorder: Recorder
    notices: tuple[str, ...]


def begin_session(
    student: Student,
    *,
    title: str = "",
    idle_minutes: float = 0,
    retention_days: int,
    on_end: Callable[[], None] = lambda: None,
) -> Begun:
    """Begin to record a student.

    Args:
        student: Who has agreed to it.
        title: What the student calls the session.
        idle_minutes: End it when the student was not seen for this long; 0 for never.
        retention_days: Sessions older than this are deleted first.
        on_end: Called once, from the recorder's thread, when the session has ended.

    Raises:
        StudentError: The student has not agreed.
        StoreError: The store cannot be opened or written, or is being recorded into.
    """
    check_consent(student)
    store = Store.open(student.store_path, recording=True)
    try:
        notices = [store.notice] if store.notice else []
        too_old = time.time() - retention_days * _DAY_S
        if any(session.began < too_old for session in store.sessions()):
            erased = store.erase(before=too_old)
            notices.append(f"{erased} session(s) older than {retention_days} days deleted")
        recorder = Recorder(
            store,
            name=student.name,
            title=title,
            model_version=_model_version(),
            idle_s=idle_minutes * 60 or None,
            on_end=on_end,
        )
    except BaseException:
        store.close()
        raise
    return Begun(recorder, tuple(notices))


def _model_version() -> str:
    return str(read_json(resources.models_dir() / "emotion.json").get("version", ""))
