"""The Linux set-up script, working under a folder of its own.

The kernel commands are stand-ins that note their arguments: no module is built or loaded here.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "installer" / "linux" / "virtual-camera.sh"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="PLATFORM: the script is Linux's")

Result = subprocess.CompletedProcess[str]


class Machine:
    """A root folder, as the script sees it, and what it has called."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.options = root / "etc/modprobe.d/emotion-overlay.conf"
        self.at_start = root / "etc/modules-load.d/emotion-overlay.conf"

    @property
    def calls(self) -> list[str]:
        log = self.root / "calls"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    @property
    def files(self) -> set[Path]:
        """What the script has written."""
        return {path for path in (self.options, self.at_start) if path.exists()}

    def run(self, *arguments: str, failing: tuple[str, ...] = (), terminal: int = -3) -> Result:
        """Run the script; commands named in `failing` fail, the others succeed."""
        commands = self.root / "bin"
        commands.mkdir(exist_ok=True)
        for name in ("modprobe", "modinfo", "apt-get"):
            self._write(
                f"bin/{name}",
                f'#!/bin/sh\necho "{name} $*" >>{self.root}/calls\nexit {int(name in failing)}\n',
            ).chmod(0o755)
        environment = {"PATH": f"{commands}:{os.environ['PATH']}", "DESTDIR": str(self.root)}
        return subprocess.run(
            [SCRIPT, *arguments], env=environment, stdin=terminal, capture_output=True, text=True
        )

    def write_options(self, path: str, text: str) -> Path:
        return self._write(path, text)

    def load(self, *names: str, exclusive: str = "Y") -> None:
        """Have the module loaded, with cameras of these names."""
        self._write("sys/module/v4l2loopback/parameters/exclusive_caps", f"{exclusive},N,N\n")
        for number, name in enumerate(names, 2):
            device = f"sys/devices/virtual/video4linux/video{number}"
            self._write(f"{device}/name", f"{name}\n")
            self._write(f"{device}/max_openers", "10\n")

    def turn_on_secure_boot(self, key: str | None) -> None:
        variable = "SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
        path = self._write(f"sys/firmware/efi/efivars/{variable}", "")
        path.write_bytes(b"\x06\0\0\0\x01")  # four bytes of attributes, then whether it is on
        if key is not None:
            self._write(key, "a certificate")

    def _write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


class TestSetUp:
    def test_the_camera_is_there_now_and_after_every_start(self, machine: Machine) -> None:
        result = machine.run("--yes")

        assert result.returncode == 0, result.stderr
        options = machine.options.read_text(encoding="utf-8")
        assert "exclusive_caps=1" in options
        assert 'card_label="Emotion Overlay"' in options
        assert machine.at_start.read_text(encoding="utf-8") == "v4l2loopback\n"
        assert machine.calls[-1] == "modprobe v4l2loopback"

    def test_a_second_time_the_camera_stays_as_it_is(self, machine: Machine) -> None:
        machine.run("--yes")
        before = machine.options.read_text(encoding="utf-8")
        machine.load("Emotion Overlay")
        calls = len(machine.calls)

        assert machine.run("--yes").returncode == 0
        assert machine.options.read_text(encoding="utf-8") == before
        assert machine.calls[calls:] == ["modinfo v4l2loopback"]

    def test_a_camera_that_chrome_would_not_list_is_made_anew(self, machine: Machine) -> None:
        machine.load("Emotion Overlay", exclusive="N")

        assert machine.run("--yes").returncode == 0
        assert machine.calls[-2:] == ["modprobe --remove v4l2loopback", "modprobe v4l2loopback"]

    def test_the_cameras_of_others_stay_loaded(self, machine: Machine) -> None:
        machine.load("OBS Virtual Camera", "DroidCam")

        result = machine.run("--yes")

        assert result.returncode == 0, result.stderr
        assert not [call for call in machine.calls if call.startswith("modprobe")]
        assert "cameras that are not ours: DroidCam, OBS Virtual Camera" in result.stdout
        assert "after the next start" in result.stdout
        assert machine.files == {machine.options, machine.at_start}

    def test_a_missing_module_is_installed_with_the_headers_of_this_kernel(
        self, machine: Machine
    ) -> None:
        machine.run("--yes", failing=("modinfo",))

        installed = [call for call in machine.calls if call.startswith("apt-get install")]
        assert "linux-headers-" in installed[0]
        assert installed[1].endswith("v4l2loopback-dkms")

    def test_a_module_the_kernel_refuses_ends_in_one_line(self, machine: Machine) -> None:
        result = machine.run("--yes", failing=("modprobe",))

        assert result.returncode == 2
        assert len(result.stderr.splitlines()) == 1
        assert "dmesg" in result.stderr


