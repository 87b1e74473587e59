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
from training.quantize import FIGURES, MAX_LOSS, MIN_SPEEDUP
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
        people: what `training.evaluate --photos` measured on the London set, or None.
        steps: what each step of the work on other people's faces brought, or None.
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
    people: Any = None
    steps: Any = None


def write_card(facts: Facts) -> str:
    """The card as Markdown."""
    sections = (
        introduction(facts),
        results(facts),
        per_class(facts),
        CALIBRATION,
        operating_point(facts),
        people(facts),
        steps(facts),
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

Its two label sets are two tasks, with a head each: `fer2013` predicts the label of FER2013 (seven \
classes), `ferplus` the votes of ten annotators (eight). A third head, learnt from both, and \
`ferplus` together give what the application shows, `emotion`: with 95 % of calm faces neutral, \
as sensitive as possible to the other six. A fourth, `covered`, says whether the mouth is covered, \
and `quality` measures luminance, contrast, asymmetry and sharpness. Convolutions compute in int8.\
{" Each face is read twice, as it is and mirrored and larger." if two_views(facts) else ""}"""


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
    fitted = facts.description["metrics"]["operating_point_cross_fitted"]
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
            f"**Sensitivity as shown** (mean recall of the six; of the faces that most annotators "
            f"call neutral, {calm} % are): **{six:.3f}** ({low:.3f} to {high:.3f}). The operating "
            "point is fitted on the same images; fitted on one half and measured on the other it "
            f"gives {fitted['mean_recall']:.3f}, with {100 * fitted['calm_called_neutral']:.1f} % "
            "of the faces neutral that both label sets call neutral.",
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


def operating_point(facts: Facts) -> str:
    """How bold the shown label is, and what that costs."""
    rule = facts.description["decision_rule"]
    shifts = facts.description["sensitivities"]
    fitted = facts.description["metrics"]["operating_point_cross_fitted"]
    calm = percent(facts.figures["emotion"]["recall"]["neutral"])
    left_out = ""
    if "smiles_called_happy" in fitted:
        left_out = f"""

On people of the London set who were left out of training and fit: \
{percent(fitted["calm_people_called_neutral"])} % of their neutral faces are neutral and \
{percent(fitted["smiles_called_happy"])} % of their smiles happy, some of them faint."""
    return f"""## The operating point

A face that looks into the camera in even light is read more boldly than one that is turned away, \
lit from one side or blurred. The neutral logit is raised by {rule["neutral_bias"]:.2f}, by up to \
{rule["asymmetry"]:.2f} for asymmetry and by up to {rule["blur"]:.2f} for blur, so that 95 % stay \
neutral of each of three kinds of calm faces: people in front of a camera, pictures from the web, \
and blurred people. The price are faces that most annotators, but not FER2013, call neutral: \
{calm} % of all with a majority for neutral are shown as neutral. The setting `sensitivity` moves \
the neutral logit: `calm` by {shifts["calm"]:+.2f} (98 % of calm faces neutral), `sensitive` by \
{shifts["sensitive"]:+.2f} (90 %).{left_out}"""


def people(facts: Facts) -> str:
    """The first audit by groups of people."""
    if facts.people is None:
        return ""
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
    below = sorted(
        {
            f"{row['group']} people's {'smiles' if row['label'] == 'happy' else 'neutral faces'}"
            for row in facts.people["groups"]
            if row["below"]
        }
    )
    verdict = (
        f"More than 12 points below the mean, with at least ten people: {', '.join(below)}."
        if below
        else "No group of at least ten people is more than 12 points below the mean."
    )
    count = facts.people["people"]["people"]
    titles = ("group", "people", "shows", "recall, %", "95 % interval", "to the mean")
    return "\n".join(
        [
            "## By groups of people",
            "",
            f"The Face Research Lab London Set (DeBruine and Jones, 2017, CC BY 4.0): {count} "
            "adults, each neutral and smiling, frontal and evenly lit, as whole pictures through "
            "detector, crop and operating point; gender and ethnicity as they said themselves. "
            "The shipped network has learnt from these people, so each is judged by a network "
            "that was trained in the same way without them. An unsure or missed face counts as "
            "wrong. The operating point is fitted on the neutral faces, and on no smile. Groups "
            "are small, and a smile is one expression of six: this is a first look, no proof of "
            f"fairness. {verdict}",
            "",
            *table_head(titles),
            *rows,
        ]
    )


def steps(facts: Facts) -> str:
    """What each step brought for faces of other people, and what was left."""
    if facts.steps is None:
        return ""
    rows = [table_row([row["step"], *row["figures"]]) for row in facts.steps["rows"]]
    return "\n".join(
        [
            "## Faces the network has never met: what each step brought",
            "",
            facts.steps["about"],
            "",
            *table_head(("step", *facts.steps["columns"])),
            *rows,
            "",
            "Tried and left:",
            "",
            *(f"- {each}" for each in facts.steps["left"]),
        ]
    )


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
can do. `student`, `wide` and `finish` build on one another, and what is shipped began as \
`finish`; `scratch` is the same network, trained in one run from the labels alone. Plain images, \
no flip. For several runs: mean and standard deviation over seeds; runs that continue another \
one start from the same weights. "Six at calm" is the sensitivity at 95 % of calm faces neutral, \
with the rule fitted for each network on one half and measured on the other; these rows were \
measured before the third head. Milliseconds are CPU time on one thread.

{markdown(facts.compare["rows"])}
The second table is the same seven-class network on fewer classes (other labels left out, other \
probabilities set to zero), as similar projects report it: `fer2013` by FER2013 labels / \
`ferplus` by FER+ majority."""


def quantised(facts: Facts) -> str:
    """What int8 and the second view cost and bring."""
    if facts.quantize is None:
        return ""
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
    return "\n".join(
        [
            "## int8 and the second view",
            "",
            "Static QDQ quantisation of the convolutions, seven bits a weight, so that processors "
            "without VNNI say the same. All measured in one process, each with a rule of its own. "
            f"Against the same views in fp32, int8 has to be {MIN_SPEEDUP} times as fast and lose "
            f"at most {MAX_LOSS} points on the figure that loses most.",
            "",
            *table_head(("views", "MB", "ms a face", *FIGURES)),
            *rows,
        ]
    )


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
    people = ""
    if learnt_from_people(facts):
        people = ", and the Face Research Lab London Set (DeBruine and Jones, 2017, CC BY 4.0)"
    return f"""## Data and method

{training["data"]}: FER2013 (Goodfellow et al., 2013), 48x48 gray faces found on the web by \
emotion words, with FER+ (Barsoum et al., 2016){people}. No other data, no pre-training. Exact \
duplicates share the mean of their labels.

A plain stack of 3x3 convolutions with an identity inside each square kernel, fused for export \
(after DiracNets and RepVGG). {training["epochs"]} epochs of {config["optimizer"]} with a \
{config.get("schedule", "cosine")} schedule, label smoothing {config["label_smoothing"]}, mixup, \
CutMix, and augmentation that imitates webcams: scale, shift, roll, gamma, blur, low resolution, \
noise, JPEG, erasing, and other cameras and people: backdrops, light from one side, contrast, \
sharpening, swelling faces, MixStyle (Zhou et al., 2021), made-up masks and hands on mouths with \
no emotion as the right answer. {teachers}The weights are averaged over the steps, and then with \
those before this run (Wortsman et al., 2022). First weights and teacher of the shipped run were \
the exported model of `finish-seed0`, whose checkpoint was not kept. \
Selection: {training["selection"]}.{ADAPTED if people else ""}"""


ADAPTED = """

Last, `training.adapt`: the last stage and the heads learn, for 100 steps, from the 102 people of \
the London set, as many cameras would show them (other mixtures of the colour channels, exposure, \
framing, small and compressed pictures), and from their neutral faces with made-up anger, sadness \
and surprise (warped brows, lids, lips and jaw). The network is held to its own mean answer to \
four views of 12,288 augmented training tiles, and to their labels. The weights are the mean of \
those before and after. Five more networks have learnt without a fifth of the people each; the \
operating point, and all figures for these people, come from those. The shipped weights were \
trained by a script that became this module; the module draws other random numbers and has not \
been run to its end on all data."""


LIMITS = """## Limits

- It reads expressions, not feelings: what a face shows to strangers, as strangers labelled it.
- The faces are posed and press photographs from the web, found with English words. It has not
  learnt from spontaneous and weak expressions, or from those of other cultures.
- Labels are noisy: people reach about 65 % on FER2013, and the two label sets agree on two thirds
  of the images. Fear, disgust and contempt are rare, and their figures are based on few faces.
- It has seen anger, sadness and surprise of people in front of a camera only as made up from
  their neutral faces.
- How it treats groups of people was looked at on one small set of smiles and neutral faces only.
- A calm face behind a hand or a mask is unsure by made-up masks that it was trained on; real ones
  were not measured.
- Not for decisions about people: no hiring, grading, policing, health or attention scores."""

REPRODUCE = """## Reproduce

```
python -m training.explore                                              # look at the data
python -m training.train --config training/configs/student.toml --out runs/student
python -m training.distill --config training/configs/wide.toml \\
    --teacher runs/student --start runs/student --out runs/wide
for seed in 0 1 2; do                                                   # 0 goes on
    python -m training.distill --config training/configs/finish.toml --seed $seed \\
        --teacher runs/wide --start runs/wide --out runs/finish-seed$seed
done
python -m training.distill --config training/configs/shown.toml \\
    --teacher runs/finish-seed0 --start runs/finish-seed0 --out runs/shown
python -m training.average --first runs/finish-seed0 --second runs/shown --out runs/averaged
python -m training.adapt --run runs/averaged --out runs/adapted
python -m training.export --run runs/adapted                            # shipped
for name in basic_cnn mini_xception mobilenet resnet scratch; do
    python -m training.train --config training/configs/$name.toml --out runs/$name
done
python -m training.compare --json models/card/compare.json
python -m training.robustness --model ours=models/emotion.onnx \\
    --model mini-Xception=runs/mini_xception/model.onnx --model ResNet=runs/resnet/model.onnx \\
    --model MobileNet=runs/mobilenet/model.onnx --model "basic CNN=runs/basic_cnn/model.onnx" \\
    --json models/card/robustness.json
python -m training.quantize --run runs/adapted --json models/card/quantize.json
python -m training.audit --run runs/adapted --json models/card/people.json
python -m training.card
```

The same machine arithmetic gives the same weights; another processor gives slightly different ones.
"""


def two_views(facts: Facts) -> bool:
    """Whether the network reads each face twice."""
    config = facts.description["training"]["config"]
    return bool(config["architecture"].get("views", 1) == 2)


def learnt_from_people(facts: Facts) -> bool:
    """Whether the London set was trained on, by `training.adapt`."""
    return bool(facts.description["training"].get("people_left_out"))


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
