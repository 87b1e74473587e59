from __future__ import annotations

import pytest

from overlay.summary import print_status

STATUS = {
    "mode": "only-me",
    "paused": False,
    "recording": None,
    "sharing": None,
    "source": "demo",
    "output": "none",
    "width": 1280,
    "height": 720,
    "fps": 29.97,
    "faces": 1,
    "problems": {},
}


@pytest.mark.parametrize(("window", "shown"), [("window", "open"), (None, "closed")])
def test_the_status_says_whether_the_window_is_open(window, shown, capsys):
    print_status(STATUS | {"window": window})
    rows = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert rows["window"] == shown
    assert rows["output"] == "none, 1280x720 at 30.0 fps"
