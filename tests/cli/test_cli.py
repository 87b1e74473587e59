"""The command line's edge: what is printed, and how it ends."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import overlay
from overlay import cli
from overlay.errors import OverlayError
from overlay.sources import CameraInfo


def test_the_version_comes_with_commit_and_model(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    version = re.escape(overlay.__version__)
    line = rf"emotion-overlay {version}, (commit [0-9a-f]{{7,}}\+?, )?model emotion \d+\.\d+\.\d+\n"
    assert re.fullmatch(line, capsys.readouterr().out)


@pytest.mark.parametrize(
    ("error", "code"), [(OverlayError("the fix"), 2), (ZeroDivisionError("a bug"), 1)]
)
def test_errors_end_as_one_line_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr("overlay.sources.list_cameras", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main(["cameras"])
    assert ended.value.code == code
    printed = capsys.readouterr().err
    assert str(error) in printed
    assert len(printed.splitlines()) == 1


def test_infrared_cameras_are_listed_as_that_and_can_be_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = [
        CameraInfo(0, "Integrated Camera", "/dev/video0", infrared=True),
        CameraInfo(2, "Integrated Camera", "/dev/video2"),
    ]
    monkeypatch.setattr("overlay.sources.list_cameras", lambda: found)
    with pytest.raises(SystemExit):
        cli.main(["cameras"])
    lines = [line.split(maxsplit=2) for line in capsys.readouterr().out.splitlines()]
    assert ["--source", "webcam:0", "Integrated Camera, infrared"] in lines
    assert ["--source", "webcam:2", "Integrated Camera"] in lines


def test_help_does_not_load_what_only_a_call_needs() -> None:
    heavy = ("cv2", "mediapipe", "onnxruntime", "numpy", "matplotlib", "pyvirtualcam")
    code = (
        "import sys\nfrom overlay import cli\n"
        "try:\n    cli.main(['run', '--help'])\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


class TestLog:
    @pytest.fixture(autouse=True)
    def _own_log(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EMOTION_OVERLAY_LOG_DIR", str(tmp_path))

    def test_an_unexpected_error_leaves_its_traceback(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fail() -> None:
            raise ZeroDivisionError("a bug")

        monkeypatch.setattr("overlay.sources.list_cameras", fail)
        with pytest.raises(SystemExit):
            cli.main(["cameras"])
        assert "`emotion-overlay logs` shows more" in capsys.readouterr().err
        with pytest.raises(SystemExit):
            cli.main(["logs"])
        shown = capsys.readouterr().out
        assert "Traceback (most recent call last)" in shown
        assert "ZeroDivisionError: a bug" in shown

    def test_a_job_says_what_it_is_and_how_it_ended(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for arguments in (["analyze", "nowhere.png"], ["logs", "--lines", "2"]):
            with pytest.raises(SystemExit):
                cli.main(arguments)
        begin, end = capsys.readouterr().out.splitlines()
        assert f"analyze begins: emotion-overlay {overlay.__version__}, Python 3." in begin
        assert "analyze ended: SourceError: " in end

    def test_its_place_is_shown_and_it_can_be_deleted(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for arguments in (["analyze", "nowhere.png"], ["logs", "--path"], ["logs", "--delete"]):
            with pytest.raises(SystemExit):
                cli.main(arguments)
        path, deleted = capsys.readouterr().out.splitlines()
        assert Path(path) == tmp_path / "emotion-overlay.log"
        assert not Path(path).exists()
        assert deleted == "deleted 1 file"
        with pytest.raises(SystemExit):
            cli.main(["logs"])
        assert "nothing has been logged" in capsys.readouterr().err
