import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from overlay.drawing.label import label_places
from overlay.drawing.layout import Rect, least_covering, line_width, text_size, visible
from overlay.drawing.probability_bars import bars_places
from overlay.scene import Box

numbers = st.floats(allow_nan=True, allow_infinity=True)
boxes = st.builds(
    Rect,
    st.integers(-500, 900),
    st.integers(-500, 900),
    st.integers(1, 900),
    st.integers(1, 900),
)
sizes = st.tuples(st.integers(1, 300), st.integers(1, 200))


@given(box=boxes, size=sizes, more=sizes)
def test_labels_and_bars_never_leave_the_frame(box, size, more):
    width, height = size[0] + more[0], size[1] + more[1]
    frame = width, height
    places = [*label_places(box, size, frame), *bars_places(box, size, frame)]
    assert places
    for place in places:
        assert place[2:] == size
        assert 0 <= place.x <= width - size[0]
        assert 0 <= place.y <= height - size[1]


def test_a_label_goes_above_the_box_where_there_is_room():
    place = next(label_places(Rect(100, 200, 80, 90), (60, 20), (640, 480)))
    assert place.y + place.height < 200
    assert place.x == 100


def test_a_label_goes_below_a_face_at_the_top():
    place = next(label_places(Rect(100, -20, 80, 90), (60, 20), (640, 480)))
    assert place.y > 70


def test_a_label_goes_inside_a_face_as_high_as_the_frame():
    places = list(label_places(Rect(100, -40, 400, 560), (60, 20), (640, 480)))
    assert places
    assert all(place.x >= 100 and place.x + place.width <= 500 for place in places)


@pytest.mark.parametrize("frame", [(59, 480), (640, 19)])
def test_a_frame_that_is_too_small_has_no_place(frame):
    box, size = Rect(10, 10, 80, 90), (60, 20)
    assert least_covering(list(label_places(box, size, frame)), [], []) is None
    assert least_covering(bars_places(box, size, frame), [], []) is None


def test_the_place_that_covers_no_text_wins_over_the_one_that_covers_no_face():
    on_text, on_face = Rect(0, 0, 10, 10), Rect(50, 50, 10, 10)
    assert least_covering([on_text, on_face], [on_text], [on_face]) == on_face


@given(
    candidates=st.lists(boxes, min_size=1, max_size=8),
    texts=st.lists(boxes, max_size=4),
    faces=st.lists(boxes, max_size=4),
)
def test_no_other_place_covers_less_and_of_equals_the_first_wins(candidates, texts, faces):
    def cost(rect):
        return [sum(map(rect.overlap, kind)) for kind in (texts, faces)]

    place = least_covering(candidates, texts, faces)
    assert cost(place) == min(map(cost, candidates))
    assert candidates.index(place) == [cost(each) for each in candidates].index(cost(place))


@given(boxes, boxes)
def test_rectangles_overlap_in_the_pixels_that_they_share(one, other):
    columns = {*range(one.x, one.x + one.width)} & {*range(other.x, other.x + other.width)}
    rows = {*range(one.y, one.y + one.height)} & {*range(other.y, other.y + other.height)}
    assert one.overlap(other) == other.overlap(one) == len(columns) * len(rows)


@given(x=numbers, y=numbers, width=numbers, height=numbers)
def test_only_boxes_that_can_be_seen_are_drawn(x, y, width, height):
    box = visible(Box(x, y, width, height), 640, 480)
    if box is None:
        return
    assert all(map(math.isfinite, box))
    assert -640 <= box.x < 640
    assert -480 <= box.y < 480
    assert box.x + box.width > 0
    assert box.y + box.height > 0


def test_text_follows_the_face_within_limits_of_the_frame():
    small, middle, large = (text_size(720, face, 1.0) for face in (40, 250, 700))
    assert 18 <= small < middle < large <= 36
    assert text_size(270, 90, 1.0) >= 11
    assert text_size(720, 250, 2.0) == 2 * middle


def test_in_a_crowd_the_text_of_a_small_face_leaves_room_for_the_others():
    for frame in (270, 720, 2160, 4000):
        for face in (30, 60, 100, 300):
            alone, crowded = (text_size(frame, face, 1.0, crowded=c) for c in (False, True))
            assert 11 <= crowded <= max(alone, 11)
            assert crowded <= max(0.25 * face, 11)
    assert text_size(720, 400, 1.0, crowded=True) == text_size(720, 400, 1.0)


def test_lines_are_thicker_in_larger_frames():
    assert line_width(270, 90, 1.0) == 1
    assert line_width(720, 250, 1.0) == 3
    assert line_width(1080, 500, 1.0) == 5
