"""The private window's loop: newest frame + newest scene -> the private window."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

import cv2
import numpy as np

from overlay.engine.desired import Desired, DesiredState, OpenOutput
from overlay.engine.labeller import Labeller
from overlay.engine.latest_value import Following, LatestValue
from overlay.engine.loop import Loop
from overlay.engine.observing import Observing
from overlay.engine.presentation import PLACEHOLDER_AFTER_S
from overlay.engine.status import Metrics
from overlay.engine.tagged import Tagged
from overlay.gui.wording import mode_name
from overlay.language import _
from overlay.outputs import Output
from overlay.scene import Frame, Image, Scene

#: The smallest em of labels in the window, in pixels of the desktop; bars have 12.
_SMALLEST_TEXT_PX = 13.0

#: How often an open window is looked after while no frames come, in seconds.
_LOOK_S = 0.25

#: How often the same while nobody sees it, in seconds.
_UNSEEN_LOOK_S = 0.1

#: If nobody has seen the window for so long, no faces are read for it, in seconds.
_UNSEEN_AFTER_S = 1.0


class WindowLoop(Loop):
    """Opens the private window if there should be one, shows frames in it, and closes it.

    The call's video waits for none of that. What is desired last holds: a window hidden while it
    opens is closed as soon as it is there. One that the user has closed, or that cannot be
    opened, is desired no longer.
    """

    room = "window"

    def __init__(
        self,
        state: DesiredState,
        metrics: Metrics,
        frames: Following[Tagged[Frame]],
        scenes: LatestValue[Tagged[Scene]],
        observing: Observing,
        changed: Callable[[], None],
    ) -> None:
        """Begin without a window; `changed` is called after one has opened or closed."""
        super().__init__(state, metrics)
        self._frames = frames
        self._observing = observing
        self._changed = changed
        self._labeller = Labeller(state.value.settings, scenes)
        # Used again and again, as long as its size is right.
        self._resized = np.empty_like(self._labeller.canvas)
        self._window: Output | None = None
        self._key: Hashable = None
        self._user_closed = False
        self._description = ""
        self._measure_at = self._fps = self._newest_s = self._seen_s = 0.0

    @property
    def name(self) -> str | None:
        """Name of the open window, or None."""
        window = self._window
        return None if window is None or self._user_closed else window.name

    @property
    def user_closed(self) -> bool:
        """Whether the last window was closed by the user, and no other one is desired."""
        return self._user_closed and self._state.value.open_window is None

    def task(self, desired: Desired) -> Hashable:
        """One window, or none."""
        return desired.window_key

    def open(self) -> None:
        """Open the desired window now; only before the loop runs.

        Raises:
            OutputError: It cannot be opened.
        """
        self._open(self._state.value)

    def _work(self) -> None:
        """Show frames in the window, while there should be one, until stopped."""
        while not (desired := self._state.value).stopping:
            if desired.window_key != self._key:
                self._exchange(desired)
            elif self._window is None:
                self._state.wait_for(lambda d: d.stopping or d.window_key != self._key)
            else:
                self._look_after(self._window, desired.open_window)

    def _exchange(self, desired: Desired) -> None:
        self._release()
        try:
            self._open(desired)
        except Exception as error:
            self._give_up(desired.open_window, error)
        self._changed()

    def _open(self, desired: Desired) -> None:
        self._key = desired.window_key
        if desired.open_window is None:
            return
        self._task = self.task(desired)
        with self._calling(_("the private window"), slow=True):
            self._window = desired.open_window(desired.settings)
        self._user_closed, self._description = False, ""
        self._seen_s = time.monotonic()
        self._metrics.problems.clear("window", at_once=True)

    def _look_after(self, window: Output, opener: OpenOutput | None) -> None:
        """Show the next frame, unless the user has closed the window."""
        frame = self._wait()
        try:
            with self._calling(_("the private window")):
                if window.closed:
                    self._user_closed = True
                    self._give_up(opener)
                    return
                self._show(window, frame)
        except Exception as error:
            self._give_up(opener, error)

    def _wait(self) -> Tagged[Frame] | None:
        """Wait for a frame, or a moment if nobody would see it."""
        if not self._state.value.window_unseen:
            return self._frames.wait(_LOOK_S)
        self._state.wait_for(lambda d: d.stopping or d.window_key != self._key, _UNSEEN_LOOK_S)
        return None

    def _note_seen(self, seen: bool) -> None:
        """Have no faces read for a window that nobody has seen for a while."""
        now = time.monotonic()
        if seen:
            self._seen_s = now
        else:
            self._newest_s = now  # who looks again is shown the next frame, not the placeholder
        unseen = now - self._seen_s > _UNSEEN_AFTER_S
        if unseen != self._state.value.window_unseen:
            self._state.update(window_unseen=unseen)

    def _show(self, window: Output, frame: Tagged[Frame] | None) -> None:
        desired = self._state.value
        if desired.window_key != self._key:
            return  # the picture may be of another size than the window
        self._describe(window, desired)
        size = window.view
        self._note_seen(size is not None)
        if size is None:
            return
        self._labeller.begin(desired.settings, size, _SMALLEST_TEXT_PX * window.pixel_ratio)
        if frame is not None and desired.needs_source and frame.view_key == desired.view_key:
            self._newest_s = time.monotonic()
            window.send(self._with_panel(self._private_image(frame, desired)))
        elif not desired.needs_source or time.monotonic() - self._newest_s > PLACEHOLDER_AFTER_S:
            window.send(self._labeller.placeholder(desired))
        self._labeller.report(self._metrics.problems, "window")

    def _private_image(self, frame: Tagged[Frame], desired: Desired) -> Image:
        """What the private window shows: a mirrored picture with text the right way round.

        It is brought to the size in which the window shows it before text is drawn, so that text
        is as sharp as the screen, and never too small to read.

        Returns:
            The canvas.
        """
        canvas = self._labeller.canvas
        height, width = canvas.shape[:2]
        image, mirror = frame.value.image, desired.settings.mirror_window
        scene, _age = self._labeller.current_scene(frame, desired.hidden_faces)
        if image.shape != canvas.shape:
            image = self._resized = _resize(image, (width, height), self._resized)
            scene = scene.scaled(width, height) if scene is not None else None
        _fill(canvas, image, mirror=mirror)
        if scene is None or not self._wants_labels():
            return canvas
        seen = scene.mirrored() if mirror else scene
        drawn = self._labeller.draw(lambda painter: painter.paint(canvas, seen))
        if drawn is None or not self._wants_labels():
            _fill(canvas, image, mirror=mirror)
        return canvas

    def _wants_labels(self) -> bool:
        return self._state.value.labels_in_window

    def _with_panel(self, canvas: Image) -> Image:
        """The private window's picture with what the observer has to show."""
        if (panel := self._observing.panel) is not None:
            self._labeller.draw(lambda painter: painter.paint_panel(canvas, panel))
        return canvas

    def _describe(self, window: Output, desired: Desired) -> None:
        """Say mode, who is recorded, and rate, measured once a second for a steady title."""
        now = time.monotonic()
        if now >= self._measure_at:
            self._measure_at = now + 1.0
            self._fps = self._metrics.fps()
        recording = self._observing.recording
        state = _("Camera paused") if desired.paused else mode_name(desired.settings.mode)
        recorded = (_("Recording {name}").format(name=recording),) if recording else ()
        rate = _("{fps} fps").format(fps=round(self._fps))
        description = ", ".join((state, *recorded, rate))
        if description != self._description:
            self._description = description
            window.describe(description)

    def _give_up(self, opener: OpenOutput | None, error: Exception | None = None) -> None:
        """Desire this window no longer; another one that is desired by now stays so."""
        if error is not None:
            self._metrics.problems.report("window", str(error) or type(error).__name__, error)
        with self._state.condition:
            if self._state.value.open_window is opener:
                self._state.update(open_window=None)

    def _release(self) -> None:
        if self._window is not None:
            window, self._window = self._window, None
            self._state.update(window_unseen=False)
            self._close(window)


def _fill(canvas: Image, image: Image, *, mirror: bool) -> None:
    """Copy a picture of the same size, mirrored or as it is."""
    if mirror:
        cv2.flip(image, 1, canvas)
    else:
        np.copyto(canvas, image)


def _resize(image: Image, size: tuple[int, int], into: Image) -> Image:
    """Bring a picture to a size, in an array of that size if there is one.

    Halving is a special case of averaging areas that takes little time; in general that takes six
    times as long as interpolating, which is as good down to half the size.
    """
    while image.shape[1] >= 2 * size[0] and image.shape[0] >= 2 * size[1]:
        half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        image = np.asarray(half, np.uint8)
    return np.asarray(cv2.resize(image, size, into, interpolation=cv2.INTER_LINEAR), np.uint8)
