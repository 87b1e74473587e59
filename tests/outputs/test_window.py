from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any, ClassVar

import cv2
import numpy as np
import pytest

from overlay.engine import Engine
from overlay.errors import OutputError
from overlay.gui.process import NO_QT
from overlay.outputs import open_output
from overlay.outputs.window import PreviewWindow
from overlay.settings import Settings, make_settings
from overlay.sources import open_source
from tests.waiting import until

on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="PLATFORM: the virtual display Xvfb is for Linux"
)


@pytest.fixture(scope="module")
def xvfb() -> Iterator[str]:
    if shutil.which("Xvfb") is None:
        pytest.skip("XVFB MISSING: apt-get install xvfb")
    # Xvfb chooses a free display itself, and writes its number when it is ready.
    reading, writing = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-noreset"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as pipe:
        name = f":{pipe.readline().strip()}"
    manager = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("window_manager.py")), name],
        stdout=subprocess.PIPE,
    )
    assert manager.stdout is not None
    assert manager.stdout.readline() == b"ready\n"
    yield name
    for running in (manager, process):
        running.terminate()
        running.communicate()


@pytest.fixture
def display(xvfb, monkeypatch) -> str:
    monkeypatch.setenv("DISPLAY", xvfb)
    return xvfb


@pytest.fixture
def window(display) -> Iterator[PreviewWindow]:
    with open_output("window", size=(640, 360), fps=30) as output:
        yield output


def screenshot(display_name: str) -> np.ndarray:
    """What the display shows, uint8 [H, W, 3], BGR."""
    from Xlib import X
    from Xlib.display import Display

    display = Display(display_name)
    try:
        root = display.screen().root
        size = root.get_geometry()
        raw = root.get_image(0, 0, size.width, size.height, X.ZPixmap, 0xFFFFFFFF)
        return np.frombuffer(raw.data, np.uint8).reshape(size.height, size.width, 4)[..., :3]
    finally:
        display.close()


def find_window(display_name: str):
    """Our window, as the display knows it."""
    from Xlib.display import Display

    display = Display(display_name)
    windows = display.screen().root.query_tree().children
    (window,) = (w for w in windows if w.get_wm_name() == "Emotion Overlay")
    return window


class NotedMemory(SharedMemory):
    """Shared memory whose names are remembered; other programs have some as well."""

    made: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.made.append(self.name)


@pytest.fixture
def memory(monkeypatch) -> list[str]:
    """The names of the shared memory of all windows of the test."""
    monkeypatch.setattr("overlay.outputs.window.SharedMemory", NotedMemory)
    monkeypatch.setattr(NotedMemory, "made", [])
    return NotedMemory.made


def exists(name: str) -> bool:
    """Whether there is shared memory with this name."""
    return Path("/dev/shm", name).exists()


def left(memory: list[str]) -> list[str]:
    """What of the shared memory, of which there was some, is still there."""
    assert memory
    return [name for name in memory if exists(name)]


@on_linux
def test_the_screen_shows_what_was_sent(window, display, card):
    image = card(640, 360)
    window.send(image)

    def is_shown() -> bool:
        return np.array_equal(screenshot(display)[:360, :640], image)

    until(is_shown)


@on_linux
def test_a_large_picture_is_shown_smaller_and_whole(display, card):
    with PreviewWindow((1920, 1080)) as window:
        window.send(card(1920, 1080))
        small = cv2.resize(card(1920, 1080), (960, 540), interpolation=cv2.INTER_AREA)

        def is_shown() -> bool:
            shot = screenshot(display)[:540, :960].astype(int)
            return float(np.abs(shot - small).mean()) < 2

        until(is_shown)


@on_linux
def test_a_picture_of_the_window_s_size_is_shown_pixel_for_pixel(display, card):
    with PreviewWindow((1920, 1080)) as window:
        until(lambda: window.view == (960, 540))
        image = card(960, 540)
        image[100:400:2] = 255  # every other line: a resampled picture would be gray
        window.send(image)
        until(lambda: np.array_equal(screenshot(display)[:540, :960], image))


@on_linux
def test_frames_that_nobody_sees_need_not_be_drawn(window, display):
    until(lambda: window.view == (640, 360))
    top = find_window(display)
    top.unmap()
    top.display.flush()
    until(lambda: window.view is None)
    top.map()
    top.display.flush()
    until(lambda: window.view == (640, 360))


@on_linux
def test_the_newest_picture_wins(window, display, card):
    for shade in range(200):
        window.send(np.full((360, 640, 3), shade, np.uint8))
    until(lambda: bool((screenshot(display)[:360, :640] == 199).all()))


