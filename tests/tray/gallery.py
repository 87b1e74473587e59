"""Makes the tray's pictures in docs/pictures: `python -m tests.tray.gallery`.

The icons are drawn; menu and private window are what `tests/e2e/test_tray.py` left in `artifacts/`
when it last ran.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from overlay.tray.icons import ICON_NAMES, IconName, draw_icon

_REPOSITORY = Path(__file__).resolve().parents[2]
_PICTURES = _REPOSITORY / "docs" / "pictures"
_ARTIFACTS = _REPOSITORY / "artifacts"

_SIZES = (16, 22, 32, 64)
_PANELS = ("#ffffff", "#202020")
_MARGIN = 12

#: Every icon, and two of them while somebody is recorded.
_LOOKS: list[tuple[IconName, bool]] = [
    *((name, False) for name in ICON_NAMES),
    ("only-me", True),
    ("on-air", True),
]

#: Which part of each artefact is shown: left, top, right, bottom; None for all of it.
_TAKEN = {
    "tray-menu": (0, 0, 420, 544),
    "private-window": None,
}


def icon_sheet() -> Image.Image:
    """Every look in the usual sizes, on a light and on a dark panel."""
    column = sum(_SIZES) + _MARGIN * (len(_SIZES) + 1)
    row = max(_SIZES) + 2 * _MARGIN
    sheet = Image.new("RGB", (column * 2, row * len(_LOOKS)))
    for number, panel in enumerate(_PANELS):
        sheet.paste(panel, (column * number, 0, column * (number + 1), sheet.height))
    for line, (name, recording) in enumerate(_LOOKS):
        for number in range(len(_PANELS)):
            x = column * number + _MARGIN
            for size in _SIZES:
                icon = draw_icon(name, size, recording=recording)
                sheet.paste(icon, (x, row * line + (row - size) // 2), icon)
                x += size + _MARGIN
    return sheet


def main() -> None:
    icon_sheet().save(_PICTURES / "tray-icons.png", optimize=True)
    for name, box in _TAKEN.items():
        picture = Image.open(_ARTIFACTS / f"{name}.png").convert("RGB")
        (picture.crop(box) if box else picture).save(_PICTURES / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