class TestConfiguringForAPackage:
    def test_the_camera_is_there_without_a_question(self, machine: Machine) -> None:
        result = machine.run("--configure")

        assert result.returncode == 0, result.stderr
        assert machine.files == {machine.options, machine.at_start}
        assert machine.calls[-1] == "modprobe v4l2loopback"

    def test_nothing_is_installed(self, machine: Machine) -> None:
        result = machine.run("--configure", failing=("modinfo",))

        assert result.returncode == 0, result.stderr
        assert machine.calls == ["modinfo v4l2loopback"]
        assert "needs the kernel module" in result.stdout

    def test_options_of_others_count(self, machine: Machine) -> None:
        machine.write_options("etc/modprobe.d/obs.conf", "options v4l2loopback devices=2\n")

        result = machine.run("--configure")

        assert result.returncode == 0, result.stderr
        assert machine.files == set()
        assert machine.calls == []

    def test_the_cameras_of_others_stay_loaded(self, machine: Machine) -> None:
        machine.load("OBS Virtual Camera")

        result = machine.run("--configure")

        assert result.returncode == 0, result.stderr
        assert machine.calls == []
        assert "after the next start" in result.stdout

    def test_a_camera_that_is_there_stays_as_it_is(self, machine: Machine) -> None:
        machine.load("Emotion Overlay")

        assert machine.run("--configure").returncode == 0
        assert machine.calls == []


class TestOptionsOfAnotherFile:
    @pytest.mark.parametrize("folder", ["etc/modprobe.d", "usr/lib/modprobe.d"])
    @pytest.mark.parametrize(
        "text",
        [
            "options v4l2loopback devices=2 exclusive_caps=1,1\n",
            'options v4l2loopback card_label="Lab 1" \\\n  exclusive_caps=Y\n',
        ],
    )
    def test_they_hold_if_calls_list_the_camera(
        self, machine: Machine, folder: str, text: str
    ) -> None:
        other = machine.write_options(f"{folder}/obs.conf", text)

        result = machine.run("--yes")

        assert result.returncode == 0, result.stderr
        assert str(other) in result.stdout
        assert machine.files == {machine.at_start}
        assert machine.calls[-1] == "modprobe v4l2loopback"

    def test_a_camera_made_by_them_is_ours_to_use(self, machine: Machine) -> None:
        machine.write_options("etc/modprobe.d/a.conf", "options v4l2loopback exclusive_caps=1\n")
        machine.load("Lab")

        result = machine.run("--yes")

        assert "the camera is there already" in result.stdout
        assert machine.calls == ["modinfo v4l2loopback"]

    @pytest.mark.parametrize("options", ["devices=2", "exclusive_caps=0 max_buffers=1"])
    def test_they_are_left_alone_if_they_do_not_fit(self, machine: Machine, options: str) -> None:
        other = machine.write_options(
            "etc/modprobe.d/obs.conf", f"options v4l2loopback {options}\n"
        )

        result = machine.run("--yes")

        assert result.returncode == 2
        assert f"{other} sets options of v4l2loopback: add exclusive_caps=1" in result.stderr
        assert not machine.files
        assert not machine.calls

    def test_those_of_other_modules_do_not_count(self, machine: Machine) -> None:
        text = "# options v4l2loopback devices=9\noptions v4l2loopback_other devices=2\n"
        machine.write_options("etc/modprobe.d/other.conf", text)

        assert machine.run("--yes").returncode == 0
        assert machine.options.exists()


