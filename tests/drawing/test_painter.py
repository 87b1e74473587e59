from dataclasses import replace
from typing import get_args

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from overlay.drawing import SUPPORTED_LANGUAGES, SUPPORTED_THEMES, Painter
from overlay.drawing.label import label_places
from overlay.drawing.languages import load_language
from overlay.drawing.layout import Rect, covers, eyes, text_size, visible, whole
from overlay.drawing.styles import Style
from overlay.drawing.typesetting import Typeface
from overlay.errors import SettingsError
from overlay.scene import EMOTIONS, UNSURE, Box, Reason
from tests.drawing.scenes import emotion, face, people, scene

READINGS = [*(emotion(label, 0.5) for label in EMOTIONS), emotion(UNSURE, 0.4), None]
coordinates = st.one_of(
    st.floats(-2000, 2000),
    st.floats(allow_nan=True, allow_infinity=True),
)
boxes = st.builds(Box, coordinates, coordinates, coordinates, coordinates)


def gray(width=640, height=360):
    return np.full((height, width, 3), 128, np.uint8)


def painted(image, *faces, **options):
    result = image.copy()
    Painter(**options).paint(result, scene(image, *faces))
    return result


def changed(before, after):
    """Bounding box of what differs: left, top, right, bottom; None where nothing does."""
    where = np.argwhere((before != after).any(axis=2))
    if not len(where):
        return None
    (top, left), (bottom, right) = where.min(axis=0), where.max(axis=0)
    return int(left), int(top), int(right), int(bottom)


@given(
    found=st.lists(st.tuples(boxes, st.sampled_from(READINGS)), max_size=4),
    size=st.tuples(st.integers(1, 400), st.integers(1, 300)),
    theme=st.sampled_from(SUPPORTED_THEMES),
    language=st.sampled_from(SUPPORTED_LANGUAGES),
    scale=st.sampled_from([0.5, 1.0, 3.0]),
)
@settings(max_examples=150, deadline=None)
def test_any_scene_can_be_painted_on_any_frame(found, size, theme, language, scale):
    image = gray(*size)
    painter = Painter(theme=theme, language=language, bars=True, scale=scale)
    faces = [face(number, box, reading) for number, (box, reading) in enumerate(found, start=1)]
    drawn = painter.paint(image, scene(image, *faces))
    assert image.shape == (size[1], size[0], 3)
    assert image.dtype == np.uint8
    for x, y, width, height in drawn:  # it says where it has drawn
        assert 0 <= x <= x + width <= size[0]
        assert 0 <= y <= y + height <= size[1]
        image[y : y + height, x : x + width] = 128
    assert changed(gray(*size), image) is None


def test_a_face_that_is_out_of_sight_leaves_no_trace():
    image = gray()
    away = [Box(-300, 50, 100, 100), Box(50, 360, 90, 90), Box(640, 0, 9, 9), Box(9, 9, 0, 50)]
    faces = [face(n, box, READINGS[3]) for n, box in enumerate(away, start=1)]
    assert changed(image, painted(image, *faces, mark=False, bars=True)) is None


def test_only_the_face_and_its_label_are_touched():
    image = gray()
    box = Box(250, 140, 120, 140)
    left, top, right, bottom = changed(
        image, painted(image, face(1, box, emotion("happy", 0.9)), mark=False)
    )
    assert 245 <= left <= 250
    assert 95 <= top < 130
    assert 370 <= right <= 400
    assert 280 <= bottom <= 285


def test_a_box_leaves_the_face_itself_alone():
    image = gray()
    result = painted(image, face(1, Box(250, 140, 120, 140), None), mark=False)
    assert changed(image, result) is not None
    assert (result[150:270, 280:340] == image[150:270, 280:340]).all()


def test_boxes_glide_by_less_than_a_pixel():
    image = gray()
    here, there = (
        painted(image, face(1, Box(250 + shift, 140, 120, 140), None), mark=False)
        for shift in (0.0, 0.3)
    )
    assert changed(here, there) is not None


def test_boxes_can_be_left_out():
    image = gray()
    result = painted(image, face(1, Box(250, 140, 120, 140), None), mark=False, boxes=False)
    assert changed(image, result) is None


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
@pytest.mark.parametrize("label", [*EMOTIONS, UNSURE])
def test_the_name_is_written_the_right_way_round(language, label):
    image, drawn = people(640, 360, emotion(label, 0.8))
    Painter(language=language, mark=False).paint(image, drawn)
    seen = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    size = round(text_size(360, drawn.faces[0].box.height, 1.0))
    name = Typeface().mask(load_language(language).emotions[label], size)
    columns = np.flatnonzero(name.any(axis=0))
    rows = np.flatnonzero(name.any(axis=1))
    name = name[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]

    def found(template):
        return float(cv2.matchTemplate(seen, template, cv2.TM_CCOEFF_NORMED).max())

    assert found(name) > 0.95
    assert found(np.ascontiguousarray(name[:, ::-1])) < 0.8


