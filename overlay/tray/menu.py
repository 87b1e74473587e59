"""The tray's menu as data: what it says and does in each state of the application.

Nothing here draws, so all of it can be tested without a desktop. For a new submenu, write a
function that returns an `Entry` and call it in `menu_entries`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from overlay.camera_url import shown
from overlay.engine import Status
from overlay.gui.setting_texts import value_name
from overlay.gui.wording import MODES, problem_lines, sharing_line
from overlay.language import AUTO, N_, _
from overlay.settings import Settings
from overlay.tray.actions import Actions
from overlay.tray.cameras import Cameras
from overlay.tray.recording import RecordingState
from overlay.tray.wording import recording_line, shorten, state_line

_LONGEST = 70
_LONGEST_NAME = 40
_SIZES = ((0.75, N_("Small")), (1.0, N_("Normal")), (1.5, N_("Large")), (2.0, N_("Very large")))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu; entries that look the same are equal.

    Attributes:
        text: What it says.
        action: What a click does, or None.
        checked: Whether it is ticked; None for an entry without a tick.
        radio: Whether ticking it unticks its neighbours.
        enabled: Whether it can be clicked.
        children: The entries of its submenu.
        hidden: Not in the menu: a click on the icon does it, where icons can be clicked.
    """

    text: str
    action: Callable[[], None] | None = field(default=None, compare=False)
    checked: bool | None = None
    radio: bool = False
    enabled: bool = True
    children: tuple[Entry, ...] = ()
    hidden: bool = False


SEPARATOR = Entry("---")


def menu_entries(
    status: Status,
    settings: Settings,
    cameras: Cameras,
    recording: RecordingState,
    actions: Actions,
) -> tuple[Entry, ...]:
    """The whole menu.

    Args:
        status: What the engine is doing.
        settings: The current settings.
        cameras: What can be chosen.
        recording: The students, and who is recorded.
        actions: What the entries do.
    """
    return (
        Entry(_("Labels on or off"), actions.toggle, hidden=True),
        *_state(status),
        SEPARATOR,
        *_modes(status, actions),
        Entry(_("Resume camera"), actions.resume)
        if status.paused
        else Entry(_("Pause camera"), actions.pause),
        Entry(_("Panic: labels off everywhere"), actions.panic),
        SEPARATOR,
        _camera(settings, cameras, actions),
        _virtual_camera(settings, cameras, actions),
        _labels(settings, actions),
        _private_window(status, settings, actions),
        SEPARATOR,
        _student(recording, actions),
        *_session(recording, actions),
        Entry(_("Open report"), actions.open_report),
        Entry(_("Leave the class"), actions.leave_class)
        if status.sharing
        else Entry(_("Share with a class..."), actions.join_class),
        SEPARATOR,
        Entry(_("Settings..."), actions.open_settings),
        Entry(_("Settings file"), actions.open_settings_file),
        _switch(_("Start at login"), "start_at_login", settings, actions),
        Entry(_("Help me set up"), actions.help_me_set_up),
        Entry(_("About"), actions.about),
        Entry(_("Quit"), actions.quit),
    )


def _state(status: Status) -> Iterator[Entry]:
    recorded = (f"● {recording_line(status.recording)}",) if status.recording else ()
    shared = (f"▲ {sharing_line(status.sharing)}",) if status.sharing else ()
    for line in (state_line(status), *recorded, *shared, *problem_lines(status.problems)):
        yield Entry(shorten(line, _LONGEST), enabled=False)


def _modes(status: Status, actions: Actions) -> Iterator[Entry]:
    for mode, text, _means in reversed(MODES):
        yield Entry(_(text), actions.mode(mode), checked=status.mode == mode, radio=True)


def _camera(settings: Settings, cameras: Cameras, actions: Actions) -> Entry:
    choices = _choice("source", cameras.sources, settings, actions)
    again = Entry(_("Look for cameras again"), actions.look_for_cameras)
    return Entry(_("Camera"), children=(*choices, SEPARATOR, again))


