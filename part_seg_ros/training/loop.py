# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The loop of every training run: steps, averages, curve, checkpoints; read from top to bottom."""

from __future__ import annotations

import copy
import json
import logging
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic

import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from part_seg_ros.errors import CheckpointError
from part_seg_ros.training.config import RunConfig
from part_seg_ros.training.distributed import ProcessRank, average_gradients, process_group
from part_seg_ros.training.recipe import B, BatchMaker, Recipe

logger = logging.getLogger(__name__)


def run(
    recipe: Recipe[B],
    config: RunConfig,
    out: Path,
    *,
    resume: bool = False,
    until: int | None = None,
) -> Path:
    """Train, and keep a resumable checkpoint in `out`.

    Args:
        recipe: What is trained, built on the device of the run.
        config: The run.
        out: Folder of `state.pt` (everything to go on), the recipe's weights and `log.jsonl` (the
            curve).
        resume: Go on from `out/state.pt`.
        until: Stop after this step, to resume later; None for the end of the run.

    Returns:
        The path of the weights.

    Raises:
        CheckpointError: `resume` without a fitting state, or nothing is left to do.
    """
    device = str(next(recipe.net.parameters()).device)
    if config.num_threads:
        torch.set_num_threads(config.num_threads)
    out.mkdir(parents=True, exist_ok=True)
    peaks = [[group['lr'] for group in optimizer.param_groups] for optimizer in recipe.optimizers]
    state = RunState(recipe=recipe, average=_first_average(recipe.net, config))
    if resume:
        state.read(out / 'state.pt', device)
    last_step = min(config.num_steps, until or config.num_steps)
    if state.step >= last_step:
        raise CheckpointError(
            f'{out} has {state.step} steps already; give more than that, not {last_step}'
        )
    weights = out / recipe.weights_name
    generator = torch.Generator(device)
    started = time.monotonic() - state.seconds
    with process_group(device) as process:
        stream = batches(recipe.make_batch, state.step * config.accumulation, config, process)
        while state.step < last_step:
            set_rates(recipe, peaks, state.step)
            generator.manual_seed(config.seed * 1_000_003 + state.step)
            figures = train_step(recipe, config, stream, generator, process)
            state.step += 1
            state.update_average(config.ema_decay)
            if process.rank > 0:
                continue
            state.seconds = time.monotonic() - started
            _log(out, config, state, figures)
            if state.step % config.checkpoint_every == 0 or state.step == last_step:
                state.write(out / 'state.pt')
                recipe.save(state.average or recipe.net, weights, state.step, state.seconds)
    return weights


def train_step(
    recipe: Recipe[B],
    config: RunConfig,
    stream: Iterator[B],
    generator: torch.Generator,
    process: ProcessRank,
) -> dict[str, float]:
    """One optimiser step on this process's share of the next batches; returns mean figures."""
    recipe.net.zero_grad(set_to_none=True)
    device = str(generator.device)
    all_figures = [
        recipe.learn(next(stream).to(device), generator) for _ in range(config.accumulation)
    ]
    if config.accumulation > 1:
        for parameter in recipe.net.parameters():
            if parameter.grad is not None:
                parameter.grad /= config.accumulation
    average_gradients(recipe.net, process)
    recipe.clip_gradients()
    for optimizer in recipe.optimizers:
        optimizer.step()
    return {
        key: sum(figures[key] for figures in all_figures) / len(all_figures)
        for key in all_figures[0]
    }


def mixed_precision(device: str, config: RunConfig) -> AbstractContextManager[None]:
    """Context in which a recipe calls its network: bf16 where the run wants it."""
    kind = torch.device(device).type
    wanted = config.precision == 'bf16' or (config.precision == 'auto' and kind == 'cuda')
    return torch.autocast(kind, torch.bfloat16, enabled=wanted)


