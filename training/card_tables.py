"""The tables of the model card, as Markdown."""

from __future__ import annotations

from training.card_facts import HEADS, Facts, percent, with_interval
from training.compare import table_head, table_row
from training.data import FERPLUS
from training.metrics import wilson_interval
from training.quantize import FIGURES


def results_table(facts: Facts) -> str:
    """Headline figures with their intervals."""
    titles = ("head", "accuracy, %", "with flip", "without copies", "macro-F1", "calibration error")
    rows = [
        table_row(
            [
                head,
                with_interval(facts.figures[head]),
                percent(facts.flipped[head]["accuracy"]),
                percent(facts.fresh[head]["accuracy"]),
                f"{facts.figures[head]['macro_f1']:.3f}",
                f"{facts.figures[head]['ece']:.3f}",
            ]
        )
        for head in HEADS
    ]
    return _table(titles, rows)


def class_table(facts: Facts) -> str:
    """Recall of each class by each head."""
    rows = []
    for name in FERPLUS:
        cells = [name]
        for head in HEADS:
            share = facts.figures[head]["recall"].get(name)
            if share is None or share != share:
                cells.append("–")
                continue
            place = facts.figures[head]["labels"].index(name)
            line = facts.figures[head]["confusion"][place]
            low, high = wilson_interval(line[place], sum(line))
            cells.append(f"{percent(share)} ({percent(low)}–{percent(high)}), {sum(line)} faces")
        rows.append(table_row(cells))
    return _table(("recall, %", *HEADS), rows)


def group_table(facts: Facts) -> str:
    """Recall of smiles and neutral faces by groups of people."""
    titles = ("group", "people", "shows", "recall, %", "95 % interval", "to the mean")
    rows = [
        table_row(
            [
                f"{row['attribute'].removeprefix('face_')}: {row['group']}",
                str(row["people"]),
                row["label"],
                percent(row["recall"]),
                f"{percent(row['interval'][0])}–{percent(row['interval'][1])}",
                f"{100 * row['gap']:+.1f}" + (" **below**" if row["below"] else ""),
            ]
        )
        for row in facts.people["groups"]
    ]
    return _table(titles, rows)


def steps_table(facts: Facts) -> str:
    """What each step gained on unfamiliar faces."""
    rows = [table_row([row["step"], *row["figures"]]) for row in facts.steps["rows"]]
    return _table(("step", *facts.steps["columns"]), rows)


def clips_table(facts: Facts) -> str:
    """What is shown of people in videos."""
    rows = [
        table_row(
            [
                name,
                kind,
                str(row["face_frames"]),
                ", ".join(f"{label} {count}" for label, count in row["labels"].items()),
                f"{row['changes']} in {row['seconds']:.0f} s",
            ]
        )
        for name, kinds in facts.clips.items()
        for kind, row in kinds.items()
    ]
    return _table(("video", "read as", "face-frames", "shown", "changes"), rows)


def changes_per_second(facts: Facts, kind: str) -> float:
    """How often the label of a face changes, over all videos."""
    rows = [kinds[kind] for kinds in facts.clips.values()]
    return float(sum(row["changes"] for row in rows) / sum(row["seconds"] for row in rows))


def views_table(facts: Facts) -> str:
    """Size, speed and figures by number of views, in fp32 and int8."""
    rows = [
        table_row(
            [
                f"{views}, {kind}",
                f"{figures['bytes'] / 1e6:.1f}",
                f"{figures['ms']:.2f}",
                *(f"{figures[name]:.2f}" for name in FIGURES),
            ]
        )
        for views, kinds in facts.quantize.items()
        for kind, figures in kinds.items()
        if kind in ("fp32", "int8")
    ]
    return _table(("views", "MB", "ms a face", *FIGURES), rows)


def _table(titles: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([*table_head(titles), *rows])
