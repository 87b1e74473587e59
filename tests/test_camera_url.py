from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.camera_url import is_camera_url, private_parts, shown


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("rtsp://cam/live", True),
        ("RTSPS://cam", True),
        ("http://cam:8080/video", True),
        ("https://cam", True),
        ("rtmp://cam/live", False),
        ("webcam:http", False),
        ("http:/cam", False),
        ("lesson.mp4", False),
    ],
)
def test_network_cameras_are_known_by_their_scheme(spec: str, expected: bool) -> None:
    assert is_camera_url(spec) == expected


@pytest.mark.parametrize("spec", ["demo", "webcam:C920", "/dev/video0", "a@b.mp4", ""])
def test_what_is_no_url_is_shown_as_it_is_and_holds_nothing_private(spec: str) -> None:
    assert shown(spec) == spec
    assert private_parts(spec) == ()


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("rtsp://cam", "rtsp://cam"),
        ("RTSP://ana:secret@cam:554/live", "rtsp://cam:554"),
        ("http://ana@cam?key=7", "http://cam"),
        ("http://[fe80::1]:80/x", "http://[fe80::1]:80"),
        ("http://ana:se/cret@cam/x", "http://..."),
        ("http://cam/x", "http://cam"),
        ("http://", "http://"),
        ("http://ana:sec@ret@cam/x", "http://cam"),
        ("rstp://ana:secret@cam/x", "rstp://cam"),
    ],
)
def test_only_scheme_and_host_are_shown(spec: str, expected: str) -> None:
    assert shown(spec) == expected


words = st.text(st.characters(codec="ascii", categories=("L", "N", "P")), min_size=6)


@given(user=words, password=words, path=words, query=words)
def test_whatever_somebody_types_as_password_is_private_and_not_shown(
    user: str, password: str, path: str, query: str
) -> None:
    spec = f"rtsp://{user}:{password}@cam.lan/{path}?{query}"
    assert spec in private_parts(spec)
    if not {"/", "?", "#"} & set(password + user):
        assert password in private_parts(spec) or ":" in user
        assert password not in shown(spec)
