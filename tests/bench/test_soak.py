"""A long run tells, stretch by stretch, whether anything grows; here it is a short one."""

from __future__ import annotations

import json

import pytest

from overlay import cli
from overlay.bench import clip as clips
from overlay.bench.soak import Stretch, soak
from overlay.bench.tables import print_soak


@pytest.fixture(autouse=True)
def short_clip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clips, "CLIP_S", 0.5)


@pytest.fixture(scope="module")
def stretches() -> list[Stretch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clips, "CLIP_S", 0.5)
        # Twice as long as needed: collecting garbage between stretches takes its time as well.
        return list(soak((320, 180), 1, 4.0, stretch_s=1.0))


def test_every_stretch_has_its_own_pictures(stretches: list[Stretch]) -> None:
    assert len(stretches) >= 2
    for stretch in stretches:
        assert stretch.delivery.fps > 0
        assert stretch.delivery.repeated == 0
    ends = [stretch.ended_s for stretch in stretches]
    assert ends == sorted(ends)


def test_perception_takes_part(stretches: list[Stretch]) -> None:
    assert 0 < stretches[-1].perceived > stretches[0].perceived


def test_it_is_printed_with_the_growth_of_memory(
    stretches: list[Stretch], capsys: pytest.CaptureFixture[str]
) -> None:
    print_soak(stretches)
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(stretches) + 2
    assert "memory since the first line" in lines[-1]


def test_programs_get_a_line_of_json_a_stretch(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--soak", "0.1", "--size", "320x180", "--faces", "1", "--json"]
    with pytest.raises(SystemExit) as stop:
        cli.main(["bench", *options])
    assert stop.value.code in (0, None)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["delivery"]["fps"] > 0
