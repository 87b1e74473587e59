"""What is tried in the machine; each scenario is a machine of its own.

A scenario reports cells: `reader`, `what` was looked at, the `faults` found, perhaps a `note`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import cv2

from guest import application as _pattern_source  # noqa: F401  (offers it)
from guest import device, judge, pattern
from guest.chromium import Chromium, ChromiumError, chromium
from guest.readers import BROWSERLESS, OpenCv, Reader, Size, V4l2Ctl
from guest.running import LABEL, PATIENCE_S, STATES, Application, application, running
from overlay.app import App
from overlay.engine import Status
from overlay.errors import SettingsError
from overlay.settings import make_settings

Report = Callable[..., None]

_PICTURES = 5
_SMALL = (640, 480)
_SMALL_OPTIONS = ("--output", "virtual", "--mode", "on-air", "--width", "640", "--height", "480")


#: The longest a call's picture may stand still, in seconds. Less than one second is usual, but on
#: a host that does other work as well this machine may stand still for several; the table tells.
_BREAK_S = 10.0


def readers(width: str, height: str, *, report: Report, results: Path) -> None:
    """Every reader in every state at one size.

    One after the other, because 0.13.2 lets one program at a time read.
    """
    size = int(width), int(height)
    node = device.load()
    options = ("--output", "virtual", "--mode", "on-air", "--width", width, "--height", height)
    with application(*options, log=results / "application.log") as app:
        programs = [each(node) for each in BROWSERLESS]
        for program in programs:
            _check_name(program, report)
        _check_states(app, programs, size, report, results)
        with chromium() as browser:
            try:
                browser.open(LABEL, size)
            except ChromiumError as error:
                report(reader=browser.name, what="name", faults=[str(error)])
                return
            report(reader=browser.name, what="name", faults=[])
            _settle(browser)
            _check_states(app, [browser], size, report, results)


def _check_name(reader: Reader, report: Report) -> None:
    label = reader.label()
    if label is not None:
        report(reader=reader.name, what="name", faults=[] if label == LABEL else [label])


def _check_states(
    app: Application,
    programs: list[Reader] | list[Chromium],
    size: Size,
    report: Report,
    results: Path,
) -> None:
    for state, expected in STATES.items():
        app.come_to(state)
        time.sleep(1)
        for reader in programs:
            _check_pictures(reader, size, state, expected, report, results)


def _check_pictures(
    reader: Reader | Chromium,
    size: Size,
    state: str,
    expected: str,
    report: Report,
    results: Path,
) -> None:
    began = time.monotonic()
    faults = [judge.LABELS_MISSING]
    for _ in range(3):
        try:
            images = reader.read(_PICTURES, size)
        except (subprocess.SubprocessError, ChromiumError, OSError) as error:
            report(reader=reader.name, what=state, faults=[f"{type(error).__name__}: {error}"])
            return
        faults = judge.faults_of(images, size, expected)
        if not faults or not judge.PASSING.issuperset(faults):
            break
    if images and (faults or isinstance(reader, Chromium)):
        cv2.imwrite(str(results / f"{reader.name}-{state.replace(' ', '-')}.png"), images[-1])
    seconds = round(time.monotonic() - began, 1)
    report(reader=reader.name, what=state, faults=faults, seconds=seconds)


def endurance(*, report: Report, results: Path) -> None:
    """A hundred mode switches, ten losses and ten pauses under one live stream of Chromium."""
    device.load()
    with (
        application(*_SMALL_OPTIONS, log=results / "application.log") as app,
        chromium() as browser,
    ):
        browser.open(LABEL, _SMALL)
        _settle(browser)
        for what, switches, states in (
            ("100 mode switches", 100, ("only-me", "off", "on-air")),
            ("10 losses", 20, ("unplugged", "plugged in again")),
            ("10 pauses", 20, ("paused", "on-air")),
        ):
            began = time.monotonic()
            for index in range(switches):
                app.come_to(states[index % len(states)])
            _check_stream(browser, what, time.monotonic() - began, report)


def _settle(browser: Chromium) -> None:
    browser.read(10, _SMALL)  # a browser that has just started is slow
    browser.journal()


def _check_stream(browser: Chromium, what: str, seconds: float, report: Report) -> None:
    frames, events = browser.journal()
    gap = max((after[0] - before[0] for before, after in pairwise(frames)), default=seconds)
    numbers = [number for _, number in frames if number]  # a dark placeholder reads as 0
    faults = [f"the track says {event}" for event in events]
    if gap > _BREAK_S:
        faults.append(f"a break of {gap:.1f} s")
    back = [before - after for before, after in pairwise(numbers) if after < before - judge.BUFFERS]
    if back:
        faults.append(f"numbers go back by {back}")
    note = f"{len(frames) / seconds:.1f} pictures a second, {gap:.2f} s at most between two"
    report(reader=browser.name, what=what, faults=faults, note=note)


def devices(*, report: Report, results: Path) -> None:
    """Whatever devices there are, and whoever wants them."""
    log = results / "application.log"
    node = device.load()
    for size in (_SMALL, (1280, 720), _SMALL):
        with _checking(f"started again, {size[0]}x{size[1]}", report) as faults:
            options = ("--output", "virtual", "--width", str(size[0]), "--height", str(size[1]))
            with application(*options, "--mode", "off", log=log):
                faults += judge.faults_of(V4l2Ctl(node).read(_PICTURES, size), size, "clean")
    with _checking("started again under a reader", report) as faults:
        faults += _restart_under_a_reader(node, log)
    device.unload()  # other programs cannot open it again with 0.12.7
    device.load()
    with _checking("another program feeds the device", report) as faults:
        faults += _contest(node)
    with _checking("free again", report) as faults, application(*_SMALL_OPTIONS, log=log) as app:
        app.come_to("on-air")
        faults += judge.faults_of(OpenCv(node).read(_PICTURES, _SMALL), _SMALL, "labels")
    with _checking("a size change under a reader is refused", report) as faults:
        faults += _change_size(node)
    device.unload()
    with _checking("a device that appears after the start", report) as faults:
        faults += _appear_late()
    device.unload()
    device.load("devices=2", "exclusive_caps=1,1", f"card_label=Other Camera,{LABEL}")
    for output, number in (("virtual", 1), ("virtual:Other Camera", 0)):
        with _checking(f"of two devices, --output '{output}'", report) as faults:
            with application(*_SMALL_OPTIONS, "--output", output, log=log) as app:
                shown = app.status()["output"]
            faults += [] if shown.endswith(f"/dev/video{number}") else [shown]


def standby(*, report: Report, results: Path) -> None:
    """The webcam is off while no program uses the camera; Chromium opens and closes it."""
    device.load()
    with _app(mode="off", standby_when_unused=True) as app:
        with _checking("a glance at the list of cameras wakes nothing", report) as faults:
            _until(app, "standby", lambda status: status.standby)
            subprocess.run(["v4l2-ctl", "--list-devices"], capture_output=True)
            faults += [] if app.status().standby else ["it woke the webcam"]
        with chromium() as browser:
            for attempt in ("first", "second"):
                _look_once(app, browser, attempt, report)


def _look_once(app: App, browser: Chromium, attempt: str, report: Report) -> None:
    with _checking(f"standby before look {attempt}", report):
        _until(app, "light off", lambda status: pattern.LIGHT.read_text() == "off")
    with _checking(f"the {attempt} look", report) as faults:
        browser.open(LABEL, _SMALL)
        _until(app, "light on", lambda status: pattern.LIGHT.read_text() == "on")
        _settle(browser)
        faults += judge.faults_of(browser.read(_PICTURES, _SMALL), _SMALL, "clean")
        browser.close_camera()


def package(*, report: Report, results: Path) -> None:
    """The installed package brings the camera that a call lists, by its own configuration."""
    device.install()
    (file,) = Path(os.environ["REPOSITORY"], "build/packages").glob("*.deb")
    with _checking("installation", report) as faults:
        _make_folders(file)
        command = ["dpkg", "--install", "--force-depends", str(file)]
        done = subprocess.run(command, capture_output=True, text=True)
        # The kernel keeps a file of the host open for each that it remembers; dpkg reads thousands.
        Path("/proc/sys/vm/drop_caches").write_text("3")
        faults += [] if f'"{LABEL}" is there' in done.stdout else [done.stdout + done.stderr]
    command = ["emotion-overlay", "run", "--source", "demo", *_SMALL_OPTIONS, "--fps", "15"]
    with (
        _checking("Chromium lists the camera and shows its pictures", report) as faults,
        running(command, log=results / "application.log"),
        chromium() as browser,
    ):
        browser.open(LABEL, _SMALL)
        faults += [] if browser.cameras == [LABEL] else [f"it lists {browser.cameras}"]
        images = browser.read(_PICTURES, _SMALL)
        faults += [] if images and images[-1].std() > 20 else ["there is no picture"]
        cv2.imwrite(str(results / "Chromium.png"), images[-1])


def _make_folders(package: Path) -> None:
    """Make the folders of a package; dpkg renames new ones, which this root cannot."""
    command = ["dpkg-deb", "--contents", str(package)]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines():
        if line.startswith("d"):
            Path("/", line.split()[-1]).mkdir(parents=True, exist_ok=True)


@contextmanager
def _checking(what: str, report: Report) -> Iterator[list[str]]:
    """Collect faults and report them, together with what is raised."""
    faults: list[str] = []
    try:
        yield faults
    except Exception as error:
        faults.append(f"{type(error).__name__}: {error}")
    report(reader="-", what=what, faults=faults)


def _restart_under_a_reader(node: str, log: Path) -> list[str]:
    with application(*_SMALL_OPTIONS, log=log):
        reader = cv2.VideoCapture(int(node.removeprefix("/dev/video")), cv2.CAP_V4L2)
        before = [reader.read()[0] for _ in range(5)]
    try:
        with application(*_SMALL_OPTIONS, log=log):
            after = [reader.read()[0] for _ in range(10)]
    finally:
        reader.release()
    return [] if all(before) and any(after) else [f"before {before}, after {after}"]


_RIVAL = """
import sys, time, numpy, pyvirtualcam
with pyvirtualcam.Camera(640, 480, 30, device=sys.argv[1]) as camera:
    while True:
        camera.send(numpy.full((480, 640, 3), 90, numpy.uint8))
        camera.sleep_until_next_frame()
