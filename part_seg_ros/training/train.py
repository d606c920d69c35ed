# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training of the bundled network; one run, read from top to bottom."""

from __future__ import annotations

import copy
import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.utils.data import DataLoader

from part_seg_ros.config import to_mapping
from part_seg_ros.errors import CheckpointError, ConfigError
from part_seg_ros.models.compact.checkpoint import load_network
from part_seg_ros.models.compact.encoder import distances
from part_seg_ros.models.compact.model import CompactNet
from part_seg_ros.models.compact.tensors import ClickTensors, CloudTensors, EncodedRows
from part_seg_ros.models.device import choose_device
from part_seg_ros.training.clicks import next_clicks
from part_seg_ros.training.config import LossConfig, TrainConfig
from part_seg_ros.training.distributed import (
    ProcessRank,
    average_gradients,
    own_device,
    process_group,
)
from part_seg_ros.training.losses import (
    candidate_loss,
    embedding_loss,
    name_loss,
    patch_name_loss,
)
from part_seg_ros.training.optimizer import make_optimizers
from part_seg_ros.training.samples import ProceduralBatches, TrainingBatch

logger = logging.getLogger(__name__)

BEST_FEEDBACK_SHARE = 0.3  # how often the best candidate, not the chosen one, is refined
CLICK_SLIPS = 0.04  # share that miss what was meant by a little
CLICK_NOISE = 0.2  # share of corrective clicks that hit any wrong point, not the deepest


def learning_rate(config: TrainConfig, step: int) -> float:
    """Linear warm-up, constant, then linear to one hundredth of the peak.

    Until the decay begins the length of the run does not matter: a run may be resumed with another
    `num_steps` and decays towards that.
    """
    warm = min(1.0, (step + 1) / max(1, config.warmup_steps))
    rest = max(0.0, 1.0 - step / config.num_steps)
    return config.learning_rate * warm * max(0.01, min(1.0, rest / config.decay_share))


def cloud_tensors(batch: dict[str, Tensor], num_anchors: int) -> CloudTensors:
    """Pick the cloud's tables out of a batch; the first rows are the anchors."""
    count = len(batch['points'])
    anchor_rows = torch.arange(num_anchors, device=batch['points'].device).expand(count, -1)
    names = ('points', 'normals', 'rows', 'near_idx', 'wide_idx', 'patch_idx', 'interp_idx')
    return CloudTensors(
        **{name: batch[name] for name in names},
        anchor_rows=anchor_rows,
        interp_weights=batch['interp_weights'],
    )


def num_rounds(config: TrainConfig, generator: torch.Generator) -> int:
    """Draw the number of clicks of a step: short rounds often, long ones now and then."""
    draw = _uniform(generator)
    return 2 + int(draw**2.5 * (config.max_rounds - 1) * 0.999)


def _uniform(generator: torch.Generator) -> float:
    return torch.rand((), generator=generator, device=generator.device).item()


def run_rounds(
    net: CompactNet,
    encoded: EncodedRows,
    batch: dict[str, Tensor],
    config: TrainConfig,
    generator: torch.Generator,
) -> dict[str, float]:
    """Click, answer, learn, click again; gradients reach `encoded` as if it were a leaf.

    The first round learns, and one of the later ones; the others only move the mask on.

    Returns:
        Figures of the step: loss, IoU chosen and best of the first round, IoU of the last round.
    """
    targets, weights = batch['targets'], batch['weights']
    row_distances = distances(encoded.points, encoded.points)
    granularity = batch['granularity']
    draw = torch.rand(granularity.shape, generator=generator, device=generator.device)
    granularity = torch.where(draw < config.granularity_dropout, -1.0, granularity)
    rows = batch['click_rows'].unsqueeze(-1)
    labels = torch.ones_like(rows)
    rounds = num_rounds(config, generator)
    later = 1 if _uniform(generator) < 0.4 else 1 + int(_uniform(generator) * (rounds - 1))
    previous, figures, learned = None, {}, 0
    for turn in range(rounds):
        learns = turn in (0, later)
        clicks = ClickTensors(rows=rows, labels=labels, granularity=granularity, previous=previous)
        with torch.set_grad_enabled(learns):
            decoded = net.decode(encoded, clicks, weights=weights)
            loss, iou = candidate_loss(decoded.mask_logits, decoded.iou_pred, targets, weights)
            naming = config.loss.mask_names * name_loss(decoded.name_logits, batch['names'], iou)
        if learns:
            (loss + naming).backward()
            learned += 1
        choice = decoded.iou_pred.argmax(-1, keepdim=True)
        if turn == 0:
            figures['loss'] = loss.item()
            figures['iou_1'] = torch.gather(iou, -1, choice).mean().item()
            figures['iou_1_best'] = iou.amax(-1).mean().item()
            figures['name'] = naming.item()
            if _uniform(generator) < BEST_FEEDBACK_SHARE:
                choice = iou.argmax(-1, keepdim=True)
        elif turn == 1:
            figures['iou_2'] = iou.mean().item()
        figures['iou_last'] = torch.gather(iou, -1, choice).mean().item()
        if turn + 1 == rounds:
            break
        logits = decoded.mask_logits.detach()
        choice = choice.unsqueeze(-1).expand(-1, -1, 1, logits.shape[-1])
        previous = torch.gather(logits, 2, choice).squeeze(2)
        new_rows, new_labels = next_clicks(
            row_distances,
            targets,
            previous > 0,
            generator,
            noise=CLICK_NOISE,
            slips=CLICK_SLIPS,
        )
        rows = torch.cat([rows, new_rows.unsqueeze(-1)], -1)
        labels = torch.cat([labels, new_labels.unsqueeze(-1)], -1)
    contrast, naming = point_losses(net, encoded, batch, config.loss)
    (learned * (contrast + naming)).backward()
    figures['contrast'] = contrast.item()
    figures['patch_name'] = naming.item()
    figures['rounds'] = float(rounds)
    figures['learned'] = float(learned)
    return figures


