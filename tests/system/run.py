"""The system test: a real virtual camera, read by real programs, in a machine made for it.

    python tests/system/run.py            or, all of it,    make test-system

Builds (once) a User Mode Linux kernel and three versions of v4l2loopback, boots a small machine
for each scenario and prints what every reader saw, with pictures in artifacts/system. The machine
has the host's root as its own, with all changes kept in memory. Needs root, Linux on x86-64 and
the packages in `PACKAGES`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import queue
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
ARTIFACTS = REPOSITORY / "artifacts" / "system"

#: Which Debian packages each needed program comes from.
PACKAGES = {
    "flex": "flex",
    "bison": "bison",
    "bc": "bc",
    "gcc": "gcc",
    "make": "make",
    "xz": "xz-utils",
    "rmmod": "kmod",
    "ip": "iproute2",
    "v4l2-ctl": "v4l-utils",
    "ffmpeg": "ffmpeg",
    "gst-launch-1.0": "gstreamer1.0-tools gstreamer1.0-plugins-good",
    "chromium": "chromium",
}

VERSIONS = ("0.12.7", "0.13.2", "0.15.0")
SCENARIOS = ("readers 1280 720", "readers 640 480", "endurance", "devices", "standby")
STATES = ("name", "on-air", "only-me", "off", "paused", "unplugged", "plugged in again")

#: How long one machine may take, in seconds.
_PATIENCE_S = 900


@dataclass
class Trial:
    """One scenario with one version of v4l2loopback.

    Attributes:
        version: The version.
        scenario: Name and arguments of a function in `guest/scenarios.py`.
        cells: What the machine reported.
        seconds: How long the machine ran.
    """

    version: str
    scenario: str
    cells: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def folder(self) -> Path:
        """Where its log and pictures are."""
        return ARTIFACTS / f"{self.version}-{self.scenario.replace(' ', '-')}"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--versions", nargs="+", default=VERSIONS, metavar="VERSION")
    parser.add_argument("--scenarios", nargs="+", default=SCENARIOS, metavar="SCENARIO")
    arguments = parser.parse_args()
    reason = obstacle() or missing_packages()
    if reason:
        print(f"system test: {reason}", file=sys.stderr)
        return 2
    trials = run(arguments.versions, arguments.scenarios)
    return 1 if any(cell["faults"] for trial in trials for cell in trial.cells) else 0


def run(versions: Sequence[str] = VERSIONS, scenarios: Sequence[str] = SCENARIOS) -> list[Trial]:
    """Build what is missing, run each scenario with each version, and print what was seen."""
    cache = _build(versions)
    began = time.monotonic()
    shutil.rmtree(ARTIFACTS, ignore_errors=True)
    trials = [Trial(version, scenario) for version in versions for scenario in scenarios]
    _boot_all(trials, cache)
    _print(trials)
    checks = [bool(cell["faults"]) for trial in trials for cell in trial.cells]
    seconds = time.monotonic() - began
    print(f"{len(checks)} checks, {sum(checks)} failed, {seconds:.0f} s; see {ARTIFACTS}")
    return trials


def missing_packages() -> str | None:
    """Which packages are needed and not installed, as the command that installs them."""
    missing = sorted({package for name, package in PACKAGES.items() if not shutil.which(name)})
    return f"run: sudo apt install {' '.join(missing)}" if missing else None


def obstacle() -> str | None:
    """Why this can never work on this computer."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return f"it needs Linux on x86-64, not {platform.system()} on {platform.machine()}"
    if not shutil.which("apt-get"):
        return "it needs Debian, from whose packages it builds kernel and module"
    if os.geteuid() != 0:
        return "it needs root"
    return None


def _build(versions: Iterable[str]) -> Path:
    environment = {**os.environ, "VERSIONS": " ".join(versions)}
    done = subprocess.run(
        [HERE / "build.sh"], stdout=subprocess.PIPE, text=True, check=True, env=environment
    )
    return Path(done.stdout.strip())


def _boot_all(trials: list[Trial], cache: Path) -> None:
    """Run a machine on each processor; one that stays on its own is much faster."""
    processors: queue.Queue[int] = queue.Queue()
    for processor in os.sched_getaffinity(0):
        processors.put(processor)

    def boot(trial: Trial) -> None:
        processor = processors.get()
        try:
            _boot(trial, cache, processor)
        finally:
            processors.put(processor)

    with ThreadPoolExecutor(processors.qsize()) as machines:
        list(machines.map(boot, trials))


