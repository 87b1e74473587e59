"""The words and tables of the model card, all figures taken from measurements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from training.compare import markdown, table_head, table_row
from training.data import FER2013, FERPLUS, NEUTRAL, Tiles
from training.metrics import (
    bootstrap_interval,
    confusion_matrix,
    ferplus_majority,
    recalls,
    wilson_interval,
)
from training.quantize import MAX_LOSS, MIN_SPEEDUP
from training.slices import Slice

HEADS = ("fer2013", "ferplus", "emotion")
SIX = [index for index in range(len(FER2013)) if index != NEUTRAL]


@dataclass(frozen=True)
class Facts:
    """Everything that the card is written from.

    Attributes:
        description: the content of ``emotion.json``.
        outputs: probabilities of each head on PublicTest.
        tiles: PublicTest.
        figures: the report of `training.evaluate` on PublicTest.
        flipped: the same for the mean of each tile and its mirror image.
        fresh: the same without the pixel copies of training images.
        slices: accuracy by brightness, contrast and sharpness.
        ms: milliseconds of CPU for one face on one thread.
        compare: what `training.compare` measured, or None.
        robustness: what `training.robustness` measured, or None.
        quantize: what `training.quantize` measured, or None.
    """

    description: Mapping[str, Any]
    outputs: Mapping[str, npt.NDArray[np.floating]]
    tiles: Tiles
    figures: Mapping[str, Any]
    flipped: Mapping[str, Any]
    fresh: Mapping[str, Any]
    slices: Sequence[Slice]
    ms: float
    compare: Any = None
    robustness: Any = None
    quantize: Any = None


def write_card(facts: Facts) -> str:
    """The card as Markdown."""
    sections = (
        introduction(facts),
        results(facts),
        per_class(facts),
        CALIBRATION,
        robustness(facts),
        sliced(facts),
        networks(facts),
        quantised(facts),
        method(facts),
        LIMITS,
        REPRODUCE,
    )
    return "\n\n".join(section.strip() for section in sections if section) + "\n"


def introduction(facts: Facts) -> str:
    """What the model is."""
    about = facts.description
    return f"""# Model card: facial expressions from 48x48 gray faces

<!-- Written by `python -m training.card` from measurements; do not edit by hand. -->

Version {about["version"]}, {about["parameters"] / 1e6:.2f} M parameters, \
{about["macs"] / 1e6:.0f} M multiply-accumulates, {about["bytes"] / 1e6:.1f} MB, {facts.ms:.2f} ms \
of CPU for one face on one thread. `emotion.json` beside it names inputs, outputs and checksum.

The network has two heads, because its two label sets are two tasks: `fer2013` predicts the label \
of FER2013 (seven classes), `ferplus` the votes of ten annotators (eight). What the application \
shows is neither but `emotion`: a decision rule over both that keeps 95 % of calm faces neutral \
and, given that, is as sensitive as possible to the other six."""


def results(facts: Facts) -> str:
    """Headline figures with their intervals."""
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
    six, low, high = sensitivity(facts)
    calm = percent(facts.figures["emotion"]["recall"]["neutral"])
    fitted = facts.description["metrics"]["decision_rule_cross_fitted"]
    titles = ("head", "accuracy, %", "with flip", "without copies", "macro-F1", "calibration error")
    return "\n".join(
        [
            "## Results on PublicTest",
            "",
            f"{len(facts.tiles):,} images; for `ferplus` and `emotion` those with a FER+ majority "
            "(Barsoum's filter). Intervals are 95 %, Wilson's for accuracies and bootstrapped for "
            f"sensitivity. {len(facts.tiles) - facts.fresh['fer2013']['images']} images are pixel "
            "copies of training images, so each accuracy is also given without them.",
            "",
            *table_head(titles),
            *rows,
            "",
            f"**Sensitivity at fixed calm** (mean recall of the six with {calm} % of the calm "
            f"faces called neutral): **{six:.3f}** ({low:.3f} to {high:.3f}). The rule is fitted "
            "on the same images; fitted on one half and measured on the other it gives "
            f"{fitted['mean_recall']:.3f} at {100 * fitted['calm_called_neutral']:.1f} % neutral.",
            "",
            "Temperatures, rule and `unsure` threshold were fitted on PublicTest, and it chose "
            "between runs, so it is not an untouched test set. PrivateTest was never used.",
        ]
    )


def per_class(facts: Facts) -> str:
    """Recall of each class, and the confusion matrices."""
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
    return "\n".join(
        [
            "## Per class",
            "",
            *table_head(("recall, %", *HEADS)),
            *rows,
            "",
            "![Confusion matrices of the three outputs](card/confusion.png)",
        ]
    )


CALIBRATION = """## Calibration and `unsure`

