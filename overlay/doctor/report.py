"""What the doctor says, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from overlay.doctor import Finding, State, works
from overlay.host.columns import wrap

_MARKS: dict[State, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "warning": ("note", "yellow"),
    "problem": ("problem", "red"),
    "skipped": ("skipped", "dim"),
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
        say(f"First: {first.message}.")
        say(first.fix, "cyan", indent=2)
    say("")
    for finding in findings:
        word, color = _MARKS[finding.state]
        top, *others = wrap(finding.message, console.width - _INDENT)
        console.print(Text(f"{word:<9}", color) + f"{finding.check:<16}{top}", soft_wrap=True)
        for other in others:
            say(other, indent=_INDENT)
        if finding.fix and finding is not first:
            say(finding.fix, "cyan", indent=_INDENT)
    if any(finding.fixable for finding in findings):
        say("")
        say("`emotion-overlay doctor --fix` does part of this for you.")


def as_json(findings: Sequence[Finding]) -> str:
    """The findings as one JSON object: `{"works": bool, "findings": [...]}`."""
    content = {"works": works(findings), "findings": [asdict(f) for f in findings]}
    return json.dumps(content, indent=2)


def _verdict(findings: Sequence[Finding]) -> str:
    problems = sum(finding.state == "problem" for finding in findings)
    if not problems:
        return "This machine is ready for a call."
    things = "One problem" if problems == 1 else f"{problems} problems"
    return f"{things} to fix before a call works on this machine."
