from __future__ import annotations

import subprocess
import sys

import pytest

from overlay.errors import OutputError
from overlay.outputs import open_output


def test_none_counts_frames(card):
    with open_output("none", size=(64, 48), fps=30) as output:
        for _ in range(3):
            output.send(card(64, 48))
    assert output.frames == 3


@pytest.mark.parametrize("spec", ["", "nothing", "windows", "Virtual", "zero\0.mp4"])
def test_what_is_unknown_lists_what_is_possible(spec):
    with pytest.raises(OutputError, match=r"there is no output '.*': use virtual"):
        open_output(spec, size=(64, 48), fps=30)


@pytest.mark.parametrize(("size", "fps"), [((0, 48), 30), ((64, -1), 30), ((64, 48), 0)])
def test_sizes_and_rates_must_be_above_0(size, fps):
    with pytest.raises(OutputError, match="must be above 0"):
        open_output("none", size=size, fps=fps)


def test_naming_an_output_loads_no_virtual_camera_library():
    code = "import overlay.outputs, sys; sys.exit('pyvirtualcam' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