The temperatures are part of the graph. Below the `unsure` threshold the application shows no label.
Bars show how many faces have such a top probability; lines are 95 % intervals.

![Accuracy against top probability](card/calibration.png)

![Accuracy against share of faces with a label](card/coverage.png)"""


def robustness(facts: Facts) -> str:
    """The curves of degraded input."""
    if facts.robustness is None:
        return ""
    several = len(facts.robustness["curves"]["blur"]["models"]) > 1
    others = " The other networks are those in the table below." if several else ""
    return f"""## Worse cameras, calls and crops

{facts.robustness["tiles"]:,} PublicTest tiles, degraded step by step; accuracy of what the \
application shows, by FER+ majority.{others}

![Accuracy against severity for seven degradations](card/robustness.png)"""


def sliced(facts: Facts) -> str:
    """The slices, with a warning."""
    worst = min(facts.slices, key=lambda part: part.accuracy)
    return f"""## Dark, flat and blurred faces

The faces in quarters by each property; accuracy of `emotion` by FER+ majority. The lowest is \
{percent(worst.accuracy)} % ({percent(worst.interval[0])}–{percent(worst.interval[1])}), in a \
quarter by {worst.property}. The data has no demographic labels: a slice by brightness mixes \
exposure, background and skin, and is **not a demographic audit**.

![Accuracy by brightness, contrast and sharpness](card/slices.png)"""


def networks(facts: Facts) -> str:
    """The table of baselines."""
    if facts.compare is None:
        return ""
    return f"""## Compared with the networks that people try first

All trained here, on the same data with the same pipeline, for the given number of epochs. The \
baselines' schedules are short, so their figures are what that many epochs give, not the best they \
can do. `student`, `wide` and `finish` build on one another, and `finish` is shipped; `scratch` is \
the same network, trained in one run from the labels alone. Plain images, no flip. For several \
runs: mean and standard deviation over seeds; runs that continue another one start from the same \
weights. "Six at calm" is the sensitivity above, with the rule fitted for each network on one half \
and measured on the other. Milliseconds are CPU time on one thread.

{markdown(facts.compare["rows"])}
The second table is the same seven-class network on fewer classes (other labels left out, other \
probabilities set to zero), as similar projects report it: `fer2013` by FER2013 labels / \
`ferplus` by FER+ majority."""


def quantised(facts: Facts) -> str:
    """Whether int8 was worth it."""
    if facts.quantize is None:
        return ""
    found = facts.quantize
    return f"""## int8

Static QDQ quantisation of the convolutions, measured on the machine that wrote this card: \
{found["speedup"]} times as fast ({found["fp32"]["ms"]:.2f} to {found["int8"]["ms"]:.2f} ms), and \
{found["points_lost"]} points lost on the figure that loses most. int8 is shipped if it is at \
least {MIN_SPEEDUP} times as fast and loses at most {MAX_LOSS} points; the result is \
{found["ship"]}."""


def method(facts: Facts) -> str:
    """Data and training."""
    training = facts.description["training"]
    config = training["config"]
    taught = config.get("distillation")
    teachers = (
        f"The labels count for {1 - taught['weight']:.0%}, the mean answer of the teacher for the "
        "rest; the commands below name the teacher and the first weights. "
        if taught
        else ""
    )
    return f"""## Data and method

