"""A recording that is ended at any moment plays to within a second of its end; nothing is left."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from tests.kills.videos import WAYS, end_videos


@pytest.mark.skipif(sys.platform == "win32", reason="PLATFORM: POSIX signals")
@pytest.mark.e2e
def test_a_recording_that_is_ended_at_a_random_moment() -> None:
    with tempfile.TemporaryDirectory(prefix="eo-") as folder:
        ends = end_videos(dict.fromkeys(WAYS, 2), Path(folder), seed=7)
    assert {end.way: end.faults for end in ends if end.faults} == {}