def point_losses(
    net: CompactNet, encoded: EncodedRows, batch: dict[str, Tensor], weights: LossConfig
) -> tuple[Tensor, Tensor]:
    """Contrast of the embedding at every third anchor, and names of the patches: two scalars."""
    num_anchors = batch['anchor_parts'].shape[1]
    contrast = embedding_loss(
        encoded.embedding[:, :num_anchors:3],
        batch['anchor_parts'][:, ::3],
        batch['anchor_groups'][:, ::3],
    )
    patch_names = net.patch_names(encoded.tokens)
    naming = patch_name_loss(patch_names, batch['anchor_names'][:, : patch_names.shape[1]])
    return weights.embedding * contrast, weights.patch_names * naming


def learn_names(
    net: CompactNet, batch: dict[str, Tensor], weights: LossConfig
) -> dict[str, float]:
    """Add the gradients of clouds without masks; returns the figure of the names."""
    num_anchors = batch['anchor_parts'].shape[1]
    encoded = net.encode(cloud_tensors(batch, num_anchors))
    contrast, naming = point_losses(net, encoded, batch, weights)
    (contrast + naming).backward()
    return {'patch_name_alone': naming.item()}


def detached(encoded: EncodedRows) -> tuple[EncodedRows, list[tuple[Tensor, Tensor]]]:
    """Cut the embedding off its graph; returns it and the (output, leaf) pairs to join again."""
    pairs = []
    leaves = {}
    for name in encoded.__dataclass_fields__:
        value = getattr(encoded, name)
        if value.requires_grad:
            leaf = value.detach().requires_grad_()
            pairs.append((value, leaf))
            value = leaf
        leaves[name] = value
    return EncodedRows(**leaves), pairs


def train_step(
    net: CompactNet,
    optimizers: list[torch.optim.Optimizer],
    batch: TrainingBatch,
    config: TrainConfig,
    generator: torch.Generator,
    process: ProcessRank,
) -> dict[str, float]:
    """One optimiser step on this process's share of a batch; returns its figures."""
    net.zero_grad(set_to_none=True)
    device = batch.prompted['points'].device.type
    with torch.autocast(device, torch.bfloat16, enabled=device == 'cuda'):
        encoded = net.encode(cloud_tensors(batch.prompted, config.model.num_anchors))
        leaf, pairs = detached(encoded)
        figures = run_rounds(net, leaf, batch.prompted, config, generator)
    outputs = [output for output, copied in pairs if copied.grad is not None]
    torch.autograd.backward(
        outputs, [copied.grad for _, copied in pairs if copied.grad is not None]
    )
    for parameter in net.parameters():
        if parameter.grad is not None:
            parameter.grad /= figures['learned']
    if batch.named is not None:
        with torch.autocast(device, torch.bfloat16, enabled=device == 'cuda'):
            figures |= learn_names(net, batch.named, config.loss)
    average_gradients(net, process)
    torch.nn.utils.clip_grad_norm_(net.parameters(), config.gradient_norm)
    for optimizer in optimizers:
        optimizer.step()
    return figures


@torch.no_grad()
def update_average(average: CompactNet, net: CompactNet, decay: float) -> None:
    """Move the averaged weights towards the current ones."""
    for mean, value in zip(average.state_dict().values(), net.state_dict().values(), strict=True):
        mean.lerp_(value, 1.0 - decay)


