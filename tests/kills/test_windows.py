"""Whatever becomes of the window's process, the call is sent every picture.

`python -m tests.kills window` does much more of this, and measures how late pictures come.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from tests.kills.windows import Plan, trouble_windows


@pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: this desktop is for Linux")
@pytest.mark.desktop
def test_the_call_goes_on_while_its_window_is_killed_stopped_and_fed_garbage() -> None:
    plan = Plan(
        rounds=1, kills=3, calm_s=1.5, stopped_s=2, garbage_s=1, size=(320, 180), fps=5, seed=3
    )
    with tempfile.TemporaryDirectory(prefix="eo-") as folder:
        sent = trouble_windows(plan, Path(folder))
    assert [each.kind for each in sent] == ["calm", "killed", "stopped", "garbage"]
    assert all(each.gaps_s for each in sent)
    assert {each.kind: each.dropped for each in sent if each.dropped} == {}
