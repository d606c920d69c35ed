# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training of the bundled network: clicks on procedural clouds, names and embedding."""

from __future__ import annotations

import functools
from pathlib import Path

import torch
from torch import Tensor, nn

from part_seg_ros.config import to_mapping
from part_seg_ros.models.compact.checkpoint import load_network
from part_seg_ros.models.compact.encoder import distances
from part_seg_ros.models.compact.model import CompactNet
from part_seg_ros.models.compact.tensors import ClickTensors, CloudTensors, EncodedRows
from part_seg_ros.models.device import choose_device
from part_seg_ros.training.clicks import next_clicks
from part_seg_ros.training.config import LossConfig, TrainConfig
from part_seg_ros.training.distributed import own_device
from part_seg_ros.training.loop import mixed_precision
from part_seg_ros.training.losses import (
    candidate_loss,
    embedding_loss,
    name_loss,
    patch_name_loss,
)
from part_seg_ros.training.optimizer import make_optimizers
from part_seg_ros.training.samples import TrainingBatch, procedural_batch
from part_seg_ros.training.schedule import trapezoid
from part_seg_ros.training.tensor_records import backward_through, detached
from part_seg_ros.training.weights_output import write_weights

NUM_LEARNING_ROUNDS = 2  # the first and a later one
BEST_FEEDBACK_SHARE = 0.3  # how often the best candidate, not the chosen one, is refined
CLICK_SLIPS = 0.04  # share that miss what was meant by a little
CLICK_NOISE = 0.2  # share of corrective clicks that hit any wrong point, not the deepest


class CompactRecipe:
    """The bundled network, trained on procedural clouds."""

    weights_name = 'compact.safetensors'

    def __init__(self, config: TrainConfig, *, init: Path | None = None) -> None:
        """Build the network, from the weights `init` (of the same sizes) or at random.

        Raises:
            CheckpointError: `init` does not fit.
        """
        self.config = config
        self.device = own_device(choose_device(config.device))
        torch.manual_seed(config.seed)
        self.net = CompactNet(config.model).to(self.device)
        if init is not None:
            self.net.load_state_dict(load_network(init).state_dict())
        self.optimizers = make_optimizers(self.net, config)
        self.make_batch = functools.partial(procedural_batch, config)

    def rate(self, step: int) -> float:
        """Share of the peak by `trapezoid`."""
        return trapezoid(
            step,
            num_steps=self.config.num_steps,
            warmup_steps=self.config.warmup_steps,
            decay_share=self.config.decay_share,
        )

    def learn(self, batch: TrainingBatch, generator: torch.Generator) -> dict[str, float]:
        """Learn from clicks on the prompted clouds, and names from the others."""
        with mixed_precision(self.device, self.config):
            encoded = self.net.encode(cloud_tensors(batch.prompted, self.config.model.num_anchors))
            leaf, pairs = detached(encoded)
            figures = run_rounds(self.net, leaf, batch.prompted, self.config, generator)
        backward_through(pairs)
        if batch.named is not None:
            with mixed_precision(self.device, self.config):
                figures |= learn_names(self.net, batch.named, self.config.loss)
        return figures

    def clip_gradients(self) -> None:
        """Limit their norm."""
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.config.gradient_norm)

    def save(self, net: nn.Module, path: Path, step: int, seconds: float) -> None:
        """Write safetensors and their JSON: sizes, settings, step, training time [s]."""
        record = {
            'config': to_mapping(self.config.model),
            'training': to_mapping(self.config),
            'step': step,
            'seconds': round(seconds),
        }
        write_weights(net, path, record)


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
    previous, figures = None, {}
    for turn in range(rounds):
        learns = turn in (0, later)
        clicks = ClickTensors(rows=rows, labels=labels, granularity=granularity, previous=previous)
        with torch.set_grad_enabled(learns):
            decoded = net.decode(encoded, clicks, weights=weights)
            loss, iou = candidate_loss(decoded.mask_logits, decoded.iou_pred, targets, weights)
            naming = config.loss.mask_names * name_loss(decoded.name_logits, batch['names'], iou)
        if learns:
            ((loss + naming) / NUM_LEARNING_ROUNDS).backward()
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
    (contrast + naming).backward()
    figures['contrast'] = contrast.item()
    figures['patch_name'] = naming.item()
    figures['rounds'] = float(rounds)
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
