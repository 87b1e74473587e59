"""The text of the model card; every figure comes from a measurement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from training.card_facts import HEADS, Facts, learnt_from_people, percent, sensitivity, two_views
from training.card_tables import (
    changes_per_second,
    class_table,
    clips_table,
    group_table,
    results_table,
    steps_table,
    views_table,
)
from training.compare import markdown
from training.quantize import FIGURES, MAX_LOSS, MIN_SPEEDUP


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
        clips(facts),
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
of CPU for one face on one thread. `emotion.json` beside it gives inputs, outputs and checksum.

It was trained on two label sets, with a head for each: `fer2013` predicts the FER2013 label \
(seven classes), `ferplus` the votes of ten annotators (eight). A third head, trained on both, \
combines with `ferplus` into what the application shows, `emotion`: as sensitive as possible to \
the six expressions while 95 % of calm faces stay neutral. A fourth head, `covered`, says whether \
the mouth is covered, and `quality` measures luminance, contrast, asymmetry and sharpness. All \
convolutions but the first run in int8.\
{" Each face is read twice: as it is, and mirrored and enlarged." if two_views(facts) else ""}"""


def results(facts: Facts) -> str:
    """Headline figures with their intervals."""
    six, low, high = sensitivity(facts)
    calm = percent(facts.figures["emotion"]["recall"]["neutral"])
    fitted = facts.description["metrics"]["operating_point_cross_fitted"]
    copies = len(facts.tiles) - facts.fresh["fer2013"]["images"]
    return f"""## Results on PublicTest

{len(facts.tiles):,} images; for `ferplus` and `emotion`, only those with a FER+ majority \
(Barsoum's filter). Intervals are 95 %: Wilson for accuracies, bootstrap for sensitivity. {copies} \
images are pixel copies of training images, so each accuracy is also given without them.

{results_table(facts)}

**Sensitivity as shown** (mean recall of the six, with {calm} % recall for faces that most \
annotators call neutral): **{six:.3f}** ({low:.3f} to {high:.3f}). The operating point is fitted \
on the same images. Fitted on one half and measured on the other, sensitivity is \
{fitted["mean_recall"]:.3f}, and {100 * fitted["calm_called_neutral"]:.1f} % of the faces that \
both label sets call neutral stay neutral.

PublicTest is not an untouched test set: the temperatures, the decision rule and the `unsure` \
threshold were fitted on it, and it decided between runs. PrivateTest was never used."""


def per_class(facts: Facts) -> str:
    """Recall of each class, and the confusion matrices."""
    return f"""## Per class

{class_table(facts)}

![Confusion matrices of the three outputs](card/confusion.png)"""


CALIBRATION = """## Calibration and `unsure`

The temperatures are part of the graph. Below the `unsure` threshold the application shows no label.
Bars show how many faces have that top probability; lines are 95 % intervals.

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

For people of the London set left out of training and fitting, \
{percent(fitted["calm_people_called_neutral"])} % of neutral faces are read as neutral and \
{percent(fitted["smiles_called_happy"])} % of smiles, some of them faint, as happy."""
    return f"""## The operating point

A face that looks into the camera in even light gets a label other than neutral more readily than \
one that is turned away, lit from one side or blurred. The neutral logit is raised by \
{rule["neutral_bias"]:.2f}, by up to {rule["asymmetry"]:.2f} more for asymmetry, and by up to \
{rule["blur"]:.2f} more for blur. With that, 95 % stay neutral in each of three groups of calm \
faces: people in front of a camera, pictures from the web, and blurred people. The cost is faces \
that most annotators, but not FER2013, call neutral: of all faces with a majority for neutral, \
{calm} % are shown as neutral. The setting `sensitivity` moves the neutral logit: `calm` by \
{shifts["calm"]:+.2f} (98 % of calm faces neutral), `sensitive` by {shifts["sensitive"]:+.2f} (90 \
%).{left_out}"""


def people(facts: Facts) -> str:
    """The first audit by groups of people."""
    if facts.people is None:
        return ""
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
    return f"""## By groups of people

The Face Research Lab London Set (DeBruine and Jones, 2017, CC BY 4.0): \
{facts.people["people"]["people"]} adults, each neutral and smiling, frontal and evenly lit, read \
as whole pictures through detector, crop and operating point. Gender and ethnicity are \
self-reported. The shipped network was trained on these people, so each is judged by a network \
trained in the same way without them. An unsure or missed face counts as wrong. The operating \
point is fitted on the neutral faces and on no smile. Groups are small, and a smile is one \
expression of six: this is a first look, not proof of fairness. {verdict}

{group_table(facts)}"""


