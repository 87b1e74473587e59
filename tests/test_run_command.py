"""What `run` chooses where nobody chose."""

from __future__ import annotations

from pathlib import Path

import pytest

from overlay.run_command import plan
from overlay.settings import make_settings
from tests.camera_socket import DESK, Socket, install_socket


@pytest.fixture
def socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Socket:
    return install_socket(tmp_path, monkeypatch)


class TestTheFirstCommand:
    """`emotion-overlay run`, with no option and no settings."""

    def test_with_a_webcam_nobody_else_sees_labels(self, socket: Socket) -> None:
        socket.plug(0, DESK)
        chosen = plan(make_settings(output="none"), None).settings
        assert (chosen.source, chosen.mode) == ("auto", "only-me")

    def test_without_one_the_demo_shows_what_labels_look_like(self, socket: Socket) -> None:
        chosen = plan(make_settings(output="none"), None).settings
        assert (chosen.source, chosen.mode) == ("demo", "on-air")

    def test_a_mode_that_was_asked_for_holds_for_the_demo_too(self, socket: Socket) -> None:
        chosen = plan(make_settings(output="none", mode="only-me"), None).settings
        assert (chosen.source, chosen.mode) == ("demo", "only-me")
