"""Qt without a screen, in this process; what shows real windows is in tests/e2e."""

from __future__ import annotations

from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import pytest

from overlay.gui.frames import FrameBuffer
from overlay.host.libraries import QT_FIX

SIZE = (640, 360)


@pytest.fixture(scope="session")
def qt() -> object:
    """The one application object that Qt allows."""
    try:
        from PySide6.QtWidgets import QApplication
    except ImportError:
        pytest.fail(str(QT_FIX))
    from overlay.gui.style import apply_style

    with pytest.MonkeyPatch.context() as patch:  # the processes of other tests have a display
        patch.setenv("QT_QPA_PLATFORM", "offscreen")
        application = QApplication.instance() or QApplication([])
    apply_style(application)
    return application


@pytest.fixture
def buffer() -> Iterator[FrameBuffer]:
    memory = SharedMemory(create=True, size=FrameBuffer.bytes_for(SIZE))
    buffer = FrameBuffer(memory, SIZE)
    yield buffer
    buffer.release()
    memory.close()
    memory.unlink()


try:
    from overlay.gui.instance import Instance
except ImportError:  # each test says what is missing
    Instance = object  # type: ignore[assignment,misc]


class Told(Instance):
    """An application that notes what it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[tuple[str, Any]] = []

    def tell(self, command: str, value: Any = None) -> None:
        self.orders.append((command, value))
