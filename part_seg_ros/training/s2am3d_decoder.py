# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Stage 2 of S2AM3D's training: one click and a scale to a mask, on features that stay."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.errors import ConfigError
from part_seg_ros.models.partfield_weights import read_partfield, start_trunk
from part_seg_ros.models.registry import S2AM3D_ENCODER
from part_seg_ros.models.s2am3d.checkpoint import predictor_tensors
from part_seg_ros.models.s2am3d.click_simulation import simulated_click
from part_seg_ros.models.s2am3d.config import PRESETS
from part_seg_ros.models.s2am3d.model import MaskPredictor, S2am3dNet
from part_seg_ros.models.weights_file import load_strictly, read_tensors
from part_seg_ros.training.call_losses import hard_iou
from part_seg_ros.training.cloud_sources import MaskedCloud
from part_seg_ros.training.s2am3d_clouds import (
    CloudBatch,
    NetworkCloud,
    network_input,
)
from part_seg_ros.training.s2am3d_config import (
    S2am3dDecoderTraining,
    S2am3dTinyDecoderTraining,
)
from part_seg_ros.training.s2am3d_losses import balanced_cross_entropy, dice_loss
from part_seg_ros.training.s2am3d_stage import S2am3dStage

__all__ = ['S2am3dDecoderRecipe', 'S2am3dDecoderTraining', 'S2am3dTinyDecoderTraining']

logger = logging.getLogger(__name__)

_PREDICTOR = 'predictor.'


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClickedCloud(NetworkCloud):
    """A cloud and the masks that are asked for.

    Attributes:
        targets: (M, N) bool.
        click_idx: (M,) int64 clicked point of each.
        scales: (M,) float32 share of the points that each has.
    """

    targets: Tensor
    click_idx: Tensor
    scales: Tensor


class S2am3dDecoderRecipe(S2am3dStage[S2am3dDecoderTraining, S2am3dNet, ClickedCloud]):
    """Enhancer, decoder and head, trained on the frozen encoder; the weights hold both halves.

    Source:
        S2AM3D (arXiv 2512.00995), scale-aware prompt decoder. That both losses weigh the same is
        ours. The release drops units and paths at rates that are not known to us; here nothing is
        dropped but the scale.
    """

    weights_name = 's2am3d.safetensors'

    def __init__(self, config: S2am3dDecoderTraining, *, init: Path | None = None) -> None:
        """Build the network.

        Args:
            config: The run.
            init: Weights of the encoder, those of stage 1 or of the release; or a file with both
                halves.

        Raises:
            CheckpointError: a file does not fit.
            ConfigError: there is no `init`.
            InputError: the folder of meshes is missing or empty.
        """
        if init is None:
            raise ConfigError(
                's2am3d_decoder learns on a trained encoder; give its weights by --init, for'
                ' example s2am3d_encoder.safetensors of the recipe s2am3d_encoder'
            )
        torch.manual_seed(config.seed)
        net = S2am3dNet(PRESETS[config.preset])
        start_network(net, init)
        if config.decoder_weights:
            start_predictor(net.predictor, Path(config.decoder_weights))
        net.encoder.eval().requires_grad_(False)
        super().__init__(config, net, net.predictor, clicked_cloud)

    def learn(
        self, batch: CloudBatch[ClickedCloud], generator: torch.Generator
    ) -> dict[str, float]:
        """Learn from one cloud after the other, with a scale or all of them without.

        Returns:
            `loss`, its summands `cross_entropy` and `dice`, and the `iou` of points more likely in
            the part than not.
        """
        with_scale = keeps_scale(self.config.scale_dropout, generator)
        all_figures = []
        for cloud in batch.clouds:
            with torch.no_grad():
                features = self.net.encoder(cloud.coords, cloud.point_feature)
            with self.precision():
                mask_logits = answer(self.net.predictor, features, cloud, with_scale=with_scale)
            mask_logits = mask_logits.float()
            cross_entropy = balanced_cross_entropy(mask_logits, cloud.targets).mean()
            dice = dice_loss(mask_logits, cloud.targets).mean()
            loss = cross_entropy + dice
            (loss / len(batch.clouds)).backward()
            iou = hard_iou(mask_logits, cloud.targets).mean()
            figures = [loss.detach(), cross_entropy.detach(), dice.detach(), iou]
            all_figures.append(torch.stack(figures))
        means = torch.stack(all_figures).mean(0).tolist()
        return dict(zip(('loss', 'cross_entropy', 'dice', 'iou'), means, strict=True))


def start_network(net: S2am3dNet, path: Path) -> None:
    """Load both halves where a file has them, else the encoder alone; log the licence's limits.

    Raises:
        CheckpointError: the file is missing, damaged or does not fit.
    """
    tensors = read_partfield(path)
    if any(name.startswith(_PREDICTOR) for name in tensors):
        load_strictly(net, tensors, path)
    else:
        start_trunk(net.encoder, tensors, path)
    logger.warning('%s: if made from released files, %s', path, S2AM3D_ENCODER.restriction)


def start_predictor(predictor: MaskPredictor, path: Path) -> None:
    """Load enhancer, decoder and head from the release's file, or from one with both halves.

    Raises:
        CheckpointError: the file is missing, damaged or does not fit.
    """
    tensors = read_tensors(path)
    own = {n.removeprefix(_PREDICTOR): t for n, t in tensors.items() if n.startswith(_PREDICTOR)}
    load_strictly(predictor, own or predictor_tensors(path), path)


def keeps_scale(dropout: float, generator: torch.Generator) -> bool:
    """Draw whether a batch is told the scales."""
    return torch.rand((), generator=generator, device=generator.device).item() >= dropout


def clicked_cloud(
    config: S2am3dDecoderTraining, cloud: MaskedCloud, rng: np.random.Generator
) -> ClickedCloud:
    """Choose masks of a cloud and click on each."""
    chosen = rng.permutation(len(cloud.masks))[: config.num_masks]
    targets = cloud.masks[chosen]
    prepared = network_input(config, cloud)
    points = prepared['coords'][0].numpy()
    clicks = [_click(config, points, target, rng) for target in targets]
    return ClickedCloud(
        **prepared,
        targets=torch.from_numpy(targets),
        click_idx=torch.tensor(clicks),
        scales=torch.from_numpy(targets.mean(axis=1).astype(np.float32)),
    )


def _click(
    config: S2am3dDecoderTraining,
    points: np.ndarray,
    target: np.ndarray,
    rng: np.random.Generator,
) -> int:
    if rng.random() < config.central_share:
        return simulated_click(points, target)
    return int(rng.choice(np.flatnonzero(target)))


def answer(
    predictor: MaskPredictor, features: Tensor, cloud: ClickedCloud, *, with_scale: bool
) -> Tensor:
    """Return the (M, N) logits of the masks that a cloud is asked for.

    Args:
        predictor: The network behind the encoder.
        features: (1, N, C) from the encoder.
        cloud: The prompts.
        with_scale: Tell the scales.
    """
    count = len(cloud.targets)
    features, coords = (table.expand(count, -1, -1) for table in (features, cloud.coords))
    shared = predictor.enhance(features, coords, cloud.scales if with_scale else None)
    return predictor(shared, cloud.click_idx)
