"""What students and teachers are told before they agree."""

from __future__ import annotations

from overlay.classroom.groups import LEAST
from overlay.language import N_, _

#: Students agree to this for one class only.
JOIN_TEXT = N_("""\
Share with a class

What goes out: every 10 seconds, how much of that time your face looked neutral, happy, surprised, \
sad, afraid, angry, disgusted or unsure, or was not in view, in tenths. No picture, no name, and \
no number that follows you from one class to the next.

Who sees what: the teacher sees sums of at least {least} people. The teacher's program adds them \
up, and neither shows nor stores what you send. Other students cannot read it. The server in \
between, and who watches the network, can tell that your computer takes part, and when.

You may say no. Nobody is told who shares and who does not, and you can leave at any time. \
The icon and the window show it as long as it lasts.

What it is not: an expression is not a feeling, and the network is often wrong. In the European \
Union, schools must not ask this of students (Regulation (EU) 2024/1689, Article 5(1)(f)), except \
for medical or safety reasons.""")

#: Teachers confirm this for each class.
OPEN_TEXT = N_("""\
Before you open a class

In the European Union, Article 5(1)(f) of Regulation (EU) 2024/1689 (the AI Act) prohibits AI \
systems that infer the emotions of people in education, except for medical or safety reasons. \
Elsewhere, other laws and the rules of your school apply, and as a rule you need the consent of \
everyone who takes part, or of their parents.

Joining must be free: nobody may gain or lose by it, and you do not learn who takes part.

The board shows what faces looked like, as sums of at least {least} people. It is no measure of \
attention or of understanding, no judgement of your teaching, and no grade.""")

OPEN_QUESTION = N_("May this be used where you are, and does everyone join of their own free will?")

_ASK_FOR_LINK = N_("To share, paste the teacher's link:")


def question() -> str:
    """What a dialog asks before a class is joined."""
    return f"{with_numbers(_(JOIN_TEXT))}\n\n{_(_ASK_FOR_LINK)}"


def with_numbers(text: str) -> str:
    """One of these texts, with its numbers filled in."""
    return text.format(least=LEAST)
