"""The sound of a video file, as it is encoded."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import av

from overlay.sources.decoder import open_container

_Packet: TypeAlias = "av.Packet[Any]"


class Sound:
    """Every sound track of a video file, to be copied beside its frames; it is not decoded.

    Attributes:
        name: The file's.
        tracks: The tracks.
        lead_s: How long sound begins before the first frame, in seconds; 0 if it does not. Times
            count from there.
        damaged: Whether its end, or a packet, could not be read.
    """

    def __init__(self, path: Path, first_frame_s: float) -> None:
        """Open the file.

        Args:
            path: The file.
            first_frame_s: The file's own time of the first frame, in seconds.

        Raises:
            SourceError: It is missing or unreadable.
        """
        self.name = path.name
        self._container = open_container(path)
        self.tracks = self._container.streams.audio
        starts = [
            float(track.start_time * track.time_base)
            for track in self.tracks
            if track.start_time is not None and track.time_base is not None
        ]
        # What a decoder needs before the first sound may have negative times.
        self.lead_s = max(0.0, first_frame_s - max(0.0, min(starts, default=first_frame_s)))
        self.damaged = False
        self._origin_s = first_frame_s - self.lead_s
        self._last_dts: dict[int, int] = {}
        self._packets = self._read()
        self._next: _Packet | None = None

    def until(self, time_s: float = math.inf) -> Iterator[_Packet]:
        """The packets before a time that have not been asked for yet.

        Args:
            time_s: In seconds from the beginning of sound or video, whichever is earlier.
        """
        while True:
            self._next = self._next or next(self._packets, None)
            if self._next is None or _starts_s(self._next) >= time_s:
                return
            packet, self._next = self._next, None
            yield packet

    def close(self) -> None:
        """Close the file; there are no more packets then."""
        self._packets, self._next = iter(()), None
        self._container.close()

    def __enter__(self) -> Sound:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self) -> Iterator[_Packet]:
        if not self.tracks:
            return
        try:
            for packet in self._container.demux(*self.tracks):
                if packet.size and self._shift(packet):  # the last one of a track is empty
                    yield packet
        except av.FFmpegError:  # the rest of the file cannot be read
            self.damaged = True

    def _shift(self, packet: _Packet) -> bool:
        """Count the packet's time from the beginning; whether it can follow the one before."""
        at = packet.dts if packet.dts is not None else packet.pts
        if at is None or packet.is_corrupt:
            self.damaged = True
            return False
        shift = round(Fraction(self._origin_s) / packet.time_base)
        packet.dts = at - shift
        packet.pts = packet.dts if packet.pts is None else packet.pts - shift
        last = self._last_dts.get(packet.stream_index)
        if last is not None and packet.dts <= last:
            self.damaged = True
            return False
        self._last_dts[packet.stream_index] = packet.dts
        return True


def _starts_s(packet: _Packet) -> float:
    assert packet.pts is not None
    return float(packet.pts * packet.time_base)
