"""The PipeWire camera, in a real session of PipeWire, read by GStreamer."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from overlay.errors import OutputError
from overlay.outputs import Output, open_output
from overlay.outputs.pipewire import INSTALL, START, find_obstacle
from tests.pipewire_session import linux_only, pipewire_session

pytestmark = linux_only

SIZE = (320, 240)


@pytest.fixture(scope="module")
def pipewire(tmp_path_factory):
    with pipewire_session(tmp_path_factory.mktemp("session")) as environment:
        yield environment


@pytest.fixture
def camera(pipewire) -> Iterator[Output]:
    with open_output("pipewire", size=SIZE, fps=30) as output:
        yield output


@contextmanager
def sending(output: Output, image: np.ndarray) -> Iterator[None]:
    """Send a picture again and again, as the engine does."""
    ended = threading.Event()

    def send() -> None:
        while not ended.wait(1 / 30):
            output.send(image)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def read(count: int) -> np.ndarray:
    """So many pictures as another program sees them: uint8 [count, height, width, 3], BGR."""
    # Without always-copy a reader of 0.3.65 may keep every buffer there is, and wait for ever.
    source = f"pipewiresrc target-object=emotion-overlay always-copy=true num-buffers={count}"
    command = f"gst-launch-1.0 -q {source} ! videoconvert ! video/x-raw,format=BGR ! fdsink fd=1"
    done = subprocess.run(command.split(), capture_output=True, check=True, timeout=120)
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, SIZE[1], SIZE[0], 3)


def test_another_program_sees_what_is_sent(camera, card):
    image = card(*SIZE)
    with sending(camera, image):
        last = read(10)[-1]
    difference = np.abs(last.astype(int) - image)
    assert np.median(difference) <= 3
    assert np.mean(difference) < 4, "the edges between colours may blur"


def test_readers_may_come_and_go(camera, card):
    with sending(camera, card(*SIZE)):
        assert [len(read(5)) for _ in range(3)] == [5, 5, 5]


def test_nobody_has_to_read(camera, card):
    for _ in range(200):
        camera.send(card(*SIZE))


def test_two_programs_may_read_at_once(camera, card):
    with sending(camera, card(*SIZE)):
        first = threading.Thread(target=read, args=(30,))
        first.start()
        assert len(read(5)) == 5
        first.join()


def test_the_camera_is_gone_once_closed_and_may_be_made_again(pipewire, card):
    for _ in range(2):
        with open_output("pipewire", size=SIZE, fps=30) as output, sending(output, card(*SIZE)):
            assert "Emotion Overlay" in nodes()
        output.close()
        assert "Emotion Overlay" not in nodes()


def nodes() -> str:
    command = ["pw-cli", "list-objects", "Node"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_the_end_of_gstreamer_is_told(camera, card):
    camera._process.kill()
    camera._process.wait()
    with pytest.raises(OutputError, match="no longer accepts pictures"):
        camera.send(card(*SIZE))


def test_nothing_stands_in_the_way_where_pipewire_runs(pipewire):
    assert find_obstacle() is None


def test_without_pipewire_it_says_how_to_start_it(pipewire, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert find_obstacle().fix == START
    with pytest.raises(OutputError) as caught:
        open_output("pipewire", size=SIZE, fps=30)
    assert str(caught.value) == (
        f"No PipeWire camera: PipeWire does not answer (Failed to connect). Run: {START}"
    )


def test_without_its_gstreamer_element_it_says_how_to_get_it(pipewire, monkeypatch):
    monkeypatch.setenv("GST_PLUGIN_SYSTEM_PATH", "/nowhere")
    monkeypatch.setenv("GST_REGISTRY_FORK", "no")
    assert find_obstacle().fix == INSTALL


@pytest.mark.parametrize("size", [(330, 240), (320, 241)])
def test_sizes_that_chromium_would_misread_are_refused(size):
    with pytest.raises(OutputError, match=f"not {size[0]}x{size[1]}"):
        open_output("pipewire", size=size, fps=30)
