"""Network cameras, read from real servers on this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from overlay.engine import Engine
from overlay.errors import SourceError, SourceLostError, SourceRefusedError
from overlay.host.device_thread import DeviceThread
from overlay.opening import source_opener
from overlay.settings import Settings, make_settings
from overlay.sources import SameSource, hotplug, means_camera, network, open_source
from overlay.sources.network import NetworkSource
from tests.network_camera import PASSWORD, SIZE, USER, HttpCamera, http_camera, rtsp_camera
from tests.sources.screen import Screen
from tests.waiting import until

#: Gray level of the RTSP server's picture.
WHITE = 255

LOGIN = f"{USER}:{PASSWORD}@"


@pytest.fixture
def camera() -> Iterator[HttpCamera]:
    with http_camera() as camera:
        yield camera


def refusal(url: str) -> str:
    with pytest.raises(SourceError) as caught:
        open_source(url)
    line = str(caught.value)
    assert "\n" not in line
    assert PASSWORD not in line
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    return line


def test_frames_arrive_with_growing_times(camera: HttpCamera) -> None:
    with open_source(camera.url()) as source:
        assert (source.size, source.live) == (SIZE, True)
        assert source.name == f"network camera http://127.0.0.1:{camera.port}"
        frames = [source.read() for _ in range(5)]
    images = [frame.image for frame in frames if frame is not None]
    assert all(image.shape == (SIZE[1], SIZE[0], 3) for image in images)
    times = [frame.time_s for frame in frames if frame is not None]
    assert times == sorted(times)
    assert time.monotonic() - times[-1] < 10


def test_who_reads_late_gets_the_newest_frame(camera: HttpCamera) -> None:
    with open_source(camera.url()) as source:
        first = source.read()
        time.sleep(1)
        second, third = source.read(), source.read()
    assert first is not None
    assert second is not None
    assert third is not None
    assert int(second.image.mean()) - int(first.image.mean()) > 5
    assert int(third.image.mean()) - int(second.image.mean()) < 5


@pytest.mark.parametrize(
    ("path", "login", "what"),
    [
        ("nothing", LOGIN, "has no stream of this path"),
        ("locked", "", "wants another name or password"),
        ("locked", f"{USER}:wrong@", "wants another name or password"),
        ("broken", LOGIN, "refuses: Server returned 5XX"),
        ("page", LOGIN, "sends no live video that can be read"),
        ("playlist", LOGIN, "sends no live video that can be read"),
        ("elsewhere", LOGIN, "sends no live video that can be read"),
    ],
)
def test_what_is_no_camera_is_one_line(
    camera: HttpCamera, path: str, login: str, what: str
) -> None:
    line = refusal(camera.url(path, login))
    assert line.startswith(f"network camera http://127.0.0.1:{camera.port} {what}")


def test_a_name_and_password_in_the_url_open_the_camera(camera: HttpCamera) -> None:
    with open_source(camera.url("locked", LOGIN)) as source:
        assert PASSWORD not in source.name
        assert source.read() is not None


@pytest.mark.parametrize("path", ["dripping", "silent"])
def test_a_server_that_takes_for_ever_is_given_up(
    camera: HttpCamera, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "_TIMEOUTS_S", (1.0, 1.0))
    assert "does not answer in time" in refusal(camera.url(path, LOGIN))
    until(lambda: not network_threads(), "the connection is closed")


def test_nobody_at_the_other_end_is_said() -> None:
    with http_camera() as camera:
        url = camera.url(login=LOGIN)
    assert "does not take connections" in refusal(url)
    assert "is not known in this network" in refusal(f"rtsp://{LOGIN}nowhere.invalid/cam")


@pytest.mark.parametrize("url", ["http://[/x", "http://:99999/", "rtsp://", "https://127.0.0.1:x/"])
def test_a_url_that_makes_no_sense_is_one_line(url: str) -> None:
    refusal(url)


def test_a_camera_that_falls_silent_is_lost(
    camera: HttpCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "STALL_S", 0.5)
    source = NetworkSource(camera.url())
    camera.frozen = True
    with pytest.raises(SourceLostError, match="sends no more pictures"):
        list(source)
    camera.kill()
    until(lambda: not network_threads(), "the connection is closed")


def test_a_refusal_is_believed_for_some_time(
    camera: HttpCamera, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = SameSource(camera.url("locked"))
    requests = []
    for _ in range(3):
        with pytest.raises(SourceRefusedError):
            source.open(size=SIZE, fps=30)
        requests.append(camera.requests)
    assert requests == [requests[0]] * 3
    monkeypatch.setattr(hotplug, "ASK_AGAIN_S", 0)
    source = SameSource(camera.url("locked"))
    for _ in range(2):
        with pytest.raises(SourceRefusedError):
            source.open(size=SIZE, fps=30)
    assert camera.requests == 3 * requests[0]


def test_it_is_a_camera_that_needs_consent(camera: HttpCamera) -> None:
    def refuse() -> None:
        raise SourceError("no consent")

    for url in (camera.url(), camera.url().replace("http", "HTTP")):
        assert means_camera(url)
        with pytest.raises(SourceError, match="no consent"):
            open_source(url, before_camera=refuse)
    assert camera.requests == 0


def network_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if isinstance(thread, DeviceThread)]


def engine_for(url: str, screen: Screen) -> Engine:
    width, height = SIZE
    settings = make_settings(mode="off", source=url, width=width, height=height, consent=1)

    def open_screen(_: Settings) -> Screen:
        return screen

    opener = source_opener(url, loop=False, demo=False)
    return Engine(settings, open_source=opener, open_output=open_screen)


class Moving(Screen):
    """Notices whether the picture is the camera's, which changes all the time."""

    size = SIZE

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []

    def send(self, image):
        self.levels.append(int(image.mean()))


