# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training of PartSAM."""

from __future__ import annotations

import functools
import logging
from pathlib import Path

import torch
from torch import nn

from part_seg_ros.config import to_mapping
from part_seg_ros.errors import ConfigError
from part_seg_ros.evaluation.metrics import PARTSAM_CLICKS
from part_seg_ros.models.device import choose_device
from part_seg_ros.models.partsam.checkpoint import start_branches
from part_seg_ros.models.partsam.config import PRESETS
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.models.weights_file import load_strictly, read_tensors
from part_seg_ros.training.call_losses import CallWeights
from part_seg_ros.training.click_rounds import learn_from_clicks
from part_seg_ros.training.distributed import own_device
from part_seg_ros.training.labeled_clouds import cloud_source
from part_seg_ros.training.loop import mixed_precision
from part_seg_ros.training.partsam_clouds import PartSamClouds, partsam_batch
from part_seg_ros.training.partsam_config import PartSamTinyTraining, PartSamTraining
from part_seg_ros.training.schedule import staircase
from part_seg_ros.training.tensor_records import backward_through, detached
from part_seg_ros.training.triplets import triplet_loss
from part_seg_ros.training.weights_output import write_weights

__all__ = ['PartSamRecipe', 'PartSamTinyTraining', 'PartSamTraining']

logger = logging.getLogger(__name__)


class PartSamRecipe:
    """PartSAM, trained by clicks and triplets on labelled clouds.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.3 and App. A.1, and where it differs its release.
    """

    weights_name = 'partsam.safetensors'

    def __init__(self, config: PartSamTraining, *, init: Path | None = None) -> None:
        """Build the network at random, from the weights `init` or its branches from PartField.

        Raises:
            CheckpointError: `init` or the PartField file does not fit.
            ConfigError: both are given.
            InputError: the folder of meshes is missing or empty.
        """
        self.config = config
        self.device = own_device(choose_device(config.device))
        torch.manual_seed(config.seed)
        self.net = _begin(config, init).to(self.device)
        self.optimizers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(parameter_groups(self.net, config), weight_decay=config.weight_decay)
        ]
        source = cloud_source(config.meshes, free_share=config.free_share)
        self.make_batch = functools.partial(partsam_batch, config, source)

    def rate(self, step: int) -> float:
        """Share of the first rate by `staircase`."""
        return staircase(step, every=self.config.decay_every, factor=self.config.decay)

    def learn(self, batch: PartSamClouds, generator: torch.Generator) -> dict[str, float]:
        """Learn from clicks and triplets; see `learn_from_clicks` for the other figures."""
        config = self.config
        shares = 2 * config.num_calls + 1
        precision = functools.partial(mixed_precision, self.device, config)
        clouds = batch.prompted
        with precision():
            encoded = self.net.encode(clouds.points, clouds.colors, batch.normals, clouds.groups)
        leaf, pairs = detached(encoded)
        figures = learn_from_clicks(
            self.net,
            leaf,
            clouds,
            num_calls=config.num_calls,
            weights=CallWeights(mask=2 / shares, iou_pred=1 / shares),
            rule=PARTSAM_CLICKS,
            precision=precision,
        )
        triplet = triplet_loss(leaf.part_features, batch.triplet_rows)
        loss = config.triplet_weight / shares * triplet
        loss.backward()
        backward_through(pairs)
        figures['loss'] += loss.item()
        return figures | {'triplet': triplet.item()}

    def clip_gradients(self) -> None:
        """Limit their values."""
        torch.nn.utils.clip_grad_value_(self.net.parameters(), self.config.gradient_value)

    def save(self, net: nn.Module, path: Path, step: int, seconds: float) -> None:
        """Write safetensors and their JSON: settings, step, training time [s]."""
        record = {'training': to_mapping(self.config), 'step': step, 'seconds': round(seconds)}
        write_weights(net, path, record)


def _begin(config: PartSamTraining, init: Path | None) -> PartSamNet:
    net = PartSamNet(PRESETS[config.preset])
    if init is not None and config.partfield:
        raise ConfigError(f'start from {init} or from PartField ({config.partfield}), not both')
    if init is not None:
        load_strictly(net, read_tensors(init), init)
    elif config.partfield:
        start_branches(net, Path(config.partfield))
    else:
        logger.warning(
            'without a PartField file (setting partfield) or weights of PartSAM (--init) one'
            ' branch of the encoder stays as it was drawn: random'
        )
    net.pc_encoder.partfield.eval()
    return net


def parameter_groups(net: PartSamNet, config: PartSamTraining) -> list[dict[str, object]]:
    """Return what learns in two groups: the encoder at its share of the rate, and the rest."""
    encoder = [p for p in net.pc_encoder.parameters() if p.requires_grad]
    known = {id(p) for p in net.pc_encoder.parameters()}
    others = [p for p in net.parameters() if id(p) not in known]
    return [
        {'params': encoder, 'lr': config.learning_rate * config.encoder_rate},
        {'params': others, 'lr': config.learning_rate},
    ]
