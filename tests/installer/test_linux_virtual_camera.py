"""The Linux set-up script, writing under a folder of its own.

The kernel commands are stand-ins that note their arguments: no module is built or loaded here.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "installer" / "linux" / "virtual-camera.sh"
OPTIONS = "modprobe.d/emotion-overlay.conf"
AT_START = "modules-load.d/emotion-overlay.conf"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: the script is Linux's")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    return tmp_path / "etc"


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the script; commands named in `failing` fail, the others succeed."""

    def run_script(
        *arguments: str, failing: tuple[str, ...] = ()
    ) -> subprocess.CompletedProcess[str]:
        commands = tmp_path / "bin"
        commands.mkdir(exist_ok=True)
        for name in ("modprobe", "modinfo", "apt-get"):
            command = commands / name
            command.write_text(
                f'#!/bin/sh\necho "{name} $*" >>{tmp_path}/calls\nexit {int(name in failing)}\n',
                encoding="utf-8",
            )
            command.chmod(0o755)
        environment = {"PATH": f"{commands}:{os.environ['PATH']}", "DESTDIR": str(tmp_path)}
        return subprocess.run(
            [SCRIPT, *arguments], env=environment, capture_output=True, text=True, check=False
        )

    return run_script


def _calls(tmp_path: Path) -> list[str]:
    return (tmp_path / "calls").read_text(encoding="utf-8").splitlines()


def test_the_camera_is_set_up_now_and_for_every_start(run: Run, etc: Path, tmp_path: Path) -> None:
    result = run()

    assert result.returncode == 0, result.stderr
    options = (etc / OPTIONS).read_text(encoding="utf-8")
    assert "exclusive_caps=1" in options
    assert 'card_label="Emotion Overlay"' in options
    assert (etc / AT_START).read_text(encoding="utf-8") == "v4l2loopback\n"
    assert _calls(tmp_path)[-1] == "modprobe v4l2loopback"


def test_running_it_twice_changes_nothing(run: Run, etc: Path) -> None:
    run()
    before = (etc / OPTIONS).read_text(encoding="utf-8")

    assert run().returncode == 0
    assert (etc / OPTIONS).read_text(encoding="utf-8") == before


def test_remove_takes_both_files_away(run: Run, etc: Path) -> None:
    run()

    assert run("--remove").returncode == 0
    assert not list(etc.rglob("*.conf"))


def test_a_missing_module_is_installed_with_the_headers_of_this_kernel(
    run: Run, tmp_path: Path
) -> None:
    run(failing=("modinfo",))

    installed = [call for call in _calls(tmp_path) if call.startswith("apt-get install")]
    assert "linux-headers-" in installed[0]
    assert installed[1].endswith("v4l2loopback-dkms")


def test_options_somebody_else_set_are_left_alone(run: Run, etc: Path) -> None:
    other = etc / "modprobe.d" / "obs.conf"
    other.parent.mkdir(parents=True)
    other.write_text("options v4l2loopback devices=2\n", encoding="utf-8")

    result = run()

    assert result.returncode == 2
    assert str(other) in result.stderr
    assert not (etc / OPTIONS).exists()


def test_a_module_the_kernel_refuses_ends_in_one_line(run: Run) -> None:
    result = run(failing=("modprobe",))

    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1
    assert "Secure Boot" in result.stderr


def test_an_unknown_option_is_refused(run: Run, etc: Path) -> None:
    result = run("--erase")

    assert result.returncode == 2
    assert "--erase" in result.stderr
    assert not list(etc.rglob("*.conf"))