def _boot(trial: Trial, cache: Path, processor: int) -> None:
    """Run one machine to its end."""
    shutil.rmtree(trial.folder, ignore_errors=True)
    trial.folder.mkdir(parents=True)
    name, *arguments = trial.scenario.split()
    variables = {
        "SYSTEM_TEST": HERE,
        "REPOSITORY": REPOSITORY,
        "RESULTS": trial.folder,
        "PYTHON": sys.executable,
        "MODULE": cache / f"v4l2loopback-{trial.version}.ko",
        "SCENARIO": ",".join((name, *arguments)),
    }
    command = [
        *("taskset", "--cpu-list", str(processor)),
        str(cache / "linux"),
        "mem=2560M",
        "root=/dev/root",
        "rootfstype=hostfs",
        "rootflags=/",
        "ro",
        "con=null",
        "con0=null,fd:1",
        "panic=-1",
        f"init={HERE}/guest/init",
        *(f"{key}={value}" for key, value in variables.items()),
    ]
    began = time.monotonic()
    _run_to_its_end(command, trial.folder / "console")
    trial.seconds = time.monotonic() - began
    cells = trial.folder / "cells.jsonl"
    lines = cells.read_text().splitlines() if cells.exists() else []
    trial.cells = [json.loads(line) for line in lines]
    log = trial.folder / "log"
    if log.exists() and "the scenario failed" in log.read_text(errors="replace"):
        fault = f"the scenario crashed or hung; {log} says where"
        trial.cells.append({"reader": "-", "what": trial.scenario, "faults": [fault]})
    if not (trial.folder / "dmesg").exists():
        said = (trial.folder / "console").read_text(errors="replace").split("\n")
        last = next((line for line in reversed(said) if line.strip()), "nothing")
        fault = f"the machine did not finish; it said last: {last}"
        trial.cells.append({"reader": "-", "what": trial.scenario, "faults": [fault]})
    print(f"v4l2loopback {trial.version}, {trial.scenario}: {trial.seconds:.0f} s", flush=True)


def _run_to_its_end(command: list[str], console: Path) -> None:
    memory = {"TMPDIR": "/dev/shm" if _roomy("/dev/shm") else "/var/tmp"}
    with console.open("wb") as output:
        machine = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **memory},
            start_new_session=True,
        )
        try:
            machine.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            output.write(b"it took too long\n")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(machine.pid, signal.SIGKILL)  # with each program in it
            machine.wait()


def _roomy(folder: str) -> bool:
    """Whether the memory of two machines fits there; containers often have 64 MB."""
    return shutil.disk_usage(folder).free > 6 << 30


def _print(trials: list[Trial]) -> None:
    """Print the table and keep it beside the pictures."""
    console = Console(record=True, width=140)
    table = Table(title="What each reader of the virtual camera saw")
    for heading in ("v4l2loopback", "size", "reader", *STATES):
        table.add_column(heading)
    for trial in trials:
        if trial.scenario.startswith("readers"):
            _add_rows(table, trial)
    console.print(table)
    for trial in trials:
        for cell in trial.cells:
            if trial.scenario.startswith("readers") and not cell["faults"]:
                continue
            verdict = "[red]FAIL[/]" if cell["faults"] else "[green]pass[/]"
            detail = "; ".join([*cell["faults"], cell.get("note", "")])
            line = f"{verdict} {trial.version} {trial.scenario}: {cell['reader']}, {cell['what']}: "
            console.print(line, end="")
            console.print(detail, markup=False)
    (ARTIFACTS / "table.txt").write_text(console.export_text())


def _add_rows(table: Table, trial: Trial) -> None:
    verdicts: dict[str, dict[str, str]] = {}
    for cell in trial.cells:
        verdict = "[red]FAIL[/]" if cell["faults"] else "[green]pass[/]"
        verdicts.setdefault(cell["reader"], {})[cell["what"]] = verdict
    size = "x".join(trial.scenario.split()[1:])
    for reader, row in verdicts.items():
        if reader != "-":
            table.add_row(trial.version, size, reader, *(row.get(state, "-") for state in STATES))


if __name__ == "__main__":
    sys.exit(main())