def test_unsure_shows_no_percentage():
    image = gray()
    box = Box(250, 140, 120, 140)
    one, other = (painted(image, face(1, box, emotion(UNSURE, p))) for p in (0.2, 0.4))
    assert (one == other).all()


def test_unsure_says_what_is_in_the_way():
    image, box = gray(), Box(250, 150, 120, 120)
    widths = {}
    for reason in (None, *get_args(Reason)):
        unsure = replace(emotion(UNSURE, 0.4), reason=reason)
        result = painted(image, face(1, box, unsure), boxes=False)
        left, _, right, _ = changed(image[:150], result[:150])
        widths[reason] = right - left
    assert min(widths, key=widths.__getitem__) is None
    assert widths["covered"] > widths[None] + 40


def test_a_resting_face_that_is_allowed_for_is_marked():
    image, box = gray(), Box(250, 150, 120, 120)
    happy = emotion("happy", 0.9)
    plain, marked = (
        painted(image, face(1, box, replace(happy, resting=resting)), boxes=False)
        for resting in (False, True)
    )
    assert changed(image, plain) == changed(image, marked)
    assert (plain != marked).any(axis=2).sum() > 10


def test_no_estimate_is_shown_as_certain():
    image = gray()
    box = Box(250, 140, 120, 140)
    certain, nearly = (painted(image, face(1, box, emotion("sad", p))) for p in (1.0, 0.99))
    assert (certain == nearly).all()


def test_faces_side_by_side_keep_their_labels_apart():
    image = gray()
    near, far = Box(200, 140, 60, 80), Box(230, 140, 60, 80)
    alone = {
        box: painted(image, face(1, box, emotion("surprise", 0.8)), mark=False, boxes=False)
        for box in (near, far)
    }
    both = painted(
        image,
        face(1, near, emotion("surprise", 0.8)),
        face(2, far, emotion("surprise", 0.8)),
        mark=False,
        boxes=False,
    )
    first = changed(image, alone[near])
    top, bottom = first[1], first[3]
    assert (both[top : bottom - 5, :] == alone[near][top : bottom - 5, :]).all()
    assert changed(image, both)[3] > bottom + 20


class Watched(Painter):
    """Notes where labels and bars are drawn, and how much free room there was."""

    def __init__(self, **options):
        super().__init__(mark=False, **options)
        self.labels: dict[int, Rect] = {}
        self.bars: list[Rect] = []
        self.drawn: dict[int, Style] = {}
        for owner, note in ((self._labels, self._note_label), (self._bars, self._note_bars)):
            if owner is not None:
                draw = owner.draw
                owner.draw = lambda image, rect, *rest, n=note, d=draw: (
                    n(rect, *rest),
                    d(image, rect, *rest),
                )

    def _note_label(self, rect, reading, style):
        self.labels[id(reading)] = rect
        self.drawn[id(reading)] = style

    def _note_bars(self, rect, *_):
        self.bars.append(rect)


def crowd(width, height, sides_and_places):
    """Faces with eyes, somewhere in a frame; each reading is an object of its own."""
    faces = []
    for number, (side, x, y, label) in enumerate(sides_and_places, start=1):
        side = max(side * height, 8)
        box = Box(x * width - side / 2, y * height - side / 2, side, side)
        reading = emotion(label, 0.7)
        here = face(number, box, reading)
        right, left = ((box.x + part * side, box.y + 0.4 * side) for part in (0.3, 0.7))
        points = here.keypoints._replace(right_eye=right, left_eye=left)
        faces.append(replace(here, keypoints=points))
    return sorted(faces, key=lambda each: -each.box.area)


fractions = st.floats(0.02, 0.98)
people_somewhere = st.lists(
    st.tuples(st.floats(0.05, 0.4), fractions, fractions, st.sampled_from([*EMOTIONS, UNSURE])),
    min_size=1,
    max_size=25,
)


@given(
    places=people_somewhere,
    size=st.sampled_from([(480, 270), (1280, 720), (360, 640)]),
    language=st.sampled_from(SUPPORTED_LANGUAGES),
    bars=st.booleans(),
)
@settings(max_examples=30)
def test_labels_cover_no_eyes_where_there_is_another_place(places, size, language, bars):
    image, faces = gray(*size), crowd(*size, places)
    painter = Watched(language=language, bars=bars)
    painter.paint(image, scene(image, *faces))
    looks = [eyes(each) for each in faces if visible(each.box, *size)]
    texts = []
    for each in faces:
        label = painter.labels.get(id(each.emotion))
        if label is None:
            continue
        assert label.inside(*size) == label
        style = painter.drawn[id(each.emotion)]
        assert style.em >= 11
        free = [
            place
            for place in label_places(whole(visible(each.box, *size)), label[2:], size)
            if not covers(place, texts) and not covers(place, looks)
        ]
        assert not free or not covers(label, looks)
        assert not painter._styles.crowded or not covers(label, texts)
        texts.append(label)
    for panel in painter.bars:
        assert panel.inside(*size) == panel
        assert not covers(panel, [*texts, *looks])


