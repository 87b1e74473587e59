"""What every page keeps to: it claims no feelings, needs nothing else, and all can read it."""

import re

import pytest

from overlay.drawing.themes import load_theme
from overlay.monitor.report import make_report
from overlay.monitor.students import add_student
from overlay.scene import EMOTIONS, UNSURE
from tests.monitor.lessons import record
from tests.monitor.pages import FORBIDDEN, LESSON, Page, lesson, page


def test_the_page_says_what_it_cannot_tell(student):
    record(student, lesson(), LESSON)
    text = page(student).text
    assert "An expression is not a feeling." in text
    assert "not a test, a grade or a diagnosis" in text
    assert "No picture was kept, nothing was sent." in text


@pytest.mark.parametrize("how", ["stopped", "idle", "app-ended", "interrupted", "running"])
def test_the_page_claims_no_feelings_and_scores_nobody(student, how):
    record(student, lesson(ended_how=how), LESSON)
    assert FORBIDDEN.findall(page(student).text) == []


def test_forbidden_words_would_be_found():
    assert FORBIDDEN.search("At 14:32 you were happy")
    assert FORBIDDEN.search("Engagement: 80 %")


def test_the_file_needs_nothing_else_and_runs_nothing(student):
    record(student, lesson(), LESSON)
    made = make_report(student, ["html"]).texts["html"]
    read = Page(made)
    names = {name for name, _ in read.elements}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "base", "form"})
    assert not re.search(r"https?:|//[a-z]|@import|javascript:|data:|@font-face", made)
    assert set(re.findall(r"url\(([^)]*)\)", made)) == {
        "#hatch-absent", "#hatch-unidentified", "#hatch-paused", "#hatch-unobserved",
    }  # fmt: skip
    assert all(not key.startswith("on") for _, found in read.elements for key in found)
    policy = next(m for m in read.all("meta") if m.get("http-equiv"))
    assert policy["content"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    "title",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style>&amp;\x00\x1b"],
)
def test_titles_are_text_whatever_they_contain(student, title):
    record(student, lesson(title=title), LESSON)
    read = page(student)
    assert not read.all("script")
    assert not read.all("img")
    shown = title.replace("\x00", "\ufffd").replace("\x1b", "\ufffd")
    assert shown in read.text


def test_the_student_s_name_is_text_too(student):
    hostile = add_student("<b>Bob</b></title>")
    record(hostile, lesson(), LESSON)
    read = page(hostile)
    assert "<b>Bob</b></title>" in read.text
    assert not read.all("b")


def test_a_screen_reader_finds_its_way(student):
    record(student, lesson(), LESSON)
    read = page(student)
    assert read.all("html")[0]["lang"] == "en"
    assert [len(read.all(name)) for name in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
    levels = [int(name[1]) for name, _ in read.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    ids = [found["id"] for _, found in read.elements if "id" in found]
    assert len(ids) == len(set(ids))
    for chart in read.all("svg"):
        named = [name for name in chart.get("aria-labelledby", "").split() if name in ids]
        assert chart.get("aria-hidden") == "true" or (chart["role"] == "img" and len(named) == 2)
    assert len(read.all("table")) >= 3
    assert all(cell.get("scope") in ("row", "col") for cell in read.all("th"))


def test_every_expression_is_named_beside_its_colour(student):
    record(student, lesson(), LESSON)
    read = page(student)
    for name in (*EMOTIONS, UNSURE, "no face in view", "paused"):
        assert re.search(rf"\b{name}\b", read.text)


def _luminance(color):
    parts = [value / 255 for value in bytes.fromhex(color)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_is_readable_in_light_and_dark(student):
    """WCAG 2.2, level AA: 4.5 to 1."""
    record(student, lesson(), LESSON)
    style = make_report(student, ["html"]).texts["html"]
    found = re.findall(r"--(page|card|well|notice|text|muted|accent): ?#([0-9a-f]{6})", style)
    light, dark = dict(found[: len(found) // 2]), dict(found[len(found) // 2 :])
    assert light.keys() == dark.keys()
    assert light != dark
    for colors in (light, dark):
        for paper in ("page", "card", "well", "notice"):
            for ink in ("text", "muted", "accent"):
                one, other = sorted((_luminance(colors[paper]), _luminance(colors[ink])))
                assert (other + 0.05) / (one + 0.05) >= 4.5, (paper, ink)


def test_colours_are_those_of_the_labels_in_the_picture(student):
    record(student, lesson(), LESSON)
    made = make_report(student, ["html"]).texts["html"]
    for theme in ("light", "dark"):
        for name, (blue, green, red) in load_theme(theme).emotions.items():
            assert f"--{name}:#{red:02x}{green:02x}{blue:02x};" in made
