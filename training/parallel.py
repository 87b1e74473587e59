"""Training in several processes under ``torchrun``, on several GPUs or machines or on one CPU.

Every process draws the same order of tiles, takes its share of each batch, and averages its
gradients with the others before each step, as `DistributedDataParallel` does; the model is small
enough to be averaged in one piece. Runs with the same number of processes are reproducible.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, distributed

CPU = torch.device("cpu")


@dataclass(frozen=True)
class Workers:
    """The processes of a run, seen from one of them."""

    rank: int = 0
    count: int = 1
    device: torch.device = CPU

    @property
    def leads(self) -> bool:
        """Whether this process writes files and prints messages."""
        return self.rank == 0

    def average(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its mean over all processes."""
        if self.count == 1:
            return
        together = torch.cat([tensor.reshape(-1) for tensor in tensors])
        distributed.all_reduce(together)
        together /= self.count
        parts = torch.split(together, [tensor.numel() for tensor in tensors])
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view_as(tensor))

    def leave(self) -> None:
        """End the communication between the processes."""
        if self.count > 1:
            distributed.destroy_process_group()


def join() -> Workers:
    """Join the processes that torchrun started, or work alone; on a GPU if there is one."""
    cuda = torch.cuda.is_available()
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", local) if cuda else CPU
    count = int(os.environ.get("WORLD_SIZE", "1"))
    if count == 1:
        return Workers(device=device)
    distributed.init_process_group("nccl" if cuda else "gloo")
    return Workers(distributed.get_rank(), count, device)
