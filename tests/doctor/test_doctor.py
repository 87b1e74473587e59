from __future__ import annotations

import io
import json
import re
import subprocess
import sys

import pytest
from rich.console import Console

from overlay import doctor
from overlay.doctor import Finding, Machine, examine, fix, works
from overlay.doctor.report import as_json, as_text, print_findings
from overlay.language import use_language

DEVANAGARI = re.compile("[\u0900-\u097f]")

ORDER = [
    "installation",
    "python",
    "libraries",
    "models",
    "webcam",
    "virtual-camera",
    "display",
    "tray",
    "hotkeys",
    "instance",
    "data-folder",
    "recordings",
    "settings",
]

HEALTHY = Finding("webcam", "ok", "the camera is there")
NOTE = Finding("tray", "warning", "no tray", "add one")
BROKEN = Finding("settings", "problem", "the file is damaged", "set it aside", True)
BUSY = Finding("virtual-camera", "problem", "it is in use by obs (process 7)", "close obs")


def printed(*findings: Finding) -> str:
    console = Console(file=io.StringIO(), width=60)
    print_findings(findings, console)
    return console.file.getvalue()


def test_every_check_has_its_finding_in_order_and_every_problem_a_cure():
    findings = examine()
    assert [finding.check for finding in findings] == ORDER
    for finding in findings:
        assert "\n" not in finding.message + finding.fix
        assert finding.fix or finding.state in ("ok", "skipped")


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_the_checks_of_other_systems_run_as_well(other, system):
    findings = examine(other(system))
    assert [finding.check for finding in findings] == ORDER
    assert not [f for f in findings if f.message.startswith("could not be looked at")]


def test_a_check_that_fails_does_not_stop_the_others(machine):
    class Unreadable(Machine):
        def cameras(self):
            raise RuntimeError("the driver is odd")

    findings = {f.check: f for f in examine(Unreadable())}
    assert findings["webcam"].state == "warning"
    assert "the driver is odd" in findings["webcam"].message
    assert findings["settings"].state == "ok"


def test_without_libraries_what_needs_them_is_skipped(monkeypatch):
    monkeypatch.setitem(sys.modules, "pyvirtualcam", None)
    findings = {f.check: f.state for f in examine()}
    assert findings["libraries"] == "problem"
    assert findings["webcam"] == findings["virtual-camera"] == findings["models"] == "skipped"
    assert findings["settings"] == "ok"


def test_only_problems_stand_in_the_way():
    assert works([HEALTHY, NOTE])
    assert not works([HEALTHY, BUSY])


def test_fixing_touches_only_what_is_fixable(home):
    (home / "config").mkdir(parents=True)
    (home / "config/settings.toml").write_text("fps = \n")
    done = fix([HEALTHY, NOTE, BUSY, Finding("settings", "warning", "broken", "", True)])
    assert len(done) == 1
    assert done[0].startswith("settings: ")
    assert not (home / "config/settings.toml").exists()


def test_a_fix_that_fails_says_why(monkeypatch):
    def fail(machine):
        raise OSError("the disk is gone")

    monkeypatch.setattr(doctor, "_CHECKS", (doctor._Check("settings", fail, fail),))
    done = fix([Finding("settings", "warning", "broken", "", True)])
    assert "not fixed" in done[0]


def test_every_fixable_check_has_a_fix():
    fixes = {check.name for check in doctor._CHECKS if check.fix}
    assert fixes == {"recordings", "settings"}


def test_the_first_problem_s_cure_comes_first():
    text = printed(NOTE, BROKEN, BUSY)
    lines = [line for line in text.splitlines() if line]
    assert lines[0] == "2 problems to fix before a call works on this computer."
    assert lines[1] == "First: the file is damaged."
    assert lines[2].strip() == "set it aside"
    assert text.count("set it aside") == 1
    assert "doctor --fix` does part of this" in text


def test_a_healthy_machine_is_told_so():
    text = printed(HEALTHY, NOTE)
    assert text.startswith("This computer is ready for a call.")
    assert "First" not in text


def test_commands_are_never_broken_into_lines():
    command = "sudo modprobe -r v4l2loopback && sudo modprobe v4l2loopback exclusive_caps=1"
    text = printed(Finding("virtual-camera", "problem", "x", command), BUSY)
    assert command in text


def test_sentences_are_wrapped_between_words():
    message = "a sentence that is far too long for a terminal as narrow as this one is"
    lines = printed(Finding("webcam", "warning", message, message)).splitlines()
    assert max(map(len, lines)) <= 60
    assert " ".join(" ".join(lines).split()).count(message) == 2


def test_square_brackets_are_text_and_not_markup():
    assert "[activated waiting]" in printed(Finding("webcam", "ok", "state [activated waiting]"))


def test_a_window_says_what_to_do_before_what_is_well():
    assert as_text([HEALTHY, NOTE, BROKEN]).split("\n\n") == [
        "One problem to fix before a call works on this computer.",
        "✗ Settings: the file is damaged\nWhat to do: set it aside",
        "! Tray: no tray\nWhat to do: add one",
        "`emotion-overlay doctor --fix` does part of this for you.",
        "✓ Webcam: the camera is there",
    ]


def test_a_window_speaks_the_language_of_the_user(machine):
    use_language("hi")
    text = as_text(examine(machine))
    assert "What to do" not in text
    english = [line for line in text.splitlines() if line and not DEVANAGARI.search(line)]
    assert [line for line in english if "Python 3." not in line] == []


def test_json_says_all_of_it():
    content = json.loads(as_json([NOTE, BUSY]))
    assert content["works"] is False
    assert content["findings"][1] == {
        "check": "virtual-camera",
        "state": "problem",
        "message": "it is in use by obs (process 7)",
        "fix": "close obs",
        "fixable": False,
    }


def test_the_command_tells_programs_and_its_exit_code_agrees():
    done = subprocess.run(
        [sys.executable, "-m", "overlay", "doctor", "--json"],
        capture_output=True,
        text=True,
        check=False,
    )
    content = json.loads(done.stdout)
    assert [finding["check"] for finding in content["findings"]] == ORDER
    assert done.returncode == (0 if content["works"] else 1)
    assert done.stderr == ""


def test_the_command_fixes_and_says_what_it_did(home):
    (home / "config").mkdir(parents=True)
    (home / "config/settings.toml").write_text("fps = \n")
    (home / "data/emotion-overlay").mkdir(parents=True)
    code = (
        "from overlay import doctor; from overlay.cli import main;"
        "doctor._CHECKS = tuple(c for c in doctor._CHECKS if c.name in ('python', 'settings'));"
        "main(['doctor', '--fix'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "kept as settings.toml.broken-" in done.stderr
    assert "ready for a call" in done.stdout
