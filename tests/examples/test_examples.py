"""Every example runs as its docstring says, without a webcam, and does what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from overlay.monitor.export import export_student
from overlay.monitor.students import add_student
from overlay.sources import open_source
from tests.monitor.lessons import record, seconds, session

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = REPOSITORY / "examples"


@pytest.fixture
def run(tmp_path):
    """Run an example in an empty folder, in a process of its own, and return what it printed."""

    def run(name, *arguments, code=0):
        done = subprocess.run(
            [sys.executable, EXAMPLES / name, *map(str, arguments)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY), "PYTHONUTF8": "1"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout if code == 0 else done.stderr

    return run


def _frames(path):
    with open_source(str(path), pace=False) as video:
        return [frame.image for frame in video]


def test_a_picture_is_labelled(run, tmp_path):
    printed = run("picture.py", "--save", "out.png")

    assert re.fullmatch(r"face 1: looks \w+ \(\d+%\)\nsaved out\.png\n", printed)
    with open_source("demo", pace=False) as demo:
        original = demo.read().image
    labelled = cv2.imread(str(tmp_path / "out.png"))
    assert labelled.shape == original.shape
    changed = np.any(labelled != original, axis=2).mean()
    assert 0.005 < changed < 0.5, "labels are drawn, and the picture is still there"


def test_a_picture_without_a_face_is_no_error(run, tmp_path):
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((240, 320, 3), 128, np.uint8))

    assert "no face found" in run("picture.py", "wall.png")


def test_an_own_loop_writes_each_frame_once(run, tmp_path):
    run("own_loop.py", "--frames", 12, "--output", "out.mp4")

    frames = _frames(tmp_path / "out.mp4")
    assert len(frames) == 12
    with open_source("demo", size=(640, 360), pace=False) as demo:
        difference = cv2.absdiff(frames[0], demo.read().image)
    assert (difference.max(axis=2) > 60).sum() > 200, "labels are drawn"


def test_an_own_source_is_read_by_the_engine(run, tmp_path):
    run("own_source.py", "--of", "demo", "--zoom", 2, "--seconds", 1.5, "--output", "out.mp4")

    frame = _frames(tmp_path / "out.mp4")[0].astype(np.float32)
    # The wall of the demo is smooth, so two pictures are told apart by their portrait alone.
    with open_source("demo", pace=False) as demo:
        image = demo.read().image
    middle = cv2.resize(image[180:540, 320:960], (640, 360)).astype(np.float32)
    whole = cv2.resize(image, (640, 360)).astype(np.float32)
    assert np.abs(frame - middle).mean() < 0.5 * np.abs(frame - whole).mean()


def test_an_own_output_gets_frames_from_the_engine(run):
    printed = run("own_output.py", "--source", "demo", "--seconds", 2)

    pictures = printed.split("\x1b[H")[1:]
    assert len(pictures) > 3
    assert pictures[0].count("▀") == 80 * 23, "a terminal without a size counts as 80 by 24"
    colours = set(re.findall(r"38;2;(\d+;\d+;\d+)", pictures[-1]))
    assert len(colours) > 100, "it is a picture"


def test_a_recording_is_read(run, tmp_path, monkeypatch):
    monkeypatch.setenv("EMOTION_OVERLAY_STUDENTS_DIR", str(tmp_path / "students"))
    student = add_student("Ada")
    record(student, session(100), seconds(("neutral", 60), ("happy", 20), (None, 20)))
    export_student(student, tmp_path / "ada.zip")

    lines = run("read_recording.py", "ada.zip").splitlines()

    assert lines[0].endswith("Physics, lesson 4")
    assert lines[1].strip() == "80 of 100 s in view"
    assert re.fullmatch(r"  neutral +75% █{22}", lines[2])
    assert re.fullmatch(r"  happy +25% █{8}", lines[3])
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("picture.py", ("missing.jpg",), "missing.jpg"),
        ("own_loop.py", ("--source", "missing.mp4"), "missing.mp4"),
        ("own_source.py", ("--of", "missing.mp4"), "missing.mp4"),
        ("own_output.py", ("--source", "missing.mp4"), "missing.mp4"),
        ("read_recording.py", ("missing.zip",), "missing.zip"),
    ],
)
def test_a_missing_file_is_one_line(run, name, arguments, named):
    printed = run(name, *arguments, code=1)

    assert printed.count("\n") == 1, printed
    assert named in printed


def test_every_example_is_run_here():
    here = Path(__file__).read_text("utf-8")

    for example in EXAMPLES.glob("*.py"):
        assert f'run("{example.name}"' in here, example.name


def test_an_example_is_short_enough_to_read_at_a_glance():
    for example in EXAMPLES.glob("*.py"):
        assert len(example.read_text("utf-8").splitlines()) <= 60, example.name