{training["data"]}: FER2013 (Goodfellow et al., 2013), 48x48 gray faces found on the web by \
emotion words, with FER+ (Barsoum et al., 2016). No other data, no pre-training. Exact duplicates \
share the mean of their labels.

A plain stack of 3x3 convolutions with an identity inside each square kernel, fused for export \
(after DiracNets and RepVGG). {training["epochs"]} epochs of {config["optimizer"]} with a \
{config.get("schedule", "cosine")} schedule, label smoothing {config["label_smoothing"]}, mixup, \
CutMix, and augmentation that imitates webcams: scale, shift, roll, gamma, blur, low resolution, \
noise, JPEG, erasing. {teachers}The weights are averaged over the steps. \
Selection: {training["selection"]}."""


LIMITS = """## Limits

- It reads expressions, not feelings: what a face shows to strangers, as strangers labelled it.
- The faces are posed and press photographs from the web, found with English words. It has not
  learnt from spontaneous and weak expressions, or from those of other cultures.
- Labels are noisy: people reach about 65 % on FER2013, and the two label sets agree on two thirds
  of the images. Fear, disgust and contempt are rare, and their figures are based on few faces.
- Nothing is known about how it treats groups of people: there are no demographic labels.
- Not for decisions about people: no hiring, grading, policing, health or attention scores."""

REPRODUCE = """## Reproduce

```
python -m training.explore                                              # look at the data
python -m training.train --config training/configs/student.toml --out runs/student
python -m training.distill --config training/configs/wide.toml \\
    --teacher runs/student --start runs/student --out runs/wide
for seed in 0 1 2; do                                                   # 0 is shipped
    python -m training.distill --config training/configs/finish.toml --seed $seed \\
        --teacher runs/wide --start runs/wide --out runs/finish-seed$seed
done
python -m training.export --run runs/finish-seed0
for name in basic_cnn mini_xception mobilenet resnet scratch; do
    python -m training.train --config training/configs/$name.toml --out runs/$name
done
python -m training.compare --json models/card/compare.json
python -m training.robustness --model ours=models/emotion.onnx \\
    --model mini-Xception=runs/mini_xception/model.onnx --model ResNet=runs/resnet/model.onnx \\
    --model MobileNet=runs/mobilenet/model.onnx --model "basic CNN=runs/basic_cnn/model.onnx" \\
    --json models/card/robustness.json
python -m training.quantize --json models/card/quantize.json
python -m training.card
```

The same machine arithmetic gives the same weights; another processor gives slightly different ones.
"""


def percent(share: float) -> str:
    """A share in percent with one digit."""
    return f"{100 * share:.1f}"


def with_interval(figures: Mapping[str, Any]) -> str:
    """Accuracy in percent with its interval."""
    matrix = np.array(figures["confusion"])
    low, high = wilson_interval(int(np.trace(matrix)), int(matrix.sum()))
    return f"**{100 * figures['accuracy']:.2f}** ({percent(low)}–{percent(high)})"


def judged(facts: Facts, head: str) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.int64]]:
    """Probabilities and labels of the images that count for a head."""
    assert facts.tiles.votes is not None
    by_majority = ferplus_majority(facts.tiles.votes)
    labels = facts.tiles.labels if head == "fer2013" else by_majority
    kept = (labels >= 0) & (labels < facts.outputs[head].shape[1])
    return facts.outputs[head][kept], labels[kept]


def sensitivity(facts: Facts) -> tuple[float, float, float]:
    """Mean recall of the six by what the application shows, and its interval."""
    probabilities, labels = judged(facts, "emotion")
    shown = probabilities.argmax(axis=1)

    def mean_recall(drawn: npt.NDArray[np.int64]) -> float:
        matrix = confusion_matrix(shown[drawn], labels[drawn], len(FER2013))
        return float(np.nanmean(recalls(matrix)[SIX]))

    everything = np.arange(len(labels))
    return mean_recall(everything), *bootstrap_interval(mean_recall, len(labels))