class TestSecureBoot:
    @pytest.mark.parametrize(
        "key",
        [
            "/var/lib/shim-signed/mok/MOK.der",
            "/var/lib/dkms/mok.pub",
            "/etc/pki/akmods/certs/public_key.der",
        ],
    )
    def test_the_steps_name_the_key_that_signed_the_module(
        self, machine: Machine, key: str
    ) -> None:
        machine.turn_on_secure_boot(key.lstrip("/"))

        result = machine.run("--yes", failing=("modprobe",))

        assert result.returncode == 2
        assert f"sudo mokutil --import {key}\n" in result.stderr
        assert "Enroll MOK" in result.stderr
        assert machine.files == {machine.options, machine.at_start}

    def test_a_module_that_nobody_signed_is_told(self, machine: Machine) -> None:
        machine.turn_on_secure_boot(None)

        result = machine.run("--yes", failing=("modprobe",))

        assert result.returncode == 2
        assert "not signed" in result.stderr

    def test_nothing_is_asked_for_if_the_kernel_loads_it(self, machine: Machine) -> None:
        machine.turn_on_secure_boot("var/lib/dkms/mok.pub")

        result = machine.run("--yes")

        assert result.returncode == 0
        assert "mokutil" not in result.stdout + result.stderr


class TestTakingItAway:
    def test_both_files_go(self, machine: Machine) -> None:
        machine.run("--yes")
        machine.load("Emotion Overlay")

        assert machine.run("--remove", "--yes").returncode == 0
        assert not machine.files
        assert machine.calls[-1] == "modprobe --remove v4l2loopback"

    def test_the_cameras_of_others_stay(self, machine: Machine) -> None:
        machine.run("--yes")
        machine.load("Emotion Overlay", "DroidCam")

        assert machine.run("--remove", "--yes").returncode == 0
        assert not machine.files
        assert "modprobe --remove v4l2loopback" not in machine.calls

    def test_a_camera_in_use_stays_with_its_files(self, machine: Machine) -> None:
        machine.run("--yes")
        machine.load("Emotion Overlay")

        result = machine.run("--remove", "--yes", failing=("modprobe",))

        assert result.returncode == 2
        assert "close the programs that show it" in result.stderr
        assert machine.files == {machine.options, machine.at_start}


class TestAsking:
    @pytest.mark.parametrize("action", [(), ("--remove",)])
    def test_without_a_terminal_the_plan_is_all(
        self, machine: Machine, action: tuple[str, ...]
    ) -> None:
        machine.load("Emotion Overlay")

        result = machine.run(*action)

        assert result.returncode == 2
        assert result.stdout.startswith("This will:\n- ")
        assert "--yes" in result.stderr
        assert not machine.files
        assert not [call for call in machine.calls if call.startswith("modprobe")]

    @pytest.mark.parametrize(("answer", "code"), [("y", 0), ("Yes", 0), ("n", 2), ("", 2)])
    def test_on_a_terminal_the_answer_decides(
        self, machine: Machine, answer: str, code: int
    ) -> None:
        ours, terminal = pty.openpty()
        try:
            os.write(ours, f"{answer}\n".encode())
            result = machine.run(terminal=terminal)
        finally:
            os.close(ours)
            os.close(terminal)

        assert result.returncode == code
        assert bool(machine.files) == (code == 0)

    @pytest.mark.parametrize("option", ["-h", "--help"])
    def test_help_says_what_it_does_and_does_nothing(self, machine: Machine, option: str) -> None:
        result = machine.run(option)

        assert result.returncode == 0
        for word in ("--remove", "--yes", "modprobe.d", "v4l2loopback"):
            assert word in result.stdout
        assert not machine.calls
        assert not machine.files

    def test_an_unknown_option_is_refused(self, machine: Machine) -> None:
        result = machine.run("--erase", "--yes")

        assert result.returncode == 2
        assert "--erase" in result.stderr
        assert not machine.files