def steps(facts: Facts) -> str:
    """What each step gained on unfamiliar faces, and what else was tried."""
    if facts.steps is None:
        return ""
    tried = "\n\n".join(
        "\n".join([f"**{group['topic']}**", "", *(f"- {note}" for note in group["notes"])])
        for group in facts.steps["tried"]
    )
    return f"""## Unfamiliar faces: what each step gained

{facts.steps["about"]}

{steps_table(facts)}

### What else was tried

{tried}"""


def clips(facts: Facts) -> str:
    """What is shown of people in videos."""
    if facts.clips is None:
        return ""
    return f"""## People in videos

Short videos of real people (Intel IoT DevKit `sample-videos`, CC BY 4.0, 480x270), none of them \
used in training. They are read frame by frame, as `analyze` reads a file and as the live \
application reads a camera, with smoothing, tracking and resting faces. One man smiles throughout; \
nobody else shows an expression that a stranger would name. A change is any change of a face's \
label, `unsure` included; over all videos there are {changes_per_second(facts, "file"):.2f} (file) \
and {changes_per_second(facts, "live"):.2f} (live) per face and second. The pupils of the class \
are about 25 pixels wide; at that size the application needs to be surer before it shows a label, \
and then keeps it longer.

{clips_table(facts)}"""


def robustness(facts: Facts) -> str:
    """The curves of degraded input."""
    if facts.robustness is None:
        return ""
    several = len(facts.robustness["curves"]["blur"]["models"]) > 1
    others = " The other networks are those of the comparison below." if several else ""
    return f"""## Worse cameras, calls and crops

Accuracy of what the application shows, by FER+ majority, on \
{facts.robustness["tiles"]:,} PublicTest tiles that are degraded step by step.{others}

![Accuracy against severity for seven degradations](card/robustness.png)"""


def sliced(facts: Facts) -> str:
    """The slices, with a warning."""
    worst = min(facts.slices, key=lambda part: part.accuracy)
    return f"""## Dark, flat and blurred faces

Accuracy of `emotion` by FER+ majority, in quarters of the faces by each property. The lowest is \
{percent(worst.accuracy)} % ({percent(worst.interval[0])}–{percent(worst.interval[1])}), in a \
quarter by {worst.property}. The data has no demographic labels: a slice by brightness mixes \
exposure, background and skin, and is **not a demographic audit**.

![Accuracy by brightness, contrast and sharpness](card/slices.png)"""


def networks(facts: Facts) -> str:
    """The table of baselines."""
    if facts.compare is None:
        return ""
    return f"""## Compared with the networks that people try first

All were trained here, on the same data with the same pipeline, for the number of epochs shown. \
The baselines' schedules are short: their figures are what that many epochs give, not the best \
these networks can do. `student`, `wide` and `finish` build on one another, and the shipped \
network started from `finish`; `scratch` is the same network trained in one run from the labels \
alone. Plain images, no flip. Several runs are given as mean and standard deviation over seeds; \
runs that continue another one start from the same weights. "Six at calm" is the sensitivity with \
95 % of calm faces neutral, the rule fitted for each network on one half and measured on the \
other; these rows predate the third head. Milliseconds are CPU time on one thread.

{markdown(facts.compare["rows"])}
The second table gives the same seven-class networks on fewer classes (other labels left out, \
other probabilities set to zero), as similar projects report them: `fer2013` by FER2013 labels / \
`ferplus` by FER+ majority."""


def quantised(facts: Facts) -> str:
    """What int8 and the second view cost and gain."""
    if facts.quantize is None:
        return ""
    return f"""## int8 and the second view

Static QDQ quantisation of all convolutions but the first, with seven-bit weights, so that \
processors without VNNI give the same results. Weights are rounded one after another, and those \
still to be rounded make up for the error (GPTQ; Frantar et al., ICLR 2023). All rows were \
measured in one process on a busy machine, each with its own decision rule. The aim: int8 is at \
least {MIN_SPEEDUP} times as fast as the same views in fp32, and loses at most {MAX_LOSS} points \
on any figure.

{views_table(facts)}{_beyond_the_limit(facts.quantize["2"])}"""


def _beyond_the_limit(two_views: Mapping[str, Any]) -> str:
    """Why int8 is shipped although it loses more than it should, if it does."""
    if two_views["ship"] == "int8":
        return ""
    lost = {name: two_views["fp32"][name] - two_views["int8"][name] for name in FIGURES}
    return f"""

With two views, int8 is {two_views["speedup"]:.1f} times as fast and loses \
{max(0.0, *(lost[head] for head in HEADS)):.2f} points of accuracy at most, but {lost["six"]:.2f} \
in the mean recall of the six (one of the 24 disgusted faces makes 0.7) and {lost["neutral"]:.2f} \
in that of neutral, which misses the aim. It is shipped all the same, because \
{two_views["fp32"]["ms"]:.1f} ms a face is too slow."""