"""


def _contest(node: str) -> list[str]:
    """The application must say that the device is taken, and leave it alone."""
    rival = subprocess.Popen([sys.executable, "-c", _RIVAL, node])
    try:
        time.sleep(5)
        command = [
            sys.executable,
            "-m",
            "overlay",
            "run",
            "--source",
            "demo",
            "--output",
            "virtual",
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
        pictures = OpenCv(node).read(_PICTURES, _SMALL)
    finally:
        rival.terminate()
        rival.wait()
    faults = [] if done.returncode == 2 and "in use" in done.stderr else [done.stderr or "it ran"]
    if not all(abs(int(picture.mean()) - 90) < 10 for picture in pictures):
        faults.append("the other program's picture is disturbed")
    return faults


def _change_size(node: str) -> list[str]:
    with _app() as app:
        _until(app, "pictures", lambda status: status.frames_out > 3)
        command = ["v4l2-ctl", "-d", node, "--stream-mmap", "--stream-count=100000"]
        reader = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            app.change(width=1280, height=720)
        except SettingsError:
            return []
        finally:
            reader.terminate()
            reader.wait()
    return ["it was not refused"]


def _appear_late() -> list[str]:
    with _app(mode="off") as app:
        _until(
            app,
            "an explanation",
            lambda status: "virtual-camera.sh" in status.problems.get("output", ""),
        )
        node = device.load()
        _until(app, "pictures", lambda status: status.frames_out > 3)
        return judge.faults_of(OpenCv(node).read(_PICTURES, _SMALL), _SMALL, "clean")


def _app(**settings: object) -> App:
    """The patient application, as under the tray, in this process."""
    size = {"width": _SMALL[0], "height": _SMALL[1], "fps": 15}
    return App(make_settings(**{"source": "pattern", "output": "virtual", **size, **settings}))


def _until(app: App, what: str, condition: Callable[[Status], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition(app.status()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"no {what}: {app.status()}")
        time.sleep(0.1)
