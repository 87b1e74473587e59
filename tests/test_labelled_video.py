"""A labelled video keeps the sound of its original: every packet as it is, at its own time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import av
import pytest

from overlay.conversion import Extent, convert
from overlay.settings import Settings
from overlay.sources.video import VideoSource
from tests.media import RATE, encoded, patches, write_media

#: Times of frames as phones have them, in seconds.
UNEVEN = [
    0.0,
    0.033,
    0.066,
    0.1,
    0.2,
    0.233,
    0.3,
    0.5,
    0.533,
    0.6,
    0.9,
    0.933,
    1.0,
    1.4,
    1.5,
    1.933,
]


def film(
    path: Path, sounds: Sequence[tuple[str, float, float]], times_s: Sequence[float] = UNEVEN
) -> Path:
    frames = [encoded(patches(), "yuv420p")] * len(times_s)
    return write_media(path, frames, times_s, sounds=sounds)


def sound_of(path: Path) -> list[list[tuple[float, bytes]]]:
    """Each packet of each track: its time after the first frame in seconds, and what is in it."""
    with av.open(str(path)) as container:
        count = len(container.streams.audio)
        first_s = next(container.decode(video=0)).time
        assert first_s is not None
    tracks = []
    for n in range(count):
        with av.open(str(path)) as container:
            track = container.streams.audio[n]
            tracks.append(
                [
                    (float(packet.pts * track.time_base) - first_s, bytes(packet))
                    for packet in container.demux(track)
                    if packet.size
                ]
            )
    return tracks


def times_of(path: Path) -> list[float]:
    """When each frame is shown, in seconds after the first."""
    with av.open(str(path)) as container:
        times = [frame.time for frame in container.decode(video=0)]
    return [time - times[0] for time in times]


def converted(
    clip: Path, name: str = "out.mp4", *, codec: str = "h264", **extent: float
) -> tuple[Path, list[str]]:
    output = clip.with_name(name)
    settings = Settings(source=str(clip), output=str(output), mode="off", codec=codec)
    return output, list(convert(settings, Extent(**extent)).warnings)


def assert_same_sound(before: Path, after: Path) -> None:
    assert [[data for _, data in track] for track in sound_of(after)] == [
        [data for _, data in track] for track in sound_of(before)
    ]
    assert all(sound_of(before))
    for old, new in zip(sound_of(before), sound_of(after), strict=True):
        assert [time for time, _ in new] == pytest.approx([time for time, _ in old], abs=2e-3)


@pytest.mark.parametrize(
    ("name", "sounds"),
    [
        ("phone.mp4", [("aac", 0.0, 2.0)]),
        ("sound-ends-early.mp4", [("aac", 0.0, 0.7)]),
        ("sound-goes-on.mp4", [("aac", 0.0, 3.0)]),
        ("sound-begins-later.mp4", [("aac", 0.6, 2.0)]),
        ("two-languages.mp4", [("aac", 0.0, 2.0), ("libmp3lame", 0.5, 1.5)]),
        ("recorder.mkv", [("flac", 0.0, 2.0)]),
        ("camera.mov", [("pcm_s16le", 0.0, 2.0)]),
        ("old.avi", [("libmp3lame", 0.0, 2.0)]),
        ("older.avi", [("pcm_s16le", 0.0, 2.0)]),
        ("television.ts", [("mp2", 0.0, 2.0)]),
        ("disc.ts", [("ac3", 0.0, 2.0)]),
    ],
)
def test_every_packet_of_sound_is_copied_at_its_own_time(tmp_path, name, sounds):
    times = [n / 30 for n in range(60)] if name.endswith(".avi") else UNEVEN
    clip = film(tmp_path / name, sounds, times)
    output, warnings = converted(clip)
    assert warnings == []
    assert_same_sound(clip, output)
    assert times_of(output) == pytest.approx(times_of(clip), abs=2e-3)


def test_the_frame_headers_of_a_transport_stream_go_which_an_mp4_has_elsewhere(tmp_path):
    clip = film(tmp_path / "stream.ts", [("aac", 0.0, 2.0)])
    output, warnings = converted(clip)
    assert warnings == []
    (before,), (after,) = sound_of(clip), sound_of(output)
    assert [data for _, data in after] == [data[7:] for _, data in before]  # ADTS, ISO 13818-7
    assert [time for time, _ in after] == pytest.approx([time for time, _ in before], abs=2e-3)


def test_video_that_begins_after_its_sound_still_does(tmp_path):
    clip = film(tmp_path / "late.mp4", [("aac", 0.0, 2.5)], [0.7 + time for time in UNEVEN])
    output, _ = converted(clip)
    assert_same_sound(clip, output)
    with av.open(str(output)) as container:
        assert container.streams.audio[0].start_time == 0
        video = container.streams.video[0]
        assert float(video.start_time * video.time_base) == pytest.approx(0.7, abs=2e-3)


def test_a_part_of_a_video_has_that_part_of_the_sound(tmp_path):
    clip = film(tmp_path / "phone.mp4", [("aac", 0.0, 2.0)])
    output, _ = converted(clip, seconds=1.0)
    (before,), (after,) = sound_of(clip), sound_of(output)
    assert after == [(time, data) for time, data in before if time < 1.0 - 1e-3]
    assert times_of(output) == pytest.approx([time for time in UNEVEN if time < 1], abs=2e-3)
    with av.open(str(output)) as container:
        assert container.duration / 1e6 == pytest.approx(1.0, abs=1024 / RATE)


def test_sound_that_the_file_cannot_hold_is_left_out_and_said(tmp_path):
    clip = film(tmp_path / "recorder.mkv", [("wavpack", 0.0, 2.0)])
    output, warnings = converted(clip)
    assert warnings == [
        "out.mp4 lacks sound: .mp4 cannot hold wavpack; "
        "a name that ends in .mkv can keep more kinds"
    ]
    assert sound_of(output) == []
    output, warnings = converted(clip, "out.mkv")
    assert warnings == []
    assert_same_sound(clip, output)


def test_no_file_holds_windows_media(tmp_path):
    clip = film(tmp_path / "old.wmv", [("wmav2", 0.0, 2.0)], [n / 30 for n in range(60)])
    output, warnings = converted(clip, "out.mkv")
    assert warnings == ["out.mkv lacks sound: .mkv cannot hold wmav2"]
    assert len(times_of(output)) == 60


def test_the_language_of_a_track_is_kept(tmp_path):
    clip = tmp_path / "film.mkv"
    source = film(tmp_path / "a.mp4", [("aac", 0.0, 1.0)])
    with av.open(str(source)) as read, av.open(str(clip), "w") as written:
        streams = [written.add_stream_from_template(stream) for stream in read.streams]
        streams[1].metadata["language"] = "hin"
        for packet in read.demux():
            if packet.size:
                packet.stream = streams[packet.stream.index]
                written.mux(packet)
    output, _ = converted(clip)
    with av.open(str(output)) as container:
        assert container.streams.audio[0].language == "hin"


def test_a_track_of_which_nothing_is_known_is_left_out(tmp_path):
    clip = film(tmp_path / "a.mkv", [("libopus", 0.0, 2.0)])
    data = clip.read_bytes()
    at = data.index(b"OpusHead") - 3  # the element CodecPrivate, without which nothing can be heard
    assert data[at : at + 2] == b"\x63\xa2"
    clip.write_bytes(data[:at] + b"\x4f\xff" + data[at + 2 :])
    output, warnings = converted(clip)
    assert warnings
    assert len(times_of(output)) == len(UNEVEN)


def test_damage_costs_no_more_than_what_is_damaged(tmp_path):
    clip = film(tmp_path / "a.mkv", [("libmp3lame", 0.0, 2.0)])
    data = bytearray(clip.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
    clip.write_bytes(data)
    with VideoSource(clip, pace=False) as source:
        times = [frame.time_s for frame in source]
    output, _ = converted(clip)
    assert times_of(output) == pytest.approx(times, abs=2e-3)
    (before,), (after,) = sound_of(clip), sound_of(output)
    assert len(before) - 3 <= len(after) <= len(before)


@pytest.mark.parametrize(
    ("codec", "name", "decoder"),
    [
        ("h264", "out.mp4", "h264"),
        ("hevc", "out.mp4", "hevc"),
        ("vp9", "out.webm", "vp9"),
        ("av1", "out.mp4", "libdav1d"),
        ("h264", "out.mkv", "h264"),
    ],
)
def test_other_codecs_and_containers_keep_time_and_sound(tmp_path, codec, name, decoder):
    clip = film(tmp_path / "in.mkv", [("libopus", 0.0, 2.0)])
    output, warnings = converted(clip, name, codec=codec)
    assert warnings == []
    assert times_of(output) == pytest.approx(times_of(clip), abs=2e-3)
    assert_same_sound(clip, output)
    with av.open(str(output)) as container:
        assert container.streams.video[0].codec_context.name == decoder


def test_an_mp4_has_its_index_first_so_that_a_browser_plays_it_at_once(tmp_path):
    output, _ = converted(film(tmp_path / "phone.mp4", [("aac", 0.0, 2.0)]))
    data = output.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_a_copy_whose_beginning_is_hidden_by_an_edit_list_is_not_cut_off(tmp_path):
    clip = film(tmp_path / "long.mp4", [("aac", 0.0, 2.0)])
    cut = tmp_path / "cut.mp4"
    with av.open(str(clip)) as read, av.open(str(cut), "w") as written:
        streams = [written.add_stream_from_template(stream) for stream in read.streams]
        for packet in read.demux():
            if packet.size:
                packet.stream = streams[packet.stream.index]
                shift = round(0.7 / packet.time_base)  # what is before 0 is not shown
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                written.mux(packet)
    output, warnings = converted(cut)
    assert warnings == []
    assert len(times_of(output)) == len(times_of(cut)) < len(UNEVEN)
