"""`emotion-overlay settings set`: one setting, in the file and in the running application."""

from __future__ import annotations

import os
from collections.abc import Iterator
from json import dumps as to_json
from typing import Any

from overlay.control import ask
from overlay.errors import NotRunningError, SettingsError
from overlay.settings import parse_setting
from overlay.settings.file import SettingsFile
from overlay.settings.precedence import PREFIX

#: Not applied while the application runs: it has a command of its own for now, this is for later.
_AT_START = "mode"


def change(name: str, text: str) -> Iterator[str]:
    """Change a setting; what the running application refuses is not saved.

    Args:
        name: The setting's name; a hyphen counts as an underscore.
        text: Its value as text.

    Yields:
        Lines for the user.

    Raises:
        SettingsError: There is no such setting, its value cannot be used, or it cannot be saved.
        ControlError: The running application refuses it.
    """
    name = name.replace("-", "_")
    value = parse_setting(name, text)
    if name == "consent":
        raise SettingsError("`emotion-overlay agree` shows what you would agree to, and sets this")
    file = SettingsFile()
    file.check()
    now = _apply(name, value)
    file.save({name: value})
    yield f"{name} = {to_json(value, ensure_ascii=False)} in {file.path}"
    if now:
        yield "the running application uses it now"
    elif name == _AT_START:
        yield "takes effect at the next start; `emotion-overlay mode` changes it now"
    if os.environ.get(variable := PREFIX + name.upper()):
        yield f"but the environment variable {variable} comes first"


def _apply(name: str, value: Any) -> bool:
    """Change it in the running application, or where it takes effect without; whether one runs."""
    if name == _AT_START:
        return False
    try:
        ask("set", {name: value})
    except NotRunningError:
        if name == "start_at_login":
            from overlay.host.login import set_start_at_login

            set_start_at_login(value)
        return False
    return True