def set_rates(recipe: Recipe[B], peaks: list[list[float]], step: int) -> None:
    """Give every group of the optimisers its learning rate of a step."""
    share = recipe.rate(step)
    for optimizer, group_peaks in zip(recipe.optimizers, peaks, strict=True):
        for group, peak in zip(optimizer.param_groups, group_peaks, strict=True):
            group['lr'] = peak * share


def batches(
    make_batch: BatchMaker[B], first: int, config: RunConfig, process: ProcessRank
) -> Iterator[B]:
    """Endless batches of this process, from number `first`, made by worker processes."""
    loader = DataLoader(
        _Batches(make_batch, first, process),
        batch_size=None,
        num_workers=config.num_workers,
        prefetch_factor=4 if config.num_workers else None,
    )
    return iter(loader)


class _Batches(IterableDataset, Generic[B]):
    def __init__(self, make_batch: BatchMaker[B], first: int, process: ProcessRank) -> None:
        self.make_batch, self.first, self.process = make_batch, first, process

    def __iter__(self) -> Iterator[B]:
        """Yield this worker's share of the batches."""
        info = get_worker_info()
        if info is not None:
            torch.set_num_threads(1)
        worker, num_workers = (info.id, info.num_workers) if info else (0, 1)
        index = self.first + worker
        while True:
            yield self.make_batch(index, self.process)
            index += num_workers


@dataclass(slots=True, kw_only=True)
class RunState(Generic[B]):
    """All that a run needs to go on.

    Attributes:
        recipe: Its network and optimisers.
        average: Mean of the network over the steps; None when the last weights count.
        step: Optimiser steps done.
        seconds: Time that they took [s].
    """

    recipe: Recipe[B]
    average: nn.Module | None
    step: int = 0
    seconds: float = 0.0

    @torch.no_grad()
    def update_average(self, decay: float) -> None:
        """Move the average towards the current weights; early steps are soon forgotten."""
        if self.average is None:
            return
        decay = min(decay, self.step / (self.step + 20))
        current = self.recipe.net.state_dict().values()
        for mean, value in zip(self.average.state_dict().values(), current, strict=True):
            if mean.is_floating_point():
                mean.lerp_(value, 1.0 - decay)
            else:
                mean.copy_(value)

    def write(self, path: Path) -> None:
        """Write everything; an interruption leaves the previous file whole."""
        state = {
            'net': self.recipe.net.state_dict(),
            'average': self.average and self.average.state_dict(),
            'optimizers': [optimizer.state_dict() for optimizer in self.recipe.optimizers],
            'step': self.step,
            'seconds': self.seconds,
        }
        unfinished = path.with_suffix('.tmp')
        torch.save(state, unfinished)
        unfinished.replace(path)

    def read(self, path: Path, device: str) -> None:
        """Take everything from a file.

        Raises:
            CheckpointError: there is none, or it is of another run.
        """
        if not path.is_file():
            raise CheckpointError(f'nothing to resume at {path}; start without --resume')
        state = torch.load(path, map_location=device, weights_only=True)
        try:
            self.recipe.net.load_state_dict(state['net'])
            if self.average is not None:
                self.average.load_state_dict(state['average'] or state['net'])
            for optimizer, saved in zip(self.recipe.optimizers, state['optimizers'], strict=True):
                optimizer.load_state_dict(saved)
        except (RuntimeError, ValueError) as error:
            raise CheckpointError(
                f'{path} belongs to another run; resume with the configuration that began it:'
                f' {error}'
            ) from error
        self.step, self.seconds = state['step'], state['seconds']


def _first_average(net: nn.Module, config: RunConfig) -> nn.Module | None:
    return copy.deepcopy(net) if config.ema_decay > 0.0 else None


def _log(out: Path, config: RunConfig, state: RunState[B], figures: dict[str, float]) -> None:
    entry = {'step': state.step, 'seconds': round(state.seconds, 1), **figures}
    with (out / 'log.jsonl').open('a') as log:
        log.write(json.dumps(entry) + '\n')
    if state.step % 50 == 0:
        logger.info('step %d of %d: %s', state.step, config.num_steps, figures)
