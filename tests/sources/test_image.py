from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image as PillowImage

from overlay.errors import SourceError
from overlay.sources import open_source
from overlay.sources.image import ImageSource

RED, GREEN = (0, 0, 255), (0, 255, 0)


def write(path, color=RED, size=(40, 30)):
    cv2.imwrite(str(path), np.full((size[1], size[0], 3), color, np.uint8))
    return path


def only_frame(path) -> np.ndarray:
    with ImageSource(path, pace=False) as source:
        (frame,) = source
    assert frame.image.dtype == np.uint8
    assert source.size == (frame.image.shape[1], frame.image.shape[0])
    return frame.image


@pytest.mark.parametrize("suffix", ["png", "jpg", "JPEG", "bmp", "webp", "tif", "tiff"])
def test_common_formats_are_read(tmp_path, suffix):
    image = only_frame(write(tmp_path / f"a.{suffix}"))
    assert image.shape == (30, 40, 3)
    assert np.abs(image.astype(int) - RED).max() <= 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (33, 17)])
def test_every_kind_of_png_becomes_bgr(tmp_path, mode, size):
    path = tmp_path / "a.png"
    PillowImage.new(mode, size).save(path)
    assert only_frame(path).shape == (size[1], size[0], 3)


def test_sixteen_bits_keep_their_brightness(tmp_path):
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((4, 4, 3), 128 << 8, np.uint16))
    assert (only_frame(path) == 128).all()


def test_a_photo_taken_with_the_phone_upright_is_turned(tmp_path):
    path = tmp_path / "a.jpg"
    picture = PillowImage.new("RGB", (40, 20))
    picture.paste((255, 0, 0), (0, 0, 20, 20))  # red at the left
    exif = PillowImage.Exif()
    exif[0x0112] = 6  # turn a quarter to the right
    picture.save(path, exif=exif, quality=95)
    image = only_frame(path)
    assert image.shape == (40, 20, 3)
    assert image[5, 10, 2] > 200  # red is at the top now
    assert image[35, 10, 2] < 50


def test_a_folder_comes_in_natural_order_without_its_other_files(tmp_path):
    for number in (10, 2, 1):
        write(tmp_path / f"img{number}.png", (number, number, number))
    (tmp_path / "notes.txt").write_text("no image")
    (tmp_path / "._img1.png").write_bytes(b"what macOS leaves")
    with open_source(str(tmp_path), pace=False) as source:
        frames = list(source)
    assert [int(frame.image[0, 0, 0]) for frame in frames] == [1, 2, 10]
    assert [frame.index for frame in frames] == [0, 1, 2]
    assert source.frame_count == 3
    assert source.warnings == []


def test_images_of_a_folder_keep_their_own_sizes(tmp_path):
    write(tmp_path / "1.png", size=(40, 30))
    write(tmp_path / "2.png", size=(7, 90))
    with ImageSource(tmp_path, pace=False) as source:
        assert [frame.image.shape[:2] for frame in source] == [(30, 40), (90, 7)]


def test_a_damaged_image_is_reported_and_the_others_come(tmp_path, capfd):
    write(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:40])
    (tmp_path / "c.jpg").write_bytes(b"")
    (tmp_path / "d.jpg").write_text("text")
    write(tmp_path / "e.png")
    with ImageSource(tmp_path, pace=False) as source:
        assert len(list(source)) == 2
    assert source.warnings == [
        "b.png was left out: it cannot be decoded",
        "c.jpg was left out: it is empty",
        "d.jpg was left out: it is in no format that can be read",
    ]
    assert capfd.readouterr().err == ""


def test_a_live_image_repeats_at_its_rate_without_end(tmp_path):
    with ImageSource(write(tmp_path / "a.png"), fps=200) as source:
        frames = [source.read() for _ in range(9)]
    assert source.live
    assert [frame.index for frame in frames] == list(range(9))
    stamps = [frame.time_s for frame in frames]
    assert stamps == sorted(stamps)
    assert stamps[-1] - stamps[0] >= 8 / 200 - 1e-6


def test_drawing_on_a_frame_does_not_change_the_next(tmp_path):
    with ImageSource(write(tmp_path / "a.png"), fps=200) as source:
        source.read().image[:] = 0
        assert (source.read().image == RED).all()


def test_a_live_folder_shows_each_image_for_three_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)
    write(tmp_path / "1.png", RED)
    write(tmp_path / "2.png", GREEN)
    with ImageSource(tmp_path, fps=10) as source:
        colors = [tuple(frame.image[0, 0].tolist()) for frame in source]
    assert colors == [RED] * 30 + [GREEN] * 30


def test_a_looped_folder_begins_again_and_reports_damage_once(tmp_path):
    write(tmp_path / "1.png", RED)
    write(tmp_path / "2.png", GREEN)
    (tmp_path / "3.png").write_text("damaged")
    with ImageSource(tmp_path, pace=False, loop=True) as source:
        colors = [tuple(source.read().image[0, 0].tolist()) for _ in range(5)]
    assert colors == [RED, GREEN, RED, GREEN, RED]
    assert source.warnings == ["3.png was left out: it is in no format that can be read"]


def test_nothing_comes_after_closing(tmp_path):
    source = ImageSource(write(tmp_path / "a.png"))
    source.close()
    source.close()
    assert source.read() is None


def test_an_empty_folder_is_an_error(tmp_path):
    with pytest.raises(SourceError, match="no images in folder"):
        open_source(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n"])
def test_an_image_that_cannot_be_decoded_is_an_error(tmp_path, content):
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"a\.png' "):
        open_source(str(path))


def test_a_folder_without_a_good_image_is_an_error(tmp_path):
    (tmp_path / "a.png").write_text("damaged")
    with pytest.raises(SourceError, match=r"has no picture that can be read; a\.png was left out"):
        open_source(str(tmp_path), loop=True)


def test_a_folder_without_permission_is_named(tmp_path, ordinary_user):
    folder = tmp_path / "locked"
    folder.mkdir(mode=0)
    with ordinary_user(), pytest.raises(SourceError, match="Permission denied"):
        ImageSource(folder)


def test_a_name_in_another_script_opens(tmp_path):
    assert only_frame(write(tmp_path / "चित्र 1.png")).shape == (30, 40, 3)
