"""Destinations of frames: virtual camera, video file, private window, or none."""

from __future__ import annotations

from pathlib import Path

from overlay.errors import OutputError
from overlay.language import N_, LazyText
from overlay.outputs import _opencv  # noqa: F401  (quietens OpenCV for the whole room)
from overlay.outputs.base import Output
from overlay.outputs.video_formats import Codec
from overlay.outputs.virtual_camera import VirtualCamera

__all__ = ["Output", "VirtualCamera", "open_output", "video_path"]

_POSSIBLE = N_(
    "virtual, virtual:DEVICE, virtual:backend=NAME, pipewire, window, none, "
    "or a name ending in .mp4, .mkv or .webm"
)


def video_path(spec: str) -> Path | None:
    """The video file that an output's name stands for, or None if it stands for something else."""
    is_file = spec.partition(":")[0] != "virtual" and bool(Path(spec).suffix)
    return Path(spec) if is_file else None


def open_output(spec: str, *, size: tuple[int, int], fps: float, codec: Codec = "h264") -> Output:
    """Open an output by its name.

    Args:
        spec: `virtual` (a free virtual camera), `virtual:/dev/video4` or `virtual:NAME` (that
            one), `virtual:backend=NAME` (a backend of pyvirtualcam), `pipewire` (a PipeWire
            camera, on Linux), `window`, `none`, or the path of a video file.
        size: Width and height of the frames, in pixels, each at least 1.
        fps: Frames per second, above 0.
        codec: How a video file is compressed.

    Raises:
        OutputError: It cannot be opened, or there is no such output.
    """
    if min(size) < 1 or not fps > 0:
        raise OutputError(
            LazyText(
                "no output for {width}x{height} at {fps:g} fps: all must be above 0",
                width=size[0],
                height=size[1],
                fps=fps,
            )
        )
    if "\0" in spec:  # which no system call takes
        raise _unknown(spec)
    kind, _colon, detail = spec.partition(":")
    if kind == "virtual":
        backend = detail.removeprefix("backend=") if detail.startswith("backend=") else None
        device = detail if detail and backend is None else None
        return VirtualCamera(size, fps, device=device, backend=backend)
    if spec == "pipewire":
        from overlay.outputs.pipewire import PipeWireCamera

        return PipeWireCamera(size, fps)
    if spec == "window":
        from overlay.outputs.window import PreviewWindow

        return PreviewWindow(size)
    if spec == "none":
        from overlay.outputs.null import NullOutput

        return NullOutput(size)
    if (path := video_path(spec)) is not None:
        from overlay.outputs.video_file import VideoFile

        return VideoFile(path, size, fps, codec=codec)
    raise _unknown(spec)


def _unknown(spec: str) -> OutputError:
    return OutputError(
        LazyText(
            "there is no output '{spec}': use {possible}",
            spec=spec,
            possible=LazyText(_POSSIBLE),
        )
    )
