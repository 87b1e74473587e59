"""Fixtures every test may use."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import hypothesis
import pytest

from overlay.language import use_language
from overlay.settings import Settings
from tests.clips import CLIPS
from tests.e2e.desktop import Desktop

# A slow or busy machine is no reason for a test to fail.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

#: A test with one of these fixtures is of the tier `desktop`; for other ways there is the marker.
_DESKTOP = {"desktop", "pipewire", "xvfb"}

REPOSITORY = Path(__file__).resolve().parent.parent


def _shared(*parts: str) -> Path:
    root = Path(os.environ.get("EMOTION_OVERLAY_SHARED", REPOSITORY.parent / "shared"))
    path = root.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"DATA MISSING: {path} is not there; set EMOTION_OVERLAY_SHARED to its folder")
    return path


@pytest.fixture(scope="session", autouse=True)
def _own_folders() -> Iterator[None]:
    """Keep tests apart from the user's settings and from the application the user is running."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory(prefix="eo-") as folder:
        for name in Settings.model_fields:
            patch.delenv(f"EMOTION_OVERLAY_{name.upper()}", raising=False)
        patch.setenv("LANGUAGE", "en")  # whatever the user's system speaks
        # Not pytest's folder: its path may be too long for a Unix socket.
        patch.setenv("EMOTION_OVERLAY_CONFIG_DIR", f"{folder}/config")
        patch.setenv("EMOTION_OVERLAY_RUNTIME_DIR", f"{folder}/runtime")
        patch.setenv("EMOTION_OVERLAY_LOG_DIR", f"{folder}/log")
        yield


@pytest.fixture(autouse=True)
def _english() -> None:
    """Have each test begin in English, whatever language the one before it ended in."""
    use_language("en")


@pytest.fixture(scope="session")
def clip_path(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the file of a clip by its name.

    It is one of `tests/clips.py`, which any machine can make, or a real one of the folder `media`,
    without which the test is skipped.
    """
    folder = tmp_path_factory.mktemp("clips")

    def find(name: str) -> Path:
        if name not in CLIPS:
            return _shared("media", f"{name}.mp4")
        path = folder / f"{name}.mp4"
        return path if path.exists() else CLIPS[name].write(path)

    return find


@pytest.fixture(scope="session")
def shared_case() -> Callable[[str], Path]:
    """Gives the folder of one of the small inputs on which the application fell short, by name."""
    return lambda name: _shared("cases", name)


@pytest.fixture(scope="session")
def fer2013() -> Path:
    """The folder of FER2013 sheets and labels."""
    return _shared("data", "fer2013")


@pytest.fixture
def desktop(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desktop]:
    """A desktop of its own, whose last picture becomes an artefact."""
    with Desktop(tmp_path) as desktop:
        yield desktop
        desktop.screenshot(f"last-of-{request.function.__name__}")


@pytest.fixture(autouse=True)
def _own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test keeps out of the log is no secret in the next."""
    monkeypatch.setattr("overlay.logs._discretion._private", set())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the desktop's programs did to the report of a test that failed."""
    report = yield
    desktop = getattr(item, "funcargs", {}).get("desktop")
    if call.when == "call" and report.failed and isinstance(desktop, Desktop):
        report.sections.append(("the desktop's programs", desktop.testimony()))
    return report


@pytest.hookimpl(tryfirst=True)  # before pytest selects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every test into its tier, and the end-to-end tests, which take longest, last."""
    for item in items:
        if not {marker.name for marker in item.iter_markers()} & {"desktop", "system"}:
            needs_desktop = _DESKTOP.intersection(getattr(item, "fixturenames", ()))
            item.add_marker("desktop" if needs_desktop else "unit")
    items.sort(key=lambda item: "e2e" in item.path.parts)
