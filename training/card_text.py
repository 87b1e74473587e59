"""The words of the model card, all figures taken from measurements."""

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
of CPU for one face on one thread. `emotion.json` beside it names inputs, outputs and checksum.

Its two label sets are two tasks, with a head each: `fer2013` predicts the label of FER2013 (seven \
classes), `ferplus` the votes of ten annotators (eight). A third head, learnt from both, and \
`ferplus` together give what the application shows, `emotion`: with 95 % of calm faces neutral, \
as sensitive as possible to the other six. A fourth, `covered`, says whether the mouth is covered, \
and `quality` measures luminance, contrast, asymmetry and sharpness. All convolutions but the \
first compute in int8.\
{" Each face is read twice, as it is and mirrored and larger." if two_views(facts) else ""}"""


def results(facts: Facts) -> str:
    """Headline figures with their intervals."""
    six, low, high = sensitivity(facts)
    calm = percent(facts.figures["emotion"]["recall"]["neutral"])
    fitted = facts.description["metrics"]["operating_point_cross_fitted"]
    copies = len(facts.tiles) - facts.fresh["fer2013"]["images"]
    return f"""## Results on PublicTest

{len(facts.tiles):,} images; for `ferplus` and `emotion` those with a FER+ majority (Barsoum's \
filter). Intervals are 95 %, Wilson's for accuracies and bootstrapped for sensitivity. {copies} \
images are pixel copies of training images, so each accuracy is also given without them.

{results_table(facts)}

**Sensitivity as shown** (mean recall of the six; of the faces that most annotators call neutral, \
{calm} % are): **{six:.3f}** ({low:.3f} to {high:.3f}). The operating point is fitted on the same \
images; fitted on one half and measured on the other it gives {fitted["mean_recall"]:.3f}, with \
{100 * fitted["calm_called_neutral"]:.1f} % of the faces neutral that both label sets call neutral.

Temperatures, rule and `unsure` threshold were fitted on PublicTest, and it chose between runs, so \
it is not an untouched test set. PrivateTest was never used."""


def per_class(facts: Facts) -> str:
    """Recall of each class, and the confusion matrices."""
    return f"""## Per class

{class_table(facts)}

![Confusion matrices of the three outputs](card/confusion.png)"""


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
{facts.people["people"]["people"]} adults, each neutral and smiling, frontal and evenly lit, as \
whole pictures through detector, crop and operating point; gender and ethnicity as they said \
themselves. The shipped network has learnt from these people, so each is judged by a network that \
was trained in the same way without them. An unsure or missed face counts as wrong. The operating \
point is fitted on the neutral faces, and on no smile. Groups are small, and a smile is one \
expression of six: this is a first look, no proof of fairness. {verdict}

{group_table(facts)}"""


def steps(facts: Facts) -> str:
    """What each step brought for faces of other people, and what was left."""
    if facts.steps is None:
        return ""
    left = "\n".join(f"- {each}" for each in facts.steps["left"])
    return f"""## Faces the network has never met: what each step brought

{facts.steps["about"]}

{steps_table(facts)}

Tried and left:

{left}"""


def clips(facts: Facts) -> str:
    """What is shown of people in videos."""
    if facts.clips is None:
        return ""
    return f"""## People in videos

Short videos of real people (Intel IoT DevKit `sample-videos`, CC BY 4.0, 480x270), none of them \
trained on, read frame by frame as `analyze` reads a file and as the live application reads a \
camera, with smoothing, tracking and resting faces. One man smiles throughout; nobody else shows \
an expression that strangers would name. A change is any change of a face's label, `unsure` \
included: over all videos {changes_per_second(facts, "file"):.2f} and \
{changes_per_second(facts, "live"):.2f} a second of a face. The pupils of the class are seen about \
25 pixels wide, where the application wants to be surer before it shows a label, and then keeps it \
longer.

{clips_table(facts)}"""


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
    return f"""## int8 and the second view

Static QDQ quantisation of all convolutions but the first, seven bits a weight, so that processors \
without VNNI say the same. All measured in one process on a busy machine, each with a rule of its \
own. Against the same views in fp32, int8 should be {MIN_SPEEDUP} times as fast and lose at most \
{MAX_LOSS} points on the figure that loses most.

{views_table(facts)}{_beyond_the_limit(facts.quantize["2"])}"""


def _beyond_the_limit(two_views: Mapping[str, Any]) -> str:
    """Why int8 is shipped although it loses more than it should, if it does."""
    if two_views["ship"] == "int8":
        return ""
    lost = {name: two_views["fp32"][name] - two_views["int8"][name] for name in FIGURES}
    return f"""

With two views, int8 is {two_views["speedup"]:.1f} times as fast and loses \
{max(0.0, *(lost[head] for head in HEADS)):.2f} points of accuracy at most, but {lost["six"]:.2f} \
of the mean recall of the six (one of the 24 disgusted faces is 0.7 of them) and \
{lost["neutral"]:.2f} of neutral's, which is more than the limit. It is shipped all the same, \
because {two_views["fp32"]["ms"]:.1f} ms are too much for a face."""


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
four views of 12,288 augmented training tiles, and to their labels. A second such training sees \
the smiles of some people on the faces of others as well (optical flow and ratio images; Liu, Shan \
and Zhang, 2001). `training.soup` goes three quarters of the way from the weights before to the \
mean of both (Wortsman et al., 2022). All of that was done five times more, without a fifth of the \
people each; the operating point, and all figures for these people, come from those networks."""


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

The same machine arithmetic gives the same weights; another processor gives slightly different ones.
"""
