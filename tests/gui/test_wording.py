"""What the call really sees, in words."""

from __future__ import annotations

from typing import Any

import pytest

from overlay.gui.wording import call_view, footer, problem_lines


def status(**values: Any) -> dict[str, Any]:
    known = {
        "mode": "only-me", "paused": False, "standby": False, "source": "demo", "fps": 29.9,
        "output": "virtual camera /dev/video4", "width": 1280, "height": 720, "problems": {},
    }  # fmt: skip
    return known | values


@pytest.mark.parametrize(
    ("values", "headline", "tone"),
    [
        ({"mode": "off"}, "Off", "calm"),
        ({"mode": "only-me"}, "Only me", "calm"),
        ({"mode": "on-air"}, "On air", "on-air"),
        ({"mode": "on-air", "paused": True}, "Camera paused", "calm"),
        ({"mode": "on-air", "output": "none"}, "Preview only", "calm"),
        ({"mode": "on-air", "problems": {"output": "missing"}}, "No virtual camera", "problem"),
        ({"mode": "on-air", "problems": {"source": "gone"}}, "No picture", "problem"),
        ({"mode": "on-air", "problems": {"recording": "disk full"}}, "On air", "on-air"),
    ],
)
def test_it_says_on_air_only_if_somebody_can_see_labels(values, headline, tone):
    view = call_view(status(**values))
    assert view.headline.startswith(headline)
    assert view.tone == tone


def test_problems_are_named_as_users_name_the_parts():
    lines = problem_lines({"source": "unplugged", "output": "busy"})
    assert lines == ("Camera: unplugged", "Virtual camera: busy")


def test_the_footer_says_where_the_picture_comes_from_and_that_nothing_is_heard():
    assert footer(status()).startswith(
        "Camera: demo.  Output: virtual camera /dev/video4, 1280 x 720"
    )
    assert "No microphone is used" in footer(status())
    assert footer(status(paused=True)).startswith("Camera: off.")
