"""Cameras come and go, in a made-up device folder; everything above it is real."""

from __future__ import annotations

from functools import partial

import pytest

from overlay.engine import Engine
from overlay.errors import SourceError, SourceLostError
from overlay.settings import make_settings
from overlay.sources import SameSource, camera_nodes, list_cameras
from overlay.sources.cameras import CameraInfo
from overlay.sources.demo import DemoSource
from overlay.sources.hotplug import find_again
from tests.camera_socket import COLOR, DESK, LID, SIZE, install_socket
from tests.sources.screen import Screen


@pytest.fixture
def socket(tmp_path, monkeypatch):
    return install_socket(tmp_path, monkeypatch)


def opened(same: SameSource) -> str:
    with same.open(size=SIZE, fps=30) as source:
        return source.name


@pytest.mark.parametrize("spec", ["auto", "webcam", "webcam:Desk", "webcam:0", "webcam:desk c"])
def test_the_same_camera_is_found_under_another_number(socket, spec):
    socket.plug(0, DESK, "D1")
    same = SameSource(spec)
    assert opened(same) == f"webcam 0 ({DESK})"
    socket.unplug(0)
    socket.plug(0, LID, "L1")
    socket.plug(3, DESK, "D1")
    assert opened(same) == f"webcam 3 ({DESK})"


@pytest.mark.parametrize("spec", ["auto", "webcam", "webcam:0"])
def test_while_it_is_unplugged_nothing_takes_its_place(socket, spec):
    socket.plug(0, DESK, "D1")
    socket.plug(1, LID, "L1")
    same = SameSource(spec)
    opened(same)
    socket.unplug(0)
    with pytest.raises(SourceError, match=r"webcam 0 \(Desk Camera\) is unplugged: plug it in"):
        opened(same)


def test_a_twin_with_another_serial_number_is_another_camera(socket):
    socket.plug(0, DESK, "D1")
    same = SameSource("webcam")
    opened(same)
    socket.unplug(0)
    socket.plug(0, DESK, "D2")
    with pytest.raises(SourceError, match="unplugged"):
        opened(same)


def test_until_its_stable_path_is_there_it_is_waited_for(socket):
    socket.plug(0, DESK, "D1")
    same = SameSource("webcam")
    opened(same)
    socket.unplug(0)
    socket.plug(2, DESK)
    with pytest.raises(SourceError, match="unplugged"):
        opened(same)
    socket.unplug(2)
    socket.plug(2, DESK, "D1")
    assert opened(same) == f"webcam 2 ({DESK})"


def test_a_camera_without_serial_number_is_known_by_its_name(socket):
    socket.plug(0, DESK)
    same = SameSource("auto")
    opened(same)
    socket.unplug(0)
    socket.plug(0, LID)
    with pytest.raises(SourceError, match="unplugged"):
        opened(same)
    socket.plug(1, DESK)
    assert opened(same) == f"webcam 1 ({DESK})"


def test_of_two_namesakes_neither_is_guessed():
    before = CameraInfo(0, DESK, "/dev/video0")
    twins = [CameraInfo(2, DESK, "/dev/video2"), CameraInfo(3, DESK, "/dev/video3")]
    with pytest.raises(SourceError, match="unplugged"):
        find_again(before, twins)


def test_the_infrared_camera_of_the_same_name_does_not_take_its_place():
    before = CameraInfo(0, DESK, "/dev/video0")
    infrared = CameraInfo(2, DESK, "/dev/video2", infrared=True)
    color = CameraInfo(4, DESK, "/dev/video4")
    assert find_again(before, [infrared, color]) is color
    with pytest.raises(SourceError, match="unplugged"):
        find_again(before, [infrared])


def test_on_systems_whose_ids_name_the_socket_another_socket_will_do():
    before = CameraInfo(0, DESK, "0x1420000005ac8514")
    assert find_again(before, [moved := CameraInfo(1, DESK, "0x1430000005ac8514")]) is moved


def test_a_camera_that_appears_does_not_replace_the_demo(socket):
    same = SameSource("auto")
    assert isinstance(same.open(size=SIZE, fps=30), DemoSource)
    socket.plug(0, DESK, "D1")
    assert isinstance(same.open(size=SIZE, fps=30), DemoSource)


def test_a_camera_that_did_not_open_yet_is_not_settled_on(socket):
    same = SameSource("webcam")
    with pytest.raises(SourceError, match="no webcam found"):
        opened(same)
    socket.plug(0, LID, "L1")
    assert opened(same) == f"webcam 0 ({LID})"


def test_a_chosen_camera_opens_by_its_stable_id_in_the_next_session(socket):
    socket.plug(0, LID, "L1")
    socket.plug(1, DESK, "D1")
    chosen = list_cameras(socket.root)[1].spec
    socket.unplug(0)
    socket.unplug(1)
    socket.plug(0, DESK, "D1")
    socket.plug(1, LID, "L1")
    assert opened(SameSource(chosen)) == f"webcam 0 ({DESK})"


def test_unplugging_is_noticed_while_reading(socket):
    socket.plug(0, DESK, "D1")
    with SameSource("webcam").open(size=SIZE, fps=30) as source:
        assert source.read() is not None
        socket.unplug(0)
        with pytest.raises(SourceLostError, match="plug it in again"):
            source.read()


def test_in_a_call_the_placeholder_bridges_the_gap_and_the_same_camera_returns(socket):
    socket.plug(0, DESK, "D1")
    same, screen = SameSource("auto"), Screen()
    settings = make_settings(mode="off", width=SIZE[0], height=SIZE[1])
    engine = Engine(
        settings,
        open_source=lambda _: same.open(size=SIZE, fps=30),
        open_output=lambda _: screen,
    )
    with engine:
        assert screen.wait_for(COLOR[DESK])
        socket.unplug(0)
        socket.plug(0, LID, "L1")
        assert screen.wait_for_other_than(COLOR[DESK])
        assert engine.status().placeholders > 0
        assert screen.level != COLOR[LID]
        assert "unplugged" in engine.status().problems["source"]
        socket.plug(5, DESK, "D1")
        assert screen.wait_for(COLOR[DESK])
        assert engine.status().source == f"webcam 5 ({DESK})"


def test_cameras_that_come_and_go_are_noticed(socket):
    nodes = partial(camera_nodes, socket.root)
    seen = [nodes()]
    socket.plug(0, DESK, "D1")
    seen.append(nodes())
    assert nodes() == seen[-1]
    socket.unplug(0)
    socket.plug(0, LID, "L1")
    seen.append(nodes())
    socket.unplug(0)
    assert nodes() == seen[0]
    assert len(set(map(tuple, seen))) == 3
