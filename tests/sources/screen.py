"""An output that tests look at."""

from __future__ import annotations

import threading

from overlay.outputs import Output
from overlay.scene import Image
from tests.camera_socket import SIZE
from tests.waiting import PATIENCE_S


class Screen(Output):
    """Remembers the newest frame's grey level."""

    name, size = "screen", SIZE

    def __init__(self) -> None:
        self.level = -1
        self._arrived = threading.Condition()

    def send(self, image: Image) -> None:
        with self._arrived:
            self.level = int(image[SIZE[1] // 2, SIZE[0] // 2, 0])
            self._arrived.notify_all()

    def wait_for(self, level: int) -> bool:
        with self._arrived:
            return self._arrived.wait_for(lambda: self.level == level, PATIENCE_S)

    def wait_for_other_than(self, level: int) -> bool:
        with self._arrived:
            return self._arrived.wait_for(lambda: self.level != level, PATIENCE_S)

    def close(self) -> None:
        pass
