"""Opens what the settings name: the source, the output and the private window."""

from __future__ import annotations

from collections.abc import Callable

from overlay.consent import check_consent
from overlay.host.display import has_display
from overlay.outputs import Output, open_output
from overlay.settings import Settings
from overlay.sources import SameSource, Source


def source_opener(spec: str, *, loop: bool, demo: bool) -> Callable[[Settings], Source]:
    """What opens one source, and after a loss the very same again.

    Args:
        spec: The setting `source`.
        loop: Whether files begin again at their end.
        demo: Whether `auto` shows the demo where there is no webcam; nobody wants that in a call.
    """
    source = SameSource("webcam" if spec == "auto" and not demo else spec)
    return lambda settings: source.open(
        size=settings.size,
        fps=settings.fps,
        loop=loop,
        before_camera=lambda: check_consent(settings),
    )


def open_named_output(settings: Settings) -> Output:
    """Open the output that the settings name; beside a window alone, frames go nowhere.

    Raises:
        OutputError: It cannot be opened.
    """
    spec = {"auto": "virtual", "window": "none"}.get(settings.output, settings.output)
    return open_output(spec, size=settings.size, fps=settings.fps, codec=settings.codec)


def wants_window(settings: Settings) -> bool:
    """Whether the private window opens by itself."""
    if settings.output == "window":
        return True
    return settings.window and settings.mode == "only-me" and has_display()


def open_window(settings: Settings) -> Output:
    """Open the private window.

    Raises:
        OutputError: It cannot be opened.
    """
    from overlay.outputs.window import PreviewWindow

    return PreviewWindow(settings.size, on_top=settings.window_on_top)