def _virtual_camera(settings: Settings, cameras: Cameras, actions: Actions) -> Entry:
    choices = _choice("output", cameras.outputs, settings, actions)
    return Entry(_("Virtual camera"), children=tuple(choices))


def _labels(settings: Settings, actions: Actions) -> Entry:
    from overlay.drawing import SUPPORTED_THEMES
    from overlay.drawing.languages import SUPPORTED_LANGUAGES, load_language

    languages = [(code, load_language(code).name) for code in SUPPORTED_LANGUAGES]
    languages.insert(0, (AUTO, value_name("language", AUTO)))
    themes = [(theme, value_name("theme", theme)) for theme in SUPPORTED_THEMES]
    sizes = [(scale, _(text)) for scale, text in _SIZES]
    return Entry(
        _("Labels"),
        children=(
            _switch(_("Boxes"), "boxes", settings, actions),
            _switch(_("Bars for all expressions"), "bars", settings, actions),
            SEPARATOR,
            Entry(_("Language"), children=tuple(_choice("language", languages, settings, actions))),
            Entry(_("Theme"), children=tuple(_choice("theme", themes, settings, actions))),
            Entry(_("Size"), children=tuple(_choice("scale", sizes, settings, actions))),
            SEPARATOR,
            Entry(_("Learn resting faces again"), actions.forget_resting),
        ),
    )


def _private_window(status: Status, settings: Settings, actions: Actions) -> Entry:
    is_open = status.window is not None
    return Entry(
        _("Private window"),
        children=(
            Entry(_("Open"), actions.window(not is_open), checked=is_open),
            _switch(_("Open automatically in Only me"), "window", settings, actions),
            _switch(_("Always on top"), "window_on_top", settings, actions),
            _switch(_("Mirror what you see"), "mirror_window", settings, actions),
        ),
    )


def _student(recording: RecordingState, actions: Actions) -> Entry:
    is_free = recording.session == "none"
    names = [
        Entry(
            shorten(name, _LONGEST_NAME),
            actions.change(student=name),
            checked=name == recording.student,
            radio=True,
            enabled=is_free,
        )
        for name in recording.students
    ]
    add = Entry(_("Add a student..."), actions.add_student, enabled=is_free)
    return Entry(_("Student"), children=(*names, *([SEPARATOR] if names else []), add))


def _session(recording: RecordingState, actions: Actions) -> Iterator[Entry]:
    name = shorten(recording.student or "", _LONGEST_NAME)
    if recording.session == "none":
        yield Entry(_("Start recording {name}").format(name=name).strip(), actions.start_recording)
        return
    yield Entry(_("Stop recording {name}").format(name=name), actions.stop_recording)
    if recording.session == "paused":
        yield Entry(_("Resume recording"), actions.resume_recording)
        return
    yield Entry(_("Pause recording"), actions.pause_recording)
    so_far = _("Mark this moment ({n} so far)").format(n=recording.marks)
    yield Entry(so_far if recording.marks else _("Mark this moment"), actions.mark_moment)


def _switch(text: str, setting: str, settings: Settings, actions: Actions) -> Entry:
    """An entry that turns a setting on and off."""
    is_on = getattr(settings, setting)
    return Entry(text, actions.change(**{setting: not is_on}), checked=is_on)


def _choice(
    setting: str, choices: Sequence[tuple[Any, str]], settings: Settings, actions: Actions
) -> Iterator[Entry]:
    """An entry for each value of a setting, and for the current value if it is another one."""
    current = getattr(settings, setting)
    if current not in [value for value, _text in choices]:
        choices = [*choices, (current, shorten(shown(str(current)), _LONGEST))]
    for value, text in choices:
        change = actions.change(**{setting: value})
        yield Entry(text, change, checked=value == current, radio=True)
