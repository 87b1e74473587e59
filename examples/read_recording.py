"""Reading a recording: what your expressions looked like, session by session.

    emotion-overlay export --student Ada ada.zip
    python examples/read_recording.py ada.zip

An export needs nothing but Python to be read. `DATA.md` inside it explains every field and column;
`seconds.csv` has one line a second, for a spreadsheet or pandas.
"""

import argparse
import json
import zipfile
from pathlib import Path
from typing import Any

_BAR = 30  # characters


def print_session(session: dict[str, Any]) -> None:
    """Print one session: when, how long in view, and a bar for each label."""
    print(f"{session['from']}  {session['title'] or 'no title'}")
    print(f"  {session['in_view_s']:.0f} of {session['seconds']:.0f} s in view")
    ranked = sorted(session["shares"].items(), key=lambda item: -item[1])
    for label, share in ranked:
        if share > 0:
            print(f"  {label:9}{share:5.0%} {'█' * round(_BAR * share)}")


def read(path: Path) -> list[dict[str, Any]]:
    """The sessions in an export, oldest first."""
    with zipfile.ZipFile(path) as archive:
        content = json.loads(archive.read("sessions.json"))
    # The version grows only when a reader like this one would misread a newer file.
    if (content["format"], content["version"]) != ("emotion-overlay-sessions", 3):
        raise ValueError("this is a format that this example does not know")
    sessions: list[dict[str, Any]] = content["sessions"]
    return sessions


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Show what is in an export.")
    parser.add_argument("export", type=Path, help="the ZIP file that `export` wrote")
    arguments = parser.parse_args()
    try:
        for each in read(arguments.export):
            print_session(each)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise SystemExit(f"{arguments.export} cannot be read: {error}") from error
