"""What students agree to before anything is recorded."""

from __future__ import annotations

from datetime import UTC, datetime

from overlay.errors import StudentError
from overlay.language import N_, LazyText
from overlay.monitor.students import Student, change_profile, read_profile

#: Raised when the meaning of the text changes; then everybody is asked again.
CONSENT_VERSION = 1

CONSENT_TEXT = N_("""\
What is recorded: for each second of a session, what your expression looked like to a network
(seven probabilities), whether your face was seen, how far your head was turned, how large and how
bright your face was. Numbers only: no picture, no video, no sound, nothing to recognise you by.

Where it stays: in one file on this computer, which only your user account can read. Nothing is
sent anywhere. It is deleted after {days} days. You can look at it (report), take it with you
(export) and delete it (erase, or student remove) at any time.

What it is not: an expression is not a feeling, and the network is often wrong. Do not use this to
judge anybody, and do not record another person. In the EU, Article 5(1)(f) of Regulation (EU)
2024/1689 forbids schools and employers to use such a system on students or staff; it is for
your own use only.

While a session is recorded, the tray's icon, the private window and `emotion-overlay status`
say so.""")


def has_consented(student: Student) -> bool:
    """Whether the student has agreed to the current text.

    Raises:
        StudentError: The profile cannot be read.
    """
    consent = read_profile(student).get("consent")
    return isinstance(consent, dict) and consent.get("version") == CONSENT_VERSION


def give_consent(student: Student) -> None:
    """Note in the profile that the student has agreed, with the version of the text and the date.

    Raises:
        StudentError: The profile cannot be written.
    """
    now = datetime.now(UTC).isoformat(timespec="seconds")
    change_profile(student, consent={"version": CONSENT_VERSION, "date": now})


def check_consent(student: Student) -> None:
    """Make sure that the student has agreed.

    Raises:
        StudentError: They have not, or the profile cannot be read.
    """
    if not has_consented(student):
        raise StudentError(
            LazyText(
                "{name} has not agreed to be recorded: `emotion-overlay monitor` shows the "
                "text and asks",
                name=student.name,
            )
        )