GRID = [
    (0.11, (column + 0.5) / 7, (row + 0.5) / 4, [*EMOTIONS, UNSURE][(row * 7 + column) % 8])
    for row in range(4)
    for column in range(7)
][:25]


@pytest.mark.parametrize("size", [(480, 270), (1280, 720), (3840, 2160)])
@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_a_class_of_25_has_25_labels_and_all_eyes_free(size, language):
    image, faces = gray(*size), crowd(*size, GRID)
    painter = Watched(language=language, bars=True)
    painter.paint(image, scene(image, *faces))
    assert len(painter.labels) == 25
    boxes = [whole(each.box) for each in faces]
    looks = [eyes(each) for each in faces]
    labels = [*painter.labels.values()]
    for number, label in enumerate(labels):
        assert not covers(label, looks)
        assert not covers(label, labels[:number])
    assert len(painter.bars) <= 4
    assert all(sum(bool(panel.overlap(box)) for box in boxes) <= 1 for panel in painter.bars)


def test_only_large_faces_of_a_crowd_have_a_number():
    faces = crowd(1280, 720, [(0.5, 0.25, 0.4, "happy"), *GRID[14:]])
    painter = Watched()
    image = gray(1280, 720)
    painter.paint(image, scene(image, *faces))
    styles = [
        painter.drawn[id(each.emotion)] for each in faces if id(each.emotion) in painter.drawn
    ]
    assert [style.compact for style in styles] == [False] + [True] * (len(styles) - 1)


def test_labels_do_not_change_their_kind_while_the_last_of_a_crowd_comes_and_goes():
    painter = Watched()
    kinds = []
    for count in (7, 6, 7, 5, 6, 4, 6):
        faces = crowd(1280, 720, GRID[:count])
        image = gray(1280, 720)
        painter.paint(image, scene(image, *faces))
        kinds.append(painter._styles.crowded)
    assert kinds == [True] * 5 + [False] * 2


def test_labels_lie_in_the_frame_wherever_the_face_is():
    size = changed(
        gray(),
        painted(gray(), face(1, Box(250, 140, 60, 60), READINGS[3]), mark=False, boxes=False),
    )
    width, height = size[2] - size[0], size[3] - size[1]
    for x, y in ((-30, -30), (610, -30), (-30, 330), (610, 330)):
        image = gray()
        result = painted(image, face(1, Box(x, y, 60, 60), READINGS[3]), mark=False, boxes=False)
        left, top, right, bottom = changed(image, result)
        # The soft margin is clipped, at most 5 pixels on a side; the panel is not.
        assert right - left >= width - 5
        assert bottom - top >= height - 5


def test_bars_grow_with_their_probability():
    image = gray()
    box = Box(100, 100, 120, 140)
    color = np.array(Painter(bars=True)._theme.emotions["happy"])

    def inked(probability):
        result = painted(
            image, face(1, box, emotion("happy", probability)), mark=False, boxes=False, bars=True
        )
        return int((np.abs(result[:, 225:].astype(int) - color).max(axis=2) < 3).sum())

    assert 0 < inked(0.4) < inked(0.6) < inked(0.9)


def test_the_mark_is_in_the_lower_right_corner_even_without_faces():
    image = gray()
    left, top, right, bottom = changed(image, painted(image))
    assert left > 500
    assert top > 320
    assert right < 640
    assert bottom < 360
    assert changed(image, painted(image, mark=False)) is None


def test_the_same_scene_is_always_painted_the_same():
    image, drawn = people(640, 360, *READINGS[:3])
    results = []
    for _ in range(2):
        painter = Painter(bars=True)
        for _ in range(2):
            result = image.copy()
            painter.paint(result, drawn)
            results.append(result)
    assert all((result == results[0]).all() for result in results)


def test_text_keeps_its_size_while_a_face_trembles():
    painter = Painter(boxes=False, mark=False)
    heights = set()
    for side in (200.0, 207.0, 198.0, 209.0):
        image = gray(1280, 720)
        painter.paint(image, scene(image, face(1, Box(500, 300, side, side), READINGS[3])))
        _, top, _, bottom = changed(gray(1280, 720), image)
        heights.add(bottom - top)
    assert len(heights) == 1


def test_caches_are_bounded():
    painter = Painter(bars=True)
    for em in range(10, 50):
        for percent in range(0, 100, 9):
            image = gray(64, 720)
            reading = emotion(EMOTIONS[percent % 7], percent / 100)
            painter._labels.draw(image, Rect(0, 0, 10, 10), reading, Style(em))
    caches = (painter._labels._number, painter._labels._panel, painter._typeface.mask)
    for info in (cache.cache_info() for cache in caches):
        assert info.misses > info.maxsize >= info.currsize


@pytest.mark.parametrize("scale", [0.0, -1.0, 0.49, 3.1, float("nan"), float("inf")])
def test_a_scale_out_of_range_is_refused(scale):
    with pytest.raises(SettingsError, match=r"choose one from 0.5 to 3"):
        Painter(scale=scale)
