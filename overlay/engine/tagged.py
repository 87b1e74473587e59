"""What passes between the loops."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tagged(Generic[T]):
    """A frame or a scene, and the view that it is of.

    So what comes late, from a source that has been exchanged or turned since, is known as that.

    Attributes:
        value: The frame or scene.
        view_key: `Desired.view_key` when it was taken.
    """

    value: T
    view_key: Hashable
