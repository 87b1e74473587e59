from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from overlay.errors import SourceError
from overlay.sources.fit import fit, shown_part, to_bgr, turn

sides = st.integers(1, 90)


@given(width=sides, height=sides, to_width=sides, to_height=sides)
def test_cropping_gives_the_exact_size_and_only_the_pictures_own_colour(
    width, height, to_width, to_height
):
    image = np.full((height, width, 3), (10, 120, 230), np.uint8)
    fitted = fit(image, to_width, to_height, "crop")
    assert fitted.shape == (to_height, to_width, 3)
    assert (fitted == (10, 120, 230)).all()


@given(width=sides, height=sides, to_width=sides, to_height=sides)
def test_letterboxing_gives_the_exact_size_with_the_whole_picture_in_the_middle(
    width, height, to_width, to_height
):
    fitted = fit(np.full((height, width, 3), 255, np.uint8), to_width, to_height, "letterbox")
    assert fitted.shape == (to_height, to_width, 3)
    rows, columns = np.nonzero(fitted[..., 0])
    left, right = columns.min(), to_width - 1 - columns.max()
    top, bottom = rows.min(), to_height - 1 - rows.max()
    assert min(left, top) == 0
    assert abs(left - right) <= 1
    assert abs(top - bottom) <= 1
    scale = min(to_width / width, to_height / height)
    assert columns.max() - left + 1 == pytest.approx(max(1, width * scale), abs=0.51)
    assert rows.max() - top + 1 == pytest.approx(max(1, height * scale), abs=0.51)


@pytest.mark.parametrize("mode", ["auto", "crop", "letterbox"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 10000), (10000, 1), (3, 5), (719, 1281)])
def test_extreme_shapes_fit(shape, mode):
    assert fit(np.zeros((*shape, 3), np.uint8), 1280, 720, mode).shape == (720, 1280, 3)


@pytest.mark.parametrize("mode", ["auto", "crop", "letterbox"])
def test_a_picture_of_the_right_size_is_not_copied(mode):
    image = np.zeros((72, 128, 3), np.uint8)
    assert fit(image, 128, 72, mode) is image


def test_cropping_cuts_equally_at_both_sides():
    image = np.zeros((90, 160, 3), np.uint8)
    image[:, 35:125] = 255
    assert (fit(image, 90, 90, "crop") == 255).all()


@pytest.mark.parametrize(
    ("size", "cropped"),
    [
        ((640, 480), True),
        ((1280, 800), True),
        ((1920, 1080), True),
        ((2560, 1080), True),
        ((1280, 1024), False),
        ((720, 720), False),
        ((720, 1280), False),
        ((4000, 500), False),
    ],
)
def test_auto_crops_only_where_that_cuts_off_a_quarter_at_most(size, cropped):
    image = np.full((size[1], size[0], 3), 255, np.uint8)
    assert (fit(image, 1280, 720, "auto") == 255).all() == cropped


@given(width=sides, height=sides, to_width=sides, to_height=sides)
def test_what_is_shown_is_what_fitting_leaves(width, height, to_width, to_height):
    image = np.zeros((height, width, 3), np.uint8)
    x, y, shown_width, shown_height = shown_part((width, height), (to_width, to_height), "crop")
    image[y : y + shown_height, x : x + shown_width] = 255
    assert (fit(image, to_width, to_height, "crop") == 255).all()
    whole = (0, 0, width, height)
    assert shown_part((width, height), (to_width, to_height), "letterbox") == whole
    auto = shown_part((width, height), (to_width, to_height), "auto")
    assert auto in (whole, (x, y, shown_width, shown_height))


def test_a_picture_is_rotated_clockwise_and_then_flipped():
    image = np.zeros((2, 3, 3), np.uint8)
    image[0, 0] = 255  # the upper left corner
    corner = {
        (0, False): (0, 0),
        (90, False): (0, 1),
        (180, False): (1, 2),
        (270, False): (2, 0),
        (0, True): (0, 2),
        (90, True): (0, 0),
        (180, True): (1, 0),
        (270, True): (2, 1),
    }
    for (rotate, flip), place in corner.items():
        turned = turn(image, rotate, flip)
        assert turned.shape == ((3, 2, 3) if rotate in (90, 270) else (2, 3, 3))
        assert turned[place].all()
        assert turned.sum() == 3 * 255
        assert turned.flags.c_contiguous
    assert turn(image, 0, False) is image


def test_neither_mode_flips_or_distorts():
    image = np.zeros((200, 200, 3), np.uint8)
    image[20:60, 20:60] = (0, 0, 255)
    for mode in ("crop", "letterbox"):
        red = fit(image, 400, 400, mode)[..., 2] > 127
        rows, columns = np.nonzero(red)
        assert (columns.min(), columns.max(), rows.min(), rows.max()) == (40, 119, 40, 119)


any_picture = hnp.array_shapes(min_dims=2, max_dims=2, max_side=12).flatmap(
    lambda shape: st.sampled_from([shape, (*shape, 1), (*shape, 2), (*shape, 3), (*shape, 4)])
)
any_values = st.sampled_from([np.uint8, np.uint16, np.bool_, np.float32, np.float64])


@given(any_values.flatmap(lambda kind: hnp.arrays(kind, any_picture)))
def test_every_picture_becomes_bgr(image):
    bgr = to_bgr(image)
    assert bgr.dtype == np.uint8
    assert bgr.shape == (*image.shape[:2], 3)
    assert bgr.flags.c_contiguous


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_gray_keeps_its_values(gray):
    assert (to_bgr(gray) == gray[..., None]).all()
    assert (to_bgr(gray[..., None]) == gray[..., None]).all()


def test_bgr_is_not_copied():
    image = np.zeros((4, 5, 3), np.uint8)
    assert to_bgr(image) is image


def test_a_view_becomes_contiguous_with_the_same_pixels():
    image = np.arange(10 * 12 * 3, dtype=np.uint16).astype(np.uint8).reshape(10, 12, 3)
    view = image[::2, ::-1]
    assert np.array_equal(to_bgr(view), view)


def test_deep_and_floating_pictures_scale_to_8_bits():
    assert to_bgr(np.array([[0, 256, 65535]], np.uint16))[0, :, 0].tolist() == [0, 1, 255]
    floats = np.array([[-1.0, 0.0, 0.5, 1.0, 7.0, np.nan, np.inf]])
    assert to_bgr(floats)[0, :, 0].tolist() == [0, 0, 128, 255, 255, 0, 255]


def test_alpha_is_dropped():
    bgra = np.dstack([np.full((2, 2), value, np.uint8) for value in (1, 2, 3, 99)])
    assert (to_bgr(bgra) == (1, 2, 3)).all()


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 5, 3), np.uint8),
        np.zeros((5, 0), np.uint8),
        np.zeros(7, np.uint8),
        np.zeros((2, 3, 4, 5), np.uint8),
        np.zeros((4, 4, 5), np.uint8),
        np.zeros((4, 4, 3), np.int64),
        np.zeros((4, 4, 3), np.complex64),
        np.array([["a", "b"]]),
    ],
)
def test_what_is_no_picture_is_refused(array):
    with pytest.raises(SourceError, match="not a picture"):
        to_bgr(array)
