"""What a dialog says; the application makes it, a process of its own shows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from overlay.language import _


@dataclass(frozen=True, slots=True)
class Dialog:
    """A question or a notice.

    Attributes:
        title: What its title bar says.
        text: What it says; a first paragraph of one line is its heading.
        yes: The button that agrees; in a notice, the only one.
        no: The button that refuses; None for a notice. Closing the dialog refuses as well.
        yes_is_default: Whether the Return key agrees at once.
        asks_text: Whether the user types a line to agree.
    """

    title: str
    text: str
    yes: str = field(default_factory=lambda: _("Close"))
    no: str | None = None
    yes_is_default: bool = True
    asks_text: bool = False