def test_in_a_call_the_placeholder_bridges_the_gap_until_the_camera_is_on_again(
    camera: HttpCamera,
) -> None:
    screen = Moving()
    with engine_for(camera.url(login=LOGIN), screen) as engine:
        until(lambda: len(set(screen.levels)) > 5, "video")
        camera.kill()
        until(lambda: engine.status().placeholders, "the placeholder")
        line = engine.status().problems["source"]
        assert "sends no more pictures" in line or "does not take connections" in line
        assert PASSWORD not in str(engine.status())
        camera.restart()
        until(lambda: "source" not in engine.status().problems, "the camera again")
        shown = len(screen.levels)
        until(lambda: len(set(screen.levels[shown:])) > 5, "video again")


def test_a_camera_that_falls_silent_does_not_hold_up_the_end(camera: HttpCamera) -> None:
    screen = Moving()
    engine = engine_for(camera.url(), screen)
    engine.start()
    until(lambda: screen.levels, "video")
    camera.frozen = True
    time.sleep(0.5)
    engine.stop()
    until(lambda: not engine.left_behind, "all loops have ended")


@pytest.mark.desktop
class TestRtsp:
    def test_video_comes_back_after_the_server_was_killed(self) -> None:
        screen = Moving()
        with rtsp_camera() as port:
            engine = engine_for(f"rtsp://127.0.0.1:{port}/cam", screen)
            engine.start()
            until(lambda: WHITE in screen.levels, "white video")
        try:
            until(lambda: "source" in engine.status().problems, "the loss")
            until(lambda: screen.levels[-1] != WHITE, "the placeholder")
            with rtsp_camera(port):
                until(lambda: screen.levels[-1] == WHITE, "the video again")
                assert "source" not in engine.status().problems
        finally:
            engine.stop()

    def test_a_stream_that_is_not_there_is_one_line(self) -> None:
        with rtsp_camera() as port:
            line = refusal(f"rtsp://{LOGIN}127.0.0.1:{port}/other")
            assert "has no stream of this path" in line

    def test_a_camera_with_a_password_opens_with_it_and_says_so_without(self) -> None:
        with rtsp_camera(locked=True) as port:
            for login in ("", f"{USER}:wrong@"):
                line = refusal(f"rtsp://{login}127.0.0.1:{port}/cam")
                assert "wants another name or password" in line
            with open_source(f"RTSP://{LOGIN}127.0.0.1:{port}/cam") as source:
                assert source.size == SIZE
                assert PASSWORD not in source.name
