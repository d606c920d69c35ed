# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training of PartSAM."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import torch

from part_seg_ros.evaluation.metrics import PARTSAM_CLICKS
from part_seg_ros.models.partsam.checkpoint import start_branches
from part_seg_ros.models.partsam.config import PRESETS
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.training.call_losses import CallWeights
from part_seg_ros.training.click_recipe import ClickRecipe, start
from part_seg_ros.training.click_rounds import learn_from_clicks
from part_seg_ros.training.partsam_clouds import PartSamClouds, partsam_batch
from part_seg_ros.training.partsam_config import PartSamTinyTraining, PartSamTraining
from part_seg_ros.training.schedule import staircase
from part_seg_ros.training.tensor_records import backward_through, detached
from part_seg_ros.training.triplets import triplet_loss

__all__ = ['PartSamRecipe', 'PartSamTinyTraining', 'PartSamTraining']

logger = logging.getLogger(__name__)


class PartSamRecipe(ClickRecipe[PartSamTraining, PartSamNet]):
    """PartSAM, trained by clicks and triplets on labelled clouds.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.3 and App. A.1.4, and where it differs its release.
    """

    weights_name = 'partsam.safetensors'

    def __init__(self, config: PartSamTraining, *, init: Path | None = None) -> None:
        """Build the network at random, from the weights `init` or its branches from PartField.

        Raises:
            CheckpointError: `init` or the PartField file does not fit.
            ConfigError: both are given.
            InputError: the folder of meshes is missing or empty.
        """
        torch.manual_seed(config.seed)
        net = PartSamNet(PRESETS[config.preset])
        start(net, init, config.partfield, start_branches)
        if init is None and not config.partfield:
            logger.warning(
                'without a PartField file (setting partfield) or weights of PartSAM (--init) one'
                ' branch of the encoder stays as it was drawn: random'
            )
        net.pc_encoder.partfield.eval()
        super().__init__(config, net, parameter_groups(net, config), partsam_batch)

    def rate(self, step: int) -> float:
        """Share of the first rate by `staircase`."""
        return staircase(step, every=self.config.decay_every, factor=self.config.decay)

    def learn(self, batch: PartSamClouds, generator: torch.Generator) -> dict[str, float]:
        """Learn from clicks and triplets; see `learn_from_clicks` for the other figures."""
        num_calls, clouds = self.config.num_calls, batch.prompted
        shares = 2 * num_calls + 1
        with self.precision():
            encoded = self.net.encode(clouds.points, clouds.colors, batch.normals, clouds.groups)
        leaf, pairs = detached(encoded)
        figures = learn_from_clicks(
            self.net,
            leaf,
            clouds,
            num_calls=num_calls,
            weights=CallWeights(mask=2 / shares, iou_pred=1 / shares),
            rule=PARTSAM_CLICKS,
            precision=self.precision,
        )
        triplet = triplet_loss(leaf.part_features, batch.triplet_rows)
        loss = self.config.triplet_weight / shares * triplet
        loss.backward()
        backward_through(pairs)
        figures['loss'] += loss.item()
        return figures | {'triplet': triplet.item()}


def parameter_groups(net: PartSamNet, config: PartSamTraining) -> list[dict[str, Any]]:
    """Return what learns in two groups: the encoder at its share of the rate, and the rest."""
    encoder = [p for p in net.pc_encoder.parameters() if p.requires_grad]
    known = {id(p) for p in net.pc_encoder.parameters()}
    others = [p for p in net.parameters() if id(p) not in known]
    return [
        {'params': encoder, 'lr': config.learning_rate * config.encoder_rate},
        {'params': others},
    ]
