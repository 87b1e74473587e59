"""Scene to pixels: a `Painter` draws labels onto frames and renders the placeholder picture."""

from overlay.drawing.languages import SUPPORTED_LANGUAGES
from overlay.drawing.layout import SMALLEST_TEXT
from overlay.drawing.painter import Painter
from overlay.drawing.session_panel import Panel
from overlay.drawing.themes import SUPPORTED_THEMES

__all__ = ["SMALLEST_TEXT", "SUPPORTED_LANGUAGES", "SUPPORTED_THEMES", "Painter", "Panel"]
