"""Reports about sessions, read as a browser reads them."""

import re
from html.parser import HTMLParser

from overlay.monitor.report import make_report
from tests.monitor.lessons import second, seconds, session

DAY_S = 86400.0

# What a page about expressions must never claim, measure or promise.
FORBIDDEN = re.compile(
    r"\b(is|was|were|are|felt|feels?) (very )?(happy|sad|angry|afraid|disgusted|surprised)\b"
    r"|engag|attenti|attentive|diagnosed|mood|stress|bored|\bscore",
    re.IGNORECASE,
)

VOID = {"meta", "path", "rect", "circle"}


class Page(HTMLParser):
    """Reads a page: its elements, and what can be read on it."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.words, self._open = [], [], []
        self.feed(text)

    def handle_starttag(self, name, attributes):
        self.elements.append((name, dict(attributes)))
        if name not in VOID:
            self._open.append(name)

    def handle_endtag(self, name):
        if name not in VOID:
            assert self._open.pop() == name

    def handle_data(self, data):
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).replace("\u00a0", " ").split())

    def all(self, name):
        return [attributes for found, attributes in self.elements if found == name]


LESSON = [
    *seconds(("neutral", 600), ("happy", 40), ("neutral", 260), ("unsure", 30), (None, 120)),
    *seconds(("neutral", 540), ("sad", 10), start=1350),
    *(second(1900.0 + t, "neutral", away=1.0) for t in range(50)),
    *(second(1950.0 + t, "neutral", dark=1.0) for t in range(50)),
]


def lesson(**values):
    return session(2000, pauses=[(1050, 1350)], **values)


def page(student, **chosen):
    return Page(make_report(student, ["html"], **chosen).texts["html"])
