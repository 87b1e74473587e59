"""The networks that can be trained: ours, and the baselines that people try first.

A network is chosen by name in the ``[architecture]`` table of a configuration.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict

from training.networks.base import Network
from training.networks.basic_cnn import BasicCnn
from training.networks.mini_xception import MiniXception
from training.networks.mobilenet import MobileNet
from training.networks.plain import PlainNet
from training.networks.resnet import ResNet

__all__ = ["Architecture", "Network", "make_network"]


class Architecture(BaseModel):
    """Which network, and its sizes; `depths` counts the layers or blocks of each stage.

    Networks with a fixed number of layers (``basic_cnn``, ``mini_xception``) ignore `depths`. Only
    ``plain`` knows `mixstyle`, the probability that a batch swaps styles between faces. `views` is
    how many views of each face are read, see `Network`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Literal["plain", "basic_cnn", "mini_xception", "mobilenet", "resnet"] = "plain"
    stem: int = 16
    widths: tuple[int, ...] = (40, 96, 192)
    depths: tuple[int, ...] = (2, 3, 3)
    dropout: float = 0.2
    mixstyle: float = 0.0
    views: Literal[1, 2] = 1


_MAKERS: dict[str, Callable[[Architecture], Network]] = {
    "plain": lambda a: PlainNet(a.stem, a.widths, a.depths, a.dropout, a.mixstyle),
    "basic_cnn": lambda a: BasicCnn(a.stem, a.widths, a.dropout),
    "mini_xception": lambda a: MiniXception(a.stem, a.widths, a.dropout),
    "mobilenet": lambda a: MobileNet(a.stem, a.widths, a.depths, a.dropout),
    "resnet": lambda a: ResNet(a.stem, a.widths, a.depths, a.dropout),
}


def make_network(architecture: Architecture) -> Network:
    """A fresh network with random weights from the global generator."""
    net = _MAKERS[architecture.name](architecture)
    net.views = architecture.views
    return net
