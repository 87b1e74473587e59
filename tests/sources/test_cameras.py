from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlay.sources import cameras
from overlay.sources.cameras import CameraInfo, default_cameras
from overlay.sources.webcam import find_camera

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: sysfs is Linux's")


class Machine:
    """A made-up root folder with the video devices of a Linux computer."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "sys/class/video4linux").mkdir(parents=True)
        (root / "dev/v4l/by-id").mkdir(parents=True)

    def add(self, number: int, name: str, *, node: int = 0, bus: str = "pci0000:00/usb1") -> None:
        device = self.root / "sys/devices" / bus / f"video4linux/video{number}"
        device.mkdir(parents=True)
        (device / "name").write_text(f"{name}\n")
        (device / "index").write_text(f"{node}\n")
        (self.root / f"sys/class/video4linux/video{number}").symlink_to(device)
        (self.root / f"dev/video{number}").touch()

    def add_id(self, number: int, stable: str) -> None:
        (self.root / "dev/v4l/by-id" / stable).symlink_to(f"../../video{number}")

    def list(self) -> list[CameraInfo]:
        return cameras._list_linux(self.root)


@pytest.fixture
def machine(tmp_path) -> Machine:
    return Machine(tmp_path)


@on_linux
def test_a_computer_without_cameras_has_none(tmp_path):
    assert cameras._list_linux(tmp_path) == []


@on_linux
def test_a_webcam_has_its_makers_name_and_its_stable_path(machine):
    machine.add(0, "Logitech HD Webcam C920")
    machine.add_id(0, "usb-Logitech_C920_ABC-video-index0")
    (camera,) = machine.list()
    stable = machine.root / "dev/v4l/by-id/usb-Logitech_C920_ABC-video-index0"
    assert camera == CameraInfo(0, "Logitech HD Webcam C920", str(stable), False, True)
    assert camera.usable
    assert str(camera) == "0 (Logitech HD Webcam C920)"


@on_linux
def test_without_a_stable_path_the_node_is_given(machine):
    machine.add(0, "Integrated Camera")
    assert machine.list()[0].path == str(machine.root / "dev/video0")


@on_linux
def test_metadata_nodes_do_not_count_as_cameras(machine):
    machine.add(0, "Integrated Camera", node=0)
    machine.add(1, "Integrated Camera", node=1)
    assert [camera.capture for camera in machine.list()] == [True, False]


@on_linux
@pytest.mark.parametrize(
    ("name", "bus"),
    [
        ("Some label of our user", "virtual"),
        ("Emotion Overlay", "pci0000:00/usb1"),
        ("OBS Virtual Camera", "pci0000:00/usb1"),
        ("Dummy video device (0x0000)", "virtual"),
    ],
)
def test_virtual_cameras_are_marked_by_name_or_by_where_they_hang(machine, name, bus):
    machine.add(4, name, bus=bus)
    (camera,) = machine.list()
    assert camera.virtual
    assert not camera.usable


@on_linux
def test_a_device_hidden_from_a_container_is_not_listed(machine):
    machine.add(0, "Webcam")
    (machine.root / "dev/video0").unlink()
    assert machine.list() == []


@on_linux
def test_a_device_without_sysfs_is_listed_by_its_node(machine):
    (machine.root / "dev/video3").touch()
    (machine.root / "dev/videos").touch()
    assert [(camera.index, camera.name) for camera in machine.list()] == [(3, "video3")]


@on_linux
@settings(max_examples=20, deadline=None)
@given(st.sets(st.integers(0, 300), max_size=8))
def test_cameras_come_in_the_order_of_their_numbers(tmp_path_factory, numbers):
    machine = Machine(tmp_path_factory.mktemp("machine"))
    for number in numbers:
        machine.add(number, f"Webcam {number}")
    assert [camera.index for camera in machine.list()] == sorted(numbers)


def capability(driver: bytes, card: bytes, flags: int, device_flags: int = 0) -> bytes:
    """A struct v4l2_capability as the kernel fills it in."""
    return struct.pack("=16s32s32sIII12x", driver, card, b"usb-1", 0x60100, flags, device_flags)


@pytest.mark.parametrize(
    ("flags", "device_flags", "capture"),
    [
        (0x84A00001, 0x04200001, True),  # uvcvideo, picture node
        (0x84A00001, 0x04A00000, False),  # uvcvideo, metadata node
        (0x85200002, 0x05200002, False),  # v4l2loopback, exclusive, without a writer
        (0x00000001, 0, True),  # an old driver without device capabilities
        (0x84201000, 0x04201000, True),  # multi-planar
    ],
)
def test_capabilities_tell_pictures_from_metadata(flags, device_flags, capture):
    parsed = cameras._parse_capability(capability(b"uvcvideo", b"Webcam", flags, device_flags))
    assert parsed.capture is capture
    assert (parsed.driver, parsed.card) == ("uvcvideo", "Webcam")


@pytest.mark.parametrize(
    "name",
    ["Integrated IR Camera: Integrate", "Integrated Camera: Integrated I", "HP Infrared Camera"],
)
def test_a_camera_for_logging_in_is_known_by_its_name(machine, name):
    machine.add(0, name)
    machine.add(2, "Integrated Camera: Integrated C")
    assert [camera.infrared for camera in machine.list()] == [True, False]


class Node:
    """Answers VIDIOC_ENUM_FMT as a driver does."""

    def __init__(self, *formats: bytes) -> None:
        self._formats = formats

    def ioctl(self, descriptor: int, request: int, argument: bytearray) -> int:
        assert request == 0xC0405602
        assert len(argument) == 64
        index, kind = struct.unpack_from("=II", argument)
        if kind != 1 or index >= len(self._formats):
            raise OSError(22, "Invalid argument")
        argument[44:48] = self._formats[index]
        return 0


@on_linux
@pytest.mark.parametrize(
    ("formats", "colorless"),
    [
        ((b"GREY",), True),
        ((b"Y8I ", b"Y16 "), True),
        ((b"MJPG", b"YUYV"), False),
        ((b"GREY", b"YUYV"), False),
        ((b"Y41P",), False),
        ((), False),
    ],
)
def test_a_camera_without_a_format_with_colours_is_infrared(monkeypatch, formats, colorless):
    monkeypatch.setattr("fcntl.ioctl", Node(*formats).ioctl)
    found = list(cameras._pixel_formats(3))
    assert found == [code.decode().strip() for code in formats]
    assert cameras._are_colorless(found) is colorless


COLOUR = CameraInfo(2, "Integrated Camera", "/dev/video2")
INFRARED = CameraInfo(0, "Integrated Camera", "/dev/video0", infrared=True)
METADATA = CameraInfo(1, "Integrated Camera", "/dev/video1", capture=False)


def test_an_infrared_camera_is_used_unasked_only_where_there_is_no_other():
    assert default_cameras([INFRARED, METADATA, COLOUR]) == [COLOUR]
    assert default_cameras([INFRARED, METADATA]) == [INFRARED]


@on_linux
def test_of_a_laptop_whose_infrared_camera_comes_first_the_colour_camera_is_used(shared_case):
    root = shared_case("infrared-first") / "root"
    assert find_camera("", cameras._list_linux(root)).index == 2


MACOS = """{"SPCameraDataType": [
  {"_name": "FaceTime HD Camera", "spcamera_model-id": "FaceTime HD Camera",
   "spcamera_unique-id": "3F45E80A-0176-46F7-B185-BB9E2C0E82E3"},
  {"_name": "OBS Virtual Camera", "spcamera_unique-id": "7626645E-4425-469E-9D8B-97E0FA59AC75"},
  {"_name": "Logi C310", "spcamera_unique-id": "0x110000046d081b"}]}"""


def test_macos_cameras_are_numbered_as_opencv_sorts_them():
    found = cameras._parsed(MACOS, cameras._parse_macos)
    assert [(c.index, c.name, c.virtual) for c in found] == [
        (0, "Logi C310", False),
        (1, "FaceTime HD Camera", False),
        (2, "OBS Virtual Camera", True),
    ]
    assert found[0].path == "0x110000046d081b"
    assert not any(camera.infrared for camera in found)


WINDOWS = (
    '[{"id":"USB\\\\VID_046D&PID_081B","software":false,"name":"Logi C310"},'
    '{"id":"{A3FCE0F5-3493-419F-958A-ABA1250EC20B}","software":true,"name":"OBS Virtual Camera"},'
    '{"id":"{5C2CD55C}","software":true,"name":"Unity Video Capture"},'
    '{"id":null,"software":false,"name":null},'
    '{"id":"ROOT","software":false,"name":"Integrated IR Camera"}]'
)


def test_windows_software_cameras_are_virtual():
    found = cameras._parsed(WINDOWS, cameras._parse_windows)
    assert [(c.index, c.name, c.virtual) for c in found] == [
        (0, "Logi C310", False),
        (1, "OBS Virtual Camera", True),
        (2, "Unity Video Capture", True),
        (3, "camera", False),
        (4, "Integrated IR Camera", False),
    ]
    assert [camera.infrared for camera in found] == [False, False, False, False, True]


def test_a_system_that_does_not_tell_has_no_cameras(caplog):
    answer = cameras._output_of("no-such-program-at-all")
    assert cameras._parsed(answer, cameras._parse_macos) == []
    for answer in ("", "no JSON", "7", "[7]", '[{"name": "HD"}]', '{"SPCameraDataType": 7}'):
        assert cameras._parsed(answer, cameras._parse_macos) == []
        assert cameras._parsed(answer, cameras._parse_windows) == []
    assert "cameras cannot be listed" in caplog.text