def batches(config: TrainConfig, first_step: int, process: ProcessRank) -> Iterator[TrainingBatch]:
    """Endless batches of this process's clouds, made by worker processes.

    Raises:
        ConfigError: the clouds of a step cannot be shared out evenly.
    """
    shares = []
    for setting_name in ('batch_clouds', 'named_clouds'):
        count = getattr(config, setting_name)
        share, rest = divmod(count, process.world_size)
        if rest:
            raise ConfigError(
                f'{setting_name} {count} must be a multiple of the {process.world_size} processes'
            )
        shares.append(range(process.rank * share, (process.rank + 1) * share))
    loader = DataLoader(
        ProceduralBatches(config, first_step, *shares),
        batch_size=None,
        num_workers=config.num_workers,
        prefetch_factor=4 if config.num_workers else None,
    )
    return iter(loader)


def train(
    config: TrainConfig,
    out: Path,
    *,
    resume: bool = False,
    init: Path | None = None,
    until: int | None = None,
) -> Path:
    """Train and keep a resumable checkpoint in `out`.

    Args:
        config: The run.
        out: Folder of `state.pt` (everything to go on), `compact.safetensors` with its JSON (the
            averaged weights) and `log.jsonl` (the curve).
        resume: Go on from `out/state.pt`.
        init: Weights to start from (safetensors of the same sizes).
        until: Stop after this step, to resume later; None for the end of the run.

    Returns:
        The path of the averaged weights.

    Raises:
        CheckpointError: `resume` or `init` without a fitting file.
    """
    device = own_device(choose_device(config.device))
    if config.num_threads:
        torch.set_num_threads(config.num_threads)
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    net = CompactNet(config.model).to(device)
    if init is not None:
        net.load_state_dict(load_network(init).state_dict())
    average = copy.deepcopy(net)
    optimizers = make_optimizers(net, config)
    step, seconds = 0, 0.0
    if resume:
        state = read_state(out / 'state.pt', device)
        net.load_state_dict(state['net'])
        average.load_state_dict(state['average'])
        for optimizer, saved in zip(optimizers, state['optimizers'], strict=True):
            optimizer.load_state_dict(saved)
        step, seconds = state['step'], state['seconds']
    generator = torch.Generator(device)
    started = time.monotonic() - seconds
    last_step = min(config.num_steps, until or config.num_steps)
    with process_group(device) as process:
        stream = batches(config, step, process)
        while step < last_step:
            batch = next(stream).to(device)
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group['lr'] = learning_rate(config, step)
            generator.manual_seed(config.seed * 1_000_003 + step)
            figures = train_step(net, optimizers, batch, config, generator, process)
            step += 1
            update_average(average, net, min(config.ema_decay, step / (step + 20)))
            if process.rank > 0:
                continue
            seconds = time.monotonic() - started
            with (out / 'log.jsonl').open('a') as log:
                log.write(
                    json.dumps({'step': step, 'seconds': round(seconds, 1), **figures}) + '\n'
                )
            if step % 50 == 0:
                logger.info('step %d of %d: %s', step, config.num_steps, figures)
            if step % config.checkpoint_every == 0 or step == last_step:
                save_state(out / 'state.pt', net, average, optimizers, step, seconds)
                save_weights(average, config, out, step, seconds)
    return out / 'compact.safetensors'


def save_state(
    path: Path,
    net: CompactNet,
    average: CompactNet,
    optimizers: list[torch.optim.Optimizer],
    step: int,
    seconds: float,
) -> None:
    """Write everything needed to go on; an interruption leaves the previous file whole."""
    state = {
        'net': net.state_dict(),
        'average': average.state_dict(),
        'optimizers': [optimizer.state_dict() for optimizer in optimizers],
        'step': step,
        'seconds': seconds,
    }
    unfinished = path.with_suffix('.tmp')
    torch.save(state, unfinished)
    unfinished.replace(path)


def read_state(path: Path, device: str) -> dict:
    """Read the state of a run to go on with.

    Raises:
        CheckpointError: there is none.
    """
    if not path.is_file():
        raise CheckpointError(f'nothing to resume at {path}; start without --resume')
    return torch.load(path, map_location=device, weights_only=True)


def save_weights(
    net: CompactNet, config: TrainConfig, out: Path, step: int, seconds: float
) -> None:
    """Write weights as safetensors and their JSON: sizes, step, training time [s]."""
    weights = {name: value.contiguous().cpu() for name, value in net.state_dict().items()}
    save_file(weights, out / 'compact.safetensors')
    record = {
        'config': to_mapping(config.model),
        'training': to_mapping(config),
        'step': step,
        'seconds': round(seconds),
    }
    (out / 'compact.json').write_text(json.dumps(record, indent=2) + '\n')
