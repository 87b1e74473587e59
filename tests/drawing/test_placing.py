"""A label makes way for others, and does not come back too soon."""

from __future__ import annotations

from overlay.drawing.layout import Rect
from overlay.drawing.placing import Placing, Surroundings
from overlay.scene import Box
from tests.drawing.scenes import emotion, face

FRAME, LABEL = (640, 360), (80, 24)
BOX = Rect(300, 150, 60, 60)
BEST = Rect(300, 120, *LABEL)


def placed(placing: Placing, *texts: Rect, box: Rect = BOX) -> Rect:
    here = face(1, Box(*map(float, box)), emotion("happy", 0.9))
    placing.begin()
    place = placing.choose(1, box, LABEL, Surroundings(FRAME, [*texts], [box], [here]))
    assert place is not None
    return place


def test_a_label_is_above_its_face_where_nothing_is_in_the_way() -> None:
    placing = Placing()
    for x in (300, 310, 290):
        assert placed(placing, box=BOX._replace(x=x)) == BEST._replace(x=x)


def test_one_that_made_way_comes_back_only_when_there_is_ample_room() -> None:
    placing = Placing()
    in_the_way = Rect(300, 100, 80, 24)
    below = placed(placing, in_the_way)
    assert below.y > BOX.y + BOX.height
    assert placed(placing, in_the_way._replace(y=94)) == below, "free again, but only just"
    assert placed(placing, in_the_way._replace(y=80)) == BEST


def test_it_follows_its_face_meanwhile() -> None:
    placing = Placing()
    below = placed(placing, Rect(300, 100, 80, 24))
    moved = placed(placing, Rect(304, 95, 80, 24), box=BOX._replace(x=303))
    assert moved == below._replace(x=below.x + 3)


def test_it_moves_on_when_it_would_cover_text() -> None:
    placing = Placing()
    above = Rect(250, 100, 200, 30)
    below = placed(placing, above)
    assert placed(placing, above, below) not in (below, BEST)


def test_a_face_that_was_away_begins_anew() -> None:
    placing = Placing()
    placed(placing, Rect(300, 100, 80, 24))
    placing.begin()
    assert placed(placing, Rect(300, 94, 80, 24)) == BEST
