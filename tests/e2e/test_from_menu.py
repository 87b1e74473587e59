"""Started from the system's menu, the application shows in a dialog why it cannot start."""

from __future__ import annotations

import sys

import pytest

from tests.e2e.conftest import REPOSITORY
from tests.e2e.desktop import Desktop
from tests.waiting import PATIENCE_S, until

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(
        sys.platform != "linux", reason="PLATFORM: the virtual display Xvfb is for Linux"
    ),
]

COMMAND = (sys.executable, "-m", "overlay", "--from-menu")


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("en_GB.UTF-8", "Emotion Overlay could not start"),
        ("hi_IN", "Emotion Overlay शुरू नहीं हो सका"),
    ],
)
def test_an_error_before_there_is_an_icon_is_shown_until_it_is_closed(
    desktop: Desktop, language: str, heading: str
) -> None:
    wrong = {"EMOTION_OVERLAY_WIDTH": "wide", "PYTHONPATH": str(REPOSITORY), "LANGUAGE": language}
    process = desktop.start(*COMMAND, environment=wrong)
    until(lambda: desktop.windows(heading), f"the dialog {heading}")
    assert process.poll() is None
    desktop.press_in(heading, "Return", picture=f"from-menu-{language[:2]}")
    assert process.wait(PATIENCE_S) == 2