@on_linux
def test_closing_leaves_no_process_and_no_memory_and_nothing_was_printed(
    display, card, memory, capfd
):
    window = PreviewWindow((640, 360))
    process = window._process
    assert left(memory)
    window.close()
    window.close()
    assert window.closed
    assert not process.is_alive()
    assert not left(memory)
    window.send(card(640, 360))
    assert capfd.readouterr().err == ""


@on_linux
def test_when_the_user_closes_it_sending_goes_on_without_effect(window, display, card, capfd):
    from Xlib import X
    from Xlib.protocol import event

    top = find_window(display)
    server = top.display
    protocols, delete = server.get_atom("WM_PROTOCOLS"), server.get_atom("WM_DELETE_WINDOW")
    message = event.ClientMessage(
        window=top, client_type=protocols, data=(32, [delete, X.CurrentTime, 0, 0, 0])
    )
    top.send_event(message)
    server.flush()
    until(lambda: window.closed)
    window.send(card(640, 360))
    window.close()
    assert window._process.exitcode == 0
    assert capfd.readouterr().err == ""


@on_linux
def test_when_its_process_is_killed_sending_goes_on_and_memory_is_freed(
    display, card, caplog, memory
):
    window = PreviewWindow((640, 360), on_top=True)
    os.kill(window._process.pid, signal.SIGKILL)
    until(lambda: window.closed)
    window.send(card(640, 360))
    window.close()
    assert not left(memory)
    assert "ended by itself (exit code -9)" in caplog.text


ABANDON = """
import os, signal
from overlay.outputs.window import PreviewWindow

if __name__ == "__main__":
    window = PreviewWindow((640, 360))
    print(window._process.pid, window._memory.name, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@on_linux
def test_when_its_process_is_stopped_the_call_goes_on_and_it_still_closes(display, memory):
    settings = make_settings(mode="on-air", width=640, height=360)
    windows: list[PreviewWindow] = []

    def open_window(settings: Settings) -> PreviewWindow:
        windows.append(PreviewWindow(settings.size))
        return windows[-1]

    with Engine(
        settings,
        open_source=lambda settings: open_source("demo", size=settings.size),
        open_output=lambda settings: open_output("none", size=settings.size, fps=30),
        open_window=open_window,
    ) as engine:
        until(lambda: engine.status().frames_out > 3)
        process = windows[0]._process.pid
        os.kill(process, signal.SIGSTOP)
        sent = engine.status().frames_out
        until(lambda: engine.status().frames_out > sent + 60)
        engine.update(open_window=partial(open_window))
        until(lambda: len(windows) == 2 and engine.status().window is not None)
        until(lambda: not os.path.exists(f"/proc/{process}"))
    assert not left(memory)


@on_linux
def test_its_process_is_less_urgent_than_the_call(window):
    ours, its = (os.getpriority(os.PRIO_PROCESS, pid) for pid in (0, window._process.pid))
    assert its == min(ours + 10, 19)


@on_linux
def test_garbage_from_its_process_does_not_reach_the_call(window, card):
    until(lambda: window.view == (640, 360))
    os.kill(window._process.pid, signal.SIGSTOP)
    numbers = np.ndarray((16,), np.int64, window._memory.buf)
    for number in (-1, 0, 2**62, 7):
        numbers[1:16] = number
        view = window.view
        assert view is None or view[0] * view[1] <= 1920 * 1080
        assert 1 <= window.pixel_ratio <= 4
        window.send(card(640, 360))
        window.describe("only-me, 30 fps")
    del numbers


@on_linux
def test_when_the_application_is_killed_the_window_and_its_memory_go_too(display, tmp_path):
    script = tmp_path / "abandon.py"
    script.write_text(ABANDON)
    result = subprocess.run(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        timeout=60,
        check=False,
    )
    pid, name = result.stdout.decode().split()
    until(lambda: not os.path.exists(f"/proc/{pid}") and not exists(name))


@on_linux
def test_without_a_display_it_says_what_to_use_instead(monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(OutputError, match="no display for a window"):
        open_output("window", size=(64, 48), fps=30)


def test_without_qt_it_says_what_to_install(monkeypatch):
    monkeypatch.setenv("DISPLAY", ":9999")
    monkeypatch.setattr("overlay.gui.process._run", _end_as_without_qt)
    with pytest.raises(OutputError, match=r"emotion-overlay\[desktop\].*libxcb-cursor0"):
        open_output("window", size=(64, 48), fps=30)


def _end_as_without_qt(*_: object) -> None:
    os._exit(NO_QT)


@on_linux
def test_a_display_that_is_gone_is_an_error_and_leaves_no_memory(monkeypatch, capfd, memory):
    monkeypatch.setenv("DISPLAY", ":9999")
    with pytest.raises(OutputError, match="no window could be opened"):
        open_output("window", size=(64, 48), fps=30)
    assert not left(memory)
    assert capfd.readouterr().err == ""
