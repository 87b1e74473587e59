"""What the user is told through the desktop's notifications, and when; nothing here shows it.

A user who is told too often turns it off, so what passes quickly is not told, and neither is the
same thing again after a short time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from overlay.engine import Status
from overlay.gui.wording import call_view, problem_lines
from overlay.language import N_, _
from overlay.tray.wording import shorten

#: A problem that passes sooner is not told, in seconds.
LASTS_S = 3.0

#: How long the same thing is not told again, in seconds.
AGAIN_AFTER_S = 120.0

#: How long the text about a problem is, in characters; windows and menu say all of it.
_LONGEST = 150

#: Problems that change what the call sees.
_CALL = frozenset({"source", "output"})
_TITLE = N_("Something is wrong")


@dataclass(frozen=True, slots=True)
class Notice:
    """One notification.

    Attributes:
        about: What it is about; the next one about it takes its place.
        title: Its first line.
        text: The rest; it names nobody, because others may see the screen.
        buttons: What is on its buttons, and what they do.
        stays: Whether it is still worth reading later.
    """

    about: str
    title: str
    text: str
    buttons: Mapping[str, Callable[[], object]] = field(default_factory=dict, compare=False)
    stays: bool = False


class Notices:
    """Turns what the engine does into notices.

    Args:
        panic: Takes labels off everywhere.
        go_on_air: Puts them on air; it may ask first.
        record: Records the call that has begun.
    """

    def __init__(
        self,
        panic: Callable[[], object],
        go_on_air: Callable[[], object],
        record: Callable[[], object],
    ) -> None:
        self._panic, self._go_on_air, self._record = panic, go_on_air, record
        self._on_air = self._in_call = False
        self._since_s: dict[str, float] = {}
        self._told: set[str] = set()
        self._told_s: dict[Notice, float] = {}

    def follow(self, status: Status, in_call: bool, now_s: float) -> list[Notice]:
        """What is worth telling now.

        Args:
            status: What the engine is doing.
            in_call: Whether a call reads the virtual camera, and the user wants offers then.
            now_s: The time, in seconds.
        """
        news = (
            *self._air(status),
            *self._call(status, in_call),
            *self._problems(status, now_s),
        )
        return [notice for notice in news if self._is_new(notice, now_s)]

    def _air(self, status: Status) -> Iterator[Notice]:
        before, self._on_air = self._on_air, call_view(status.as_dict()).tone == "on-air"
        if self._on_air and not before:
            text = _("Everyone in the call sees the labels.")
            yield Notice("air", _("On air"), text, {_("Remove labels"): self._panic})

    def _call(self, status: Status, in_call: bool) -> Iterator[Notice]:
        before, self._in_call = self._in_call, in_call
        if not in_call or before:
            return
        offers = {
            _("Go on air"): None if status.mode == "on-air" else self._go_on_air,
            _("Record yourself"): None if status.recording else self._record,
        }
        buttons = {text: action for text, action in offers.items() if action is not None}
        if buttons:
            text = call_view(status.as_dict()).detail
            yield Notice("call", _("A call has opened your camera"), text, buttons)

    def _problems(self, status: Status, now_s: float) -> Iterator[Notice]:
        problems = {str(room): text for room, text in status.problems.items()}
        for room in self._since_s.keys() - problems.keys():
            del self._since_s[room]
            if room in self._told and room == "source":
                yield Notice(room, _("Your camera is back"), _("The call sees you again."))
            self._told.discard(room)
        for room, text in problems.items():
            since_s = self._since_s.setdefault(room, now_s)
            if room not in self._told and now_s - since_s >= LASTS_S:
                self._told.add(room)
                title = call_view(status.as_dict()).headline if room in _CALL else _(_TITLE)
                yield Notice(room, title, shorten(problem_lines({room: text})[0], _LONGEST))

    def _is_new(self, notice: Notice, now_s: float) -> bool:
        last_s = self._told_s.get(notice)
        if last_s is not None and now_s - last_s < AGAIN_AFTER_S:
            return False
        self._told_s[notice] = now_s
        return True


def recording_ended(*, idle: bool, open_report: Callable[[], object]) -> Notice:
    """The notice that a recording has ended.

    Args:
        idle: Whether it ended on its own, because nobody was there.
        open_report: Opens the page about it.
    """
    text = _("It ended because you were away.") if idle else _("It is saved on this computer.")
    buttons = {_("Open report"): open_report}
    return Notice("recording", _("Your recording has ended"), text, buttons, stays=True)
