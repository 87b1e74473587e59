"""The user's consent, without which nothing is read from a webcam."""

from __future__ import annotations

from overlay.errors import ConsentError
from overlay.language import N_, LazyText
from overlay.settings import Settings
from overlay.settings.file import SettingsFile

#: Changes when `CONSENT_TEXT` changes its meaning; then everybody is asked again.
CONSENT_VERSION = 1

CONSENT_TEXT = N_("""\
Before you begin

What is read: the picture of your webcam. On this computer, a neural network finds the faces in \
it and says what their expressions look like.

What others see: your plain video, until you choose "On air". Then everyone in the call sees a \
label with a guess beside your face, and beside any other face in your picture.

What is stored: your settings. Pictures stay in memory and are not sent to anyone but the call. \
Numbers about your expressions are kept only if you record yourself, which asks first.

It can be wrong. An expression is not a feeling, and the network often misreads it, for some \
people more often than for others. Never judge, grade or hire anyone by it.

In the European Union, AI systems that infer the emotions of people at work or in education are \
prohibited, except for medical or safety reasons (Regulation (EU) 2024/1689, Article 5(1)(f)). \
Elsewhere, people in the picture must be told (Article 50(3)).""")

_TERMINAL_WIDTH = 80


def has_consented(settings: Settings) -> bool:
    """Whether the user has agreed to the text as it is now."""
    return settings.consent == CONSENT_VERSION


def check_consent(settings: Settings) -> None:
    """Keep the webcam closed until the user has agreed.

    Raises:
        ConsentError: The user has not.
    """
    if not has_consented(settings):
        raise ConsentError(
            LazyText(
                "waiting for your consent: the webcam stays closed until you agree "
                "(`emotion-overlay agree` shows what you agree to)"
            )
        )


def ask_for_consent(*, agreed: bool = False) -> None:
    """Show the text on the terminal, ask, and save a yes in the settings file.

    Args:
        agreed: The user has said yes on the command line: nothing is asked.

    Raises:
        ConsentError: The user said no, or there is no terminal to ask on.
        SettingsError: The answer cannot be saved.
    """
    if not agreed:
        _ask()
    SettingsFile().save({"consent": CONSENT_VERSION})


def ensure_consent(settings: Settings, *, agreed: bool = False) -> Settings:
    """Ask for consent where a webcam is to be read and the user has not agreed yet.

    Args:
        settings: What to run.
        agreed: The user has said yes on the command line: nothing is asked.

    Returns:
        The settings, with the consent if it was given just now.

    Raises:
        ConsentError: The user said no, or there is no terminal to ask on.
        SettingsError: The answer cannot be saved.
    """
    from overlay.sources import means_camera

    if has_consented(settings) or not means_camera(settings.source):
        return settings
    ask_for_consent(agreed=agreed)
    return settings.model_copy(update={"consent": CONSENT_VERSION})


def _ask() -> None:
    import textwrap

    from overlay.host.terminal import confirm, has_terminal

    if not has_terminal():
        raise ConsentError(
            LazyText(
                "the webcam stays closed until you agree to what is done with its picture: "
                "run `emotion-overlay agree` in a terminal; in a script, add --agree"
            )
        )
    for paragraph in CONSENT_TEXT.splitlines():
        print(textwrap.fill(paragraph, _TERMINAL_WIDTH))
    if not confirm("\nDo you agree?"):
        raise ConsentError(LazyText("you have not agreed: the webcam stays closed"))