def method(facts: Facts) -> str:
    """Data and training."""
    training = facts.description["training"]
    config = training["config"]
    taught = config.get("distillation")
    teachers = (
        f"The labels count for {1 - taught['weight']:.0%}, the teacher's mean answer for the "
        "rest; the commands below name the teacher and the initial weights. "
        if taught
        else ""
    )
    people = ""
    if learnt_from_people(facts):
        people = ", and the Face Research Lab London Set (DeBruine and Jones, 2017, CC BY 4.0)"
    return f"""## Data and method

{training["data"]}: FER2013 (Goodfellow et al., 2013), 48x48 gray faces found on the web by \
emotion words, with FER+ (Barsoum et al., 2016){people}. No other data and no pre-training. Exact \
duplicates share the mean of their labels.

A plain stack of 3x3 convolutions with an identity inside each square kernel, fused for export \
(after DiracNets and RepVGG). {training["epochs"]} epochs of {config["optimizer"]} with a \
{config.get("schedule", "cosine")} schedule, label smoothing {config["label_smoothing"]}, mixup, \
CutMix, and augmentation that imitates webcams: scale, shift, roll, gamma, blur, low resolution, \
noise, JPEG and erasing. Further augmentation imitates other cameras and people: backdrops, light \
from one side, contrast, sharpening, swelling faces, MixStyle (Zhou et al., 2021), and synthetic \
masks and hands over mouths, for which no emotion is the right answer. {teachers}The weights are \
averaged over the steps, and then with those from before this run (Wortsman et al., 2022). The \
shipped run took both its initial weights and its teacher from the exported model of \
`finish-seed0`, whose checkpoint was not kept. \
Selection: {training["selection"]}.{ADAPTED if people else ""}"""


ADAPTED = """

Last comes `training.adapt`. For 100 steps, the last stage and the heads learn from the 102 people \
of the London set as many cameras would show them (other mixtures of the colour channels, \
exposure, framing, small and compressed pictures), and from their neutral faces with synthetic \
anger, sadness and surprise (warped brows, lids, lips and jaw). The network is held to its own \
mean answer to four views of 12,288 augmented training tiles, and to their labels. A second such \
training also sees the smiles of some people on the faces of others (optical flow and ratio \
images; Liu, Shan and Zhang, 2001). `training.soup` moves three quarters of the way from the \
previous weights to the mean of both (Wortsman et al., 2022). All of this was repeated five times, \
each time without a fifth of the people; the operating point and all figures for these people come \
from those five networks."""


LIMITS = """## Limits

- It reads expressions, not feelings: what a face looks like to strangers who label photographs.
- The training faces are posed and press photographs from the web, found with English words. It
  has not been trained on spontaneous or weak expressions, or on those of other cultures.
- Labels are noisy: people reach about 65 % on FER2013, and the two label sets agree on two thirds
  of the images. Fear, disgust and contempt are rare, so their figures are based on few faces.
- Of people in front of a camera, it has seen anger, sadness and surprise only as synthetic
  changes to their neutral faces. Faint anger, fear and sadness in even light often read as
  neutral, above all anger with a closed mouth.
- Groups of people were compared on one small set of smiles and neutral faces only.
- A calm face behind a hand or a mask is meant to read as unsure. That was trained on synthetic
  masks and hands; real ones were not measured.
- Not for decisions about people: no hiring, grading, policing, health or attention scores."""

REPRODUCE = """## Reproduce

```
python -m training.explore                                              # look at the data
python -m training.train --config training/configs/student.toml --out runs/student
python -m training.distill --config training/configs/wide.toml \\
    --teacher runs/student --start runs/student --out runs/wide
for seed in 0 1 2; do                                                   # seed 0 is used below
    python -m training.distill --config training/configs/finish.toml --seed $seed \\
        --teacher runs/wide --start runs/wide --out runs/finish-seed$seed
done
python -m training.distill --config training/configs/shown.toml \\
    --teacher runs/finish-seed0 --start runs/finish-seed0 --out runs/shown
python -m training.average --first runs/finish-seed0 --second runs/shown --out runs/averaged
python -m training.adapt --run runs/averaged --out runs/people
python -m training.adapt --run runs/averaged --out runs/smiles --smiles
python -m training.soup --start runs/averaged --run runs/people --run runs/smiles --out runs/adapted
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
python -m training.clips --folder clips --json models/card/clips.json
python -m training.card
```

On one kind of processor the weights come out the same; on another they differ slightly.
"""
