"""What the tray says besides what windows say as well: tooltip and dialogs."""

from __future__ import annotations

from overlay import __version__
from overlay.consent import CONSENT_TEXT
from overlay.engine import Status
from overlay.gui.wording import APP_TITLE, call_view, problem_lines, sharing_line
from overlay.language import N_, _
from overlay.tray.icons import IconName

_LONGEST_NAME = 40

#: What the first start says after `CONSENT_TEXT`.
_STARTS_SO = N_('It starts in "Only me": nobody but you sees labels.')

CONSENT_UNASKED = (
    "The webcam stays closed until you agree to what is done with its picture, and there is no way "
    "to ask on this desktop: run `emotion-overlay agree` in a terminal"
)

ADD_STUDENT = N_("What is your name? Your recordings are kept under it, on this computer only.")

_ABOUT = N_("""\
{application} {version}

Labels facial expressions in your webcam picture, on your own computer, and offers the result to \
video calls as a virtual camera.

The labels are a machine's estimates. An expression is not a feeling.

Free software under the GNU General Public License, version 2 or later.""")

_ALREADY_RUNNING = N_("{application} is already running.")

#: For a tray that cannot show menus.
NO_MENU = N_("""\
No menu in this tray

This desktop's tray cannot show a menu. A left click puts the labels on air and takes them off \
again. The window has everything else, and `emotion-overlay stop` quits.

The panels of KDE and XFCE show the menu, and GNOME with its extension AppIndicator.""")

NO_TRAY = (
    "This desktop has no tray, so there is no icon: "
    "use `emotion-overlay status`, `mode on-air|only-me|off`, `pause`, `panic` and `stop`"
)


def consent() -> str:
    """What the first start asks."""
    return f"{_(CONSENT_TEXT)}\n\n{_(_STARTS_SO)}"


def about() -> str:
    """What this application is."""
    return _(_ABOUT).format(application=APP_TITLE, version=__version__)


def already_running() -> str:
    """What is said to somebody who starts it a second time."""
    return _(_ALREADY_RUNNING).format(application=APP_TITLE)


def icon_name(status: Status) -> IconName:
    """The icon that stands for this status."""
    if status.paused:
        return "paused"
    if status.problems:
        return "problem-on-air" if status.mode == "on-air" else "problem"
    return status.mode


def recording_line(name: str) -> str:
    """Whose expressions are being recorded."""
    return _("Recording {name}").format(name=shorten(name, _LONGEST_NAME))


def idle_notice(name: str) -> str:
    """The notice that a session has ended on its own."""
    text = _("The recording of {name} ended because you were away. To see it, choose Open report.")
    return text.format(name=name)


def unsaved_notice(name: str, problem: str) -> str:
    """The notice that the end of a session was not saved."""
    text = _("The recording of {name} ended, but not all of it was saved: {problem}")
    return text.format(name=name, problem=problem)


def state_line(status: Status) -> str:
    """What the call sees, in one line."""
    view = call_view(status.as_dict())
    return f"{view.headline}: {view.detail[0].lower()}{view.detail[1:].rstrip('.।')}"


def shorten(text: str, length: int) -> str:
    """The text, cut to at most so many characters."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def tooltip(status: Status) -> str:
    """The state and its problems in at most 127 characters, the limit on Windows."""
    marks = [recording_line(status.recording)] if status.recording else []
    marks += [sharing_line(status.sharing)] if status.sharing else []
    return shorten(". ".join((state_line(status), *marks, *problem_lines(status.problems))), 127)
