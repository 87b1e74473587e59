"""What the doctor says: on the terminal, in a window, and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from overlay.doctor import Finding, State, works
from overlay.host.columns import wrap
from overlay.language import N_, _, ngettext

#: What a state is called on the terminal, in which colour, and how a window marks it.
_MARKS: dict[State, tuple[str, str, str]] = {
    "ok": ("ok", "green", "✓"),
    "warning": ("note", "yellow", "!"),
    "problem": ("problem", "red", "✗"),
    "skipped": ("skipped", "dim", "–"),
}

#: What a window calls the checks.
_NAMES = {
    "installation": N_("Installation"),
    "python": "Python",
    "libraries": N_("Libraries"),
    "models": N_("Models"),
    "webcam": N_("Webcam"),
    "virtual-camera": N_("Virtual camera"),
    "display": N_("Display"),
    "tray": N_("Tray"),
    "hotkeys": N_("Hotkeys"),
    "instance": "Emotion Overlay",
    "data-folder": N_("Data folder"),
    "recordings": N_("Recordings"),
    "settings": N_("Settings"),
}


#: How far messages are to the right, and what a fix begins with that is to be copied whole.
_INDENT = 25
_COMMANDS = ("sudo ", "emotion-overlay ", "systemctl ", "python ")


def print_findings(findings: Sequence[Finding], console: Console | None = None) -> None:
    """Print what was found: first what to do next, then everything in order.

    Sentences are wrapped; commands are not, so that they can be copied.
    """
    console = console or Console()

    def say(text: str, style: str = "", *, indent: int = 0) -> None:
        is_command = text.startswith(_COMMANDS)
        for line in [text] if is_command else wrap(text, console.width - indent):
            console.print(Text(f"{' ' * indent}{line}", style), soft_wrap=True)

    say(_verdict(findings), "bold")
    first = next((finding for finding in findings if finding.state == "problem"), None)
    if first:
        say(_("First: {problem}.").format(problem=first.message))
        say(first.fix, "cyan", indent=2)
    say("")
    for finding in findings:
        word, color, _mark = _MARKS[finding.state]
        top, *others = wrap(finding.message, console.width - _INDENT)
        console.print(Text(f"{word:<9}", color) + f"{finding.check:<16}{top}", soft_wrap=True)
        for other in others:
            say(other, indent=_INDENT)
        if finding.fix and finding is not first:
            say(finding.fix, "cyan", indent=_INDENT)
    if any(finding.fixable for finding in findings):
        say("")
        say(_("`emotion-overlay doctor --fix` does part of this for you."))


def as_text(findings: Sequence[Finding]) -> str:
    """The findings as paragraphs for a window: the verdict, what to do, and the rest."""
    urgent = [finding for finding in findings if finding.state in ("problem", "warning")]
    urgent.sort(key=lambda finding: finding.state != "problem")
    others = [_line(finding) for finding in findings if finding not in urgent]
    advice = [_advice(finding) for finding in urgent]
    if any(finding.fixable for finding in findings):
        advice.append(_("`emotion-overlay doctor --fix` does part of this for you."))
    return "\n\n".join([_verdict(findings), *advice, "\n".join(others)])


def as_json(findings: Sequence[Finding]) -> str:
    """The findings as one JSON object: `{"works": bool, "findings": [...]}`."""
    content = {"works": works(findings), "findings": [asdict(f) for f in findings]}
    return json.dumps(content, indent=2)


def _verdict(findings: Sequence[Finding]) -> str:
    problems = sum(finding.state == "problem" for finding in findings)
    if not problems:
        return _("This computer is ready for a call.")
    text = ngettext(
        "One problem to fix before a call works on this computer.",
        "{n} problems to fix before a call works on this computer.",
        problems,
    )
    return text.format(n=problems)


def _advice(finding: Finding) -> str:
    if not finding.fix:
        return _line(finding)
    fix = _("What to do: {fix}").format(fix=finding.fix)
    return f"{_line(finding)}\n{fix}"


def _line(finding: Finding) -> str:
    name = _(_NAMES.get(finding.check, finding.check))
    return f"{_MARKS[finding.state][2]} {name}: {finding.message}"
