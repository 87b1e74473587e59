"""The live picture: in which size it is asked for."""

from __future__ import annotations

import pytest

from tests.waiting import until

pytest.importorskip("PySide6", reason="QT MISSING: install emotion-overlay[desktop]")

from PySide6.QtTest import QTest

from overlay.gui.preview import Preview


@pytest.mark.parametrize(
    ("room", "asked"),
    [
        ((332, 200), (320, 180)),  # half of the frames fills almost all of it
        ((320, 240), (320, 180)),
        ((360, 240), (360, 202)),
        ((300, 300), (300, 168)),
        ((640, 360), (640, 360)),
    ],
)
@pytest.mark.parametrize("on_air", [False, True])
def test_a_picture_is_halved_where_that_fills_almost_all_of_the_room(
    qt, buffer, room, asked, on_air
):
    preview = Preview(buffer)
    frame = 10 if on_air else 0  # on both sides together
    preview.resize(room[0] + frame, room[1] + frame)
    preview.set_on_air(on_air)
    preview.show()
    QTest.qWaitForWindowExposed(preview)
    until(lambda: QTest.qWait(20) or buffer.view == asked, f"{asked} asked for")
    preview._timer.stop()
    preview.close()
