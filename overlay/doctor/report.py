"""What the doctor says, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.text import Text

from overlay.doctor import Finding, State, works

_MARKS: dict[State, tuple[str, str]] = {
    "ok": ("ok", "green"),
    "warning": ("note", "yellow"),
    "problem": ("problem", "red"),
    "skipped": ("skipped", "dim"),
}


def print_findings(findings: Sequence[Finding], console: Console | None = None) -> None:
    """Print what was found: first what to do next, then everything in order.

    Nothing is wrapped, so that a command can be copied whole.
    """
    console = console or Console()

    def say(text: str = "", style: str = "") -> None:
        console.print(Text(text, style), soft_wrap=True)

    say(_verdict(findings), "bold")
    first = next((finding for finding in findings if finding.state == "problem"), None)
    if first:
        say(f"First: {first.message}.")
        say(f"  {first.fix}", "cyan")
    say()
    for finding in findings:
        word, color = _MARKS[finding.state]
        mark = Text(f"{word:<9}", color)
        console.print(mark + f"{finding.check:<16}{finding.message}", soft_wrap=True)
        if finding.fix and finding is not first:
            say(f"{'':<25}{finding.fix}", "cyan")
    if any(finding.fixable for finding in findings):
        say("\n`emotion-overlay doctor --fix` does part of this for you.")


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
