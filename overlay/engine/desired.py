"""What the engine should be doing: one value, which the loops read on each pass."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from overlay.engine.observer import SceneObserver, SceneSharer
from overlay.outputs import Output
from overlay.settings import Settings, change_settings
from overlay.sources import Source

OpenSource = Callable[[Settings], Source]
OpenOutput = Callable[[Settings], Output]


@dataclass(frozen=True, slots=True)
class Desired:
    """What the engine should be doing from the next frame on; the loops act on it.

    Attributes:
        settings: Mode, size, rates and style.
        open_source: Opens the source; another function means another source.
        open_output: Opens the output; another function means another output.
        open_window: Opens the private window; another function means another window, None none.
        window_unseen: Whether nobody sees the private window: it is minimized, or covered.
        observer: Who is shown every scene, in every mode; None for nobody.
        sharer: Who is shown every scene as well, for a class; None for nobody.
        paused: Whether the user has paused the video.
        output_unused: Whether no program reads the output.
        hidden_faces: Numbers of the faces that get no labels, wherever they are shown.
        resting_forgotten: How many times all resting faces were to be learnt again.
        stopping: Whether the loops should end.
    """

    settings: Settings
    open_source: OpenSource
    open_output: OpenOutput
    open_window: OpenOutput | None = None
    window_unseen: bool = False
    observer: SceneObserver | None = None
    sharer: SceneSharer | None = None
    paused: bool = False
    output_unused: bool = False
    hidden_faces: frozenset[int] = frozenset()
    resting_forgotten: int = 0
    stopping: bool = False

    def changed(self, **changes: Any) -> Desired:
        """The same with some values changed, under the names of its attributes or of `Settings`.

        Raises:
            SettingsError: A setting is unknown, or its value cannot be used.
        """
        own = {name: changes.pop(name) for name in _OWN & changes.keys()}
        if changes:
            own["settings"] = change_settings(own.get("settings", self.settings), **changes)
        return replace(self, **own)

    @property
    def standby(self) -> bool:
        """Whether the source is released because no program, user or observer looks."""
        return self.output_unused and self.open_window is None and not self.is_observed

    @property
    def is_observed(self) -> bool:
        """Whether somebody is shown every scene."""
        return self.observer is not None or self.sharer is not None

    @property
    def needs_source(self) -> bool:
        """Whether the source is open; else its camera's light is out."""
        return not (self.paused or self.standby)

    @property
    def labels_in_output(self) -> bool:
        """Whether the call sees labels."""
        return self.settings.mode == "on-air"

    @property
    def labels_in_window(self) -> bool:
        """Whether there is a private window, and labels in it."""
        return self.open_window is not None and self.settings.mode != "off"

    @property
    def needs_perception(self) -> bool:
        """Whether anybody needs to know what faces look like."""
        in_window = self.labels_in_window and not self.window_unseen
        wanted = self.labels_in_output or in_window or self.is_observed
        return wanted and self.needs_source

    @property
    def picture(self) -> Hashable:
        """Equal as long as the same may be shown: labels or none, of whom, and which view."""
        view = self.view_key if self.needs_source else None
        return self.labels_in_output, self.labels_in_window, self.hidden_faces, view

    @property
    def placeholder(self) -> Literal["paused", "unavailable"]:
        """Which placeholder stands for a picture that does not come."""
        return "unavailable" if self.needs_source else "paused"

    @property
    def source_key(self) -> Hashable:
        """Equal as long as one open source will do."""
        now = self.settings
        return self.open_source, now.source, now.size, now.fps

    @property
    def view_key(self) -> Hashable:
        """Equal as long as what is at one place in the picture stays there."""
        return self.source_key, self.settings.fit, self.settings.rotate, self.settings.flip

    @property
    def output_key(self) -> Hashable:
        """Equal as long as one open output will do; a change of rate is not worth a break."""
        return self.open_output, self.settings.output, self.settings.size

    @property
    def window_key(self) -> Hashable:
        """Equal as long as one open window will do; None for no window."""
        if self.open_window is None:
            return None
        return self.open_window, self.settings.size, self.settings.window_on_top

    @property
    def awaited(self) -> Hashable:
        """All that a loop may wait for; whatever else changes, none has to wake."""
        return (
            self.stopping,
            self.needs_source,
            self.needs_perception,
            self.source_key,
            self.window_key,
            self.observer,
            self.sharer,
            self.paused,
        )


_OWN = frozenset(field.name for field in fields(Desired))


class DesiredState:
    """Holds the desired state of one engine: anyone may change it, loops wait until it changes.

    Attributes:
        value: What is desired now; read without waiting for anybody.
        condition: Held to read and change it in one step.
    """

    def __init__(self, value: Desired) -> None:
        self.value = value
        self.condition = threading.Condition()

    def update(self, **changes: Any) -> Desired:
        """Change it as `Desired.changed` does, wake who waits for that, and return it."""
        with self.condition:
            before, self.value = self.value, self.value.changed(**changes)
            if self.value.awaited != before.awaited:
                self.condition.notify_all()
            return self.value

    def wake(self) -> None:
        """Wake who waits for something else than what is desired."""
        with self.condition:
            self.condition.notify_all()

    def wait_for(
        self, holds: Callable[[Desired], object], timeout_s: float | None = None
    ) -> Desired:
        """Wait until something holds of what is `awaited`, or the time is up.

        Returns:
            What is desired then.
        """
        with self.condition:
            self.condition.wait_for(lambda: holds(self.value), timeout_s)
            return self.value
