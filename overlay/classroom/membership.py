"""The running application's part in a class: at most one membership at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from overlay.app import App
from overlay.classroom.codes import read_broker, read_invitation
from overlay.classroom.extra import require_extra
from overlay.control import Offer
from overlay.errors import ClassError
from overlay.language import LazyText, _
from overlay.logs import keep_out
from overlay.scene import Scene

if TYPE_CHECKING:
    from overlay.classroom.member import Member


class Membership:
    """Joins classes and leaves them, for one application; its methods may be called at any time.

    Nothing is connected, and no library for it loaded, before `join`.

    Args:
        app: Where faces are read.
        changed: Called from any thread when `describe` may have changed.
    """

    def __init__(self, app: App, changed: Callable[[], None] = lambda: None) -> None:
        self._app = app
        self._changed = changed
        self._lock = threading.Lock()
        self._member: Member | None = None

    @property
    def sharing(self) -> str | None:
        """What the class is called that something is shared with; None for none."""
        member = self._member
        return None if member is None else member.status().title or _("a class")

    def observe(self, scene: Scene) -> None:
        """Take in a scene, just perceived."""
        member = self._member
        if member is not None:
            member.observe(scene)

    def join(self, invitation: str, broker: str | None = None) -> None:
        """Begin to share with a class; the user has agreed to it.

        Args:
            invitation: The teacher's code or link.
            broker: The broker's address, where the code does not say it or says another one.

        Raises:
            ClassError: The code is wrong, or a class has been joined already.
            MissingExtraError: The extra `class` is not installed.
        """
        keep_out(invitation, *([broker] if broker else []))
        invited = read_invitation(invitation)
        where = read_broker(broker) if broker else invited.broker
        if where is None:
            raise ClassError(
                LazyText(
                    "the code does not say where the class meets: paste the teacher's link "
                    "instead, or name the school's broker with --broker"
                )
            )
        require_extra("class join")
        from overlay.classroom.member import Member

        with self._lock:
            if self._member is not None:
                raise ClassError(
                    LazyText("you are already sharing with a class: leave it first (`class leave`)")
                )
            self._member = Member(invited.code, where, on_end=self.leave)
            self._app.share(self)
            self._member.start()
        self._changed()

    def leave(self) -> None:
        """Stop sharing at once, if anything is shared."""
        with self._lock:
            member, self._member = self._member, None
            self._app.share(None)
        if member is not None:
            member.leave()
            self._changed()

    def describe(self) -> dict[str, Any]:
        """How it is, for windows and the command line, in types that JSON knows."""
        member = self._member
        if member is None:
            return {"class": None}
        status = member.status()
        return {"class": {"state": status.state, "title": status.title, "problem": status.problem}}

    def offers(self) -> Mapping[str, Offer]:
        """What other processes can have done, by the name of the command."""
        return {"class-join": self._join_as_asked, "class-leave": lambda _: self.leave()}

    def _join_as_asked(self, wanted: Any) -> None:
        if not isinstance(wanted, dict):
            raise ClassError(LazyText("to join a class, you need its code or link"))
        broker = wanted.get("broker")
        self.join(str(wanted.get("code") or ""), str(broker) if broker else None)
