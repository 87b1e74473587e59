"""The three variants really run, each in a process of its own, and are compared."""

from __future__ import annotations

import json

import pytest

from overlay import cli
from overlay.bench import clip as clips
from overlay.bench.runs import Comparison, bench, parse_faces, parse_sizes
from overlay.bench.stages import STAGES
from overlay.bench.tables import print_comparison
from overlay.errors import OverlayError, SourceError


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clips, "CLIP_S", 1.0)
        (one,) = bench([(640, 360)], [1], seconds=1.0)
    return one


def test_every_variant_sends_pictures_and_takes_cpu_and_memory(comparison: Comparison) -> None:
    assert list(comparison.variants) == ["copy", "app", "loop"]
    for figures in comparison.variants.values():
        assert figures.fps > 0
        assert figures.cpu > 0
        assert figures.latency_ms.p50 > 0
        assert 0 < figures.start_up.imports < figures.start_up.first_frame


def test_both_that_label_show_the_face(comparison: Comparison) -> None:
    copy, app, loop = comparison.variants.values()
    assert (copy.faces, copy.label_age_ms, copy.start_up.models) == (0, None, None)
    for figures in (app, loop):
        assert figures.faces == pytest.approx(1, abs=0.2)
        assert figures.label_age_ms is not None
        assert figures.start_up.models is not None


def test_every_stage_of_the_app_is_timed(comparison: Comparison) -> None:
    assert set(comparison.variants["app"].stages_ms) == set(STAGES)
    assert comparison.variants["copy"].stages_ms == {}


def test_it_is_printed_for_people_and_for_programs(
    comparison: Comparison, capsys: pytest.CaptureFixture[str]
) -> None:
    print_comparison(comparison)
    printed = capsys.readouterr().out
    assert "app over plain copy" in printed
    assert f"{comparison.files:.1f}x real time" in printed
    assert all(stage in printed for stage in STAGES)
    told = json.loads(json.dumps(comparison.as_dict()))
    assert told["ratios"]["cpu_over_copy"] == pytest.approx(comparison.cpu_over_copy)
    assert told["ratios"]["analyze_over_real_time"] == comparison.files > 0


def test_a_variant_that_fails_ends_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("overlay.bench.runs.write_clip", lambda path, **values: path.touch())
    with pytest.raises(OverlayError, match="the variant 'copy' failed") as caught:
        list(bench([(640, 360)], [1], seconds=1.0))
    assert "\n" not in str(caught.value)


def test_sizes_are_read_as_people_write_them() -> None:
    assert parse_sizes("720p,1080p,640x480") == [(1280, 720), (1920, 1080), (640, 480)]
    assert parse_faces("1,25") == [1, 25]


@pytest.mark.parametrize("text", ["", "big", "720", "720p,", "x480", "-1p"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="is not a size"):
        parse_sizes(text)


@pytest.mark.parametrize("text", ["", "one", "1,", "-1"])
def test_what_is_no_number_of_faces_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="does not say how many faces"):
        parse_faces(text)


def test_the_footprint_counts_what_is_required_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["bench", "--footprint", "--json"])
    packages = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert packages["mediapipe"]["megabytes"] > 10
    assert packages["matplotlib"]["needed_by"] == ["mediapipe"]
    assert "pytest" not in packages
