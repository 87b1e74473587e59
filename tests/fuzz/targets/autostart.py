"""The entry that starts the application at login, which desktops change: yes, no, or one line."""

from __future__ import annotations

import os
from pathlib import Path
from unittest import mock

from hypothesis import strategies as st

from overlay.host import login
from tests.fuzz.inputs import Input, awkward_text, damaged


def inputs() -> st.SearchStrategy[Input]:
    """Our entry, damaged or with other lines."""
    line = st.sampled_from(("Hidden = true", "X-GNOME-Autostart-enabled=false", "[Desktop Entry]"))
    lines = st.lists(line | awkward_text).map(lambda found: "\n".join(found))
    content = damaged(_SOUND) | lines.map(lambda text: text.encode(errors="replace"))
    return content.map(lambda found: Input("emotion-overlay.desktop", found))


def read(input: Input, folder: Path) -> None:
    """Look at the entry, then switch it off and on."""
    with mock.patch.dict(os.environ, XDG_CONFIG_HOME=str(folder)):
        path = folder / "autostart" / input.name
        path.parent.mkdir()
        path.write_bytes(input.content)
        assert login.starts_at_login() in (True, False)
        login.set_start_at_login(False)
        assert not login.starts_at_login()
        login.set_start_at_login(True)
        assert login.starts_at_login()


_SOUND = b"""\
[Desktop Entry]
Type=Application
Name=Emotion Overlay
Exec="/usr/bin/python3" "-m" "overlay"
Hidden=false
"""
