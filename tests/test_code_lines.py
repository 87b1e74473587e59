"""What `make check` counts as hand-written code."""

from __future__ import annotations

import pytest

from tests import code_lines
from tests.code_lines import PARTS, Part, count

MODULE = '''\
"""What it is.

More of it.
"""

import math  # for pi

# A circle.
class Circle:
    """Round."""

    text = """
    two lines, and no docstring
    """

    def area(self, radius: float) -> float:
        """Its area."""
        return (
            math.pi  # of all circles

            * radius**2
        )
'''


def test_lines_with_code_count_and_words_about_it_do_not():
    assert code_lines.code_lines(MODULE) == 10
    assert code_lines.code_lines('"""Only words."""\n') == 0


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_each_path_of_a_part_has_code(part: Part):
    assert all(count(Part("one", (path,), 0)) for path in part.paths)


@pytest.mark.parametrize(("limit", "code"), [(10_000, 0), (1, 1)])
def test_it_fails_above_the_limit(monkeypatch, capsys, limit, code):
    part = Part("dialogs", ("overlay/gui/parts.py",), limit)
    monkeypatch.setattr(code_lines, "PARTS", (part,))
    with pytest.raises(SystemExit) as ended:
        code_lines.main()
    assert int(ended.value.code) == code
    assert f"dialogs: {count(part)} lines of code, {limit} at most" in capsys.readouterr().out
