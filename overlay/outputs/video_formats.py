"""How video files are compressed, and what holds which kind."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from overlay.errors import OutputError
from overlay.language import LazyText

os.environ.setdefault("SVT_LOG", "1")  # libsvtav1 would write all it does to stderr

Codec = Literal["h264", "hevc", "vp9", "av1"]


@dataclass(frozen=True, slots=True)
class Encoder:
    """One of FFmpeg's encoders.

    Attributes:
        name: What FFmpeg calls it.
        options: Its options. Where that can be had, no frame waits for those after it, so that
            little is missing at the end of a recording that is killed.
        tag: What an .mp4 calls it where FFmpeg's default does not play everywhere.
    """

    name: str
    options: Mapping[str, str]
    tag: str | None = None


#: As many as there are cores, where that can be chosen; x264 would take half as many again, which
#: costs more than it brings while frames are decoded and read as well.
_THREADS = os.cpu_count() or 1

#: With the same quantizer everywhere, and without searching for cuts and fades, x264 need not look
#: at a smaller copy of each frame beforehand, which would take a quarter of its time. Another tenth
#: is saved, at the price of a tenth in size, by writing coefficients without arithmetic coding.
_X264 = {
    "preset": "superfast",
    "qp": "20",
    "bf": "0",
    "x264-params": "scenecut=0:weightp=0:cabac=0",
    "threads": str(_THREADS),
}

#: Good quality; h264 takes a ninth of a core for 720p, and a third if the camera is noisy.
ENCODERS: dict[Codec, Encoder] = {
    "h264": Encoder("libx264", _X264),
    "hevc": Encoder(
        "libx265",
        {"preset": "superfast", "crf": "22", "x265-params": "bframes=0:log-level=error"},
        tag="hvc1",  # which Apple's players want
    ),
    "vp9": Encoder(
        "libvpx-vp9",
        {"deadline": "realtime", "cpu-used": "7", "row-mt": "1", "crf": "30", "b": "0"},
    ),
    "av1": Encoder("libsvtav1", {"preset": "9", "crf": "32"}),
}


@dataclass(frozen=True, slots=True)
class Container:
    """One of FFmpeg's muxers.

    Attributes:
        name: What FFmpeg calls it.
        codecs: What it may hold.
        live: Options for a file that can be played at any moment while it is written.
        at_rest: Options for a file that plays best once it is whole.
    """

    name: str
    codecs: tuple[Codec, ...]
    live: Mapping[str, str]
    at_rest: Mapping[str, str]


#: Written in fragments of half a second, and made a plain .mp4 at the end; only with `delay_moov`
#: sound and video that begin at different times keep their distance.
#: https://ffmpeg.org/ffmpeg-formats.html#mov_002c-mp4_002c-ismv
_FRAGMENTS = {
    "movflags": "hybrid_fragmented+delay_moov",
    "frag_duration": "500000",
    "flush_packets": "1",
}
_CLUSTERS = {"cluster_time_limit": "500", "flush_packets": "1"}

#: By ending.
_CONTAINERS = {
    ".mp4": Container("mp4", get_args(Codec), _FRAGMENTS, {"movflags": "faststart"}),
    ".mkv": Container("matroska", get_args(Codec), _CLUSTERS, {}),
    ".webm": Container("webm", ("vp9", "av1"), _CLUSTERS, {}),
}


def container_for(path: Path, codec: Codec) -> Container:
    """The container that a file's name stands for.

    Raises:
        OutputError: There is none, or it cannot hold the codec.
    """
    container = _CONTAINERS.get(path.suffix.lower())
    if container is None:
        *others, last = _CONTAINERS
        endings = f"{', '.join(others)} or {last}"
        raise OutputError(
            LazyText(
                "cannot write '{path}': give it a name that ends in {endings}",
                path=path,
                endings=endings,
            )
        )
    if codec not in container.codecs:
        raise OutputError(
            LazyText(
                "cannot write '{path}': {suffix} holds {choices}: add --codec {codec}, "
                "or choose a name that ends in .mp4",
                path=path,
                suffix=path.suffix,
                choices=" or ".join(container.codecs),
                codec=container.codecs[0],
            )
        )
    return container
