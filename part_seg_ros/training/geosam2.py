# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Fine-tuning of GeoSAM2: SAM 2 learns to follow parts through views of normals and points."""

from __future__ import annotations

import functools
import logging
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from part_seg_ros.models.geosam2.checkpoint import start_from_sam2
from part_seg_ros.models.geosam2.config import PRESETS, ablated
from part_seg_ros.models.geosam2.model import (
    Decoded,
    GeoSam2Net,
    Memories,
    ViewFeatures,
    ViewMasks,
    join_views,
)
from part_seg_ros.models.geosam2.propagation import Slots, plan_round, propagate, stack_objects
from part_seg_ros.models.geosam2.view_prompts import BOX_CORNERS
from part_seg_ros.training.click_recipe import start
from part_seg_ros.training.geosam2_config import GeoSam2TinyTraining, GeoSam2Training
from part_seg_ros.training.geosam2_losses import ViewLosses, view_losses
from part_seg_ros.training.geosam2_views import (
    PromptedObjects,
    PromptedViews,
    PromptKind,
    geosam2_batch,
)
from part_seg_ros.training.labeled_recipe import LabeledRecipe
from part_seg_ros.training.schedule import cosine

__all__ = ['GeoSam2Recipe', 'GeoSam2TinyTraining', 'GeoSam2Training', 'learns']

_LEARNING = ('.linear_a_', '.linear_b_', 'feature_fusion.', '.iou_prediction_head.')

logger = logging.getLogger(__name__)


class GeoSam2Recipe(LabeledRecipe[GeoSam2Training, GeoSam2Net]):
    """GeoSAM2, fine-tuned from SAM 2 on views of objects whose parts are known.

    Source:
        GeoSAM2 (arXiv 2508.14036), training; see `GeoSam2Training`. A part is prompted in one
        view and followed through the next; no clicks correct it on the way.
    """

    weights_name = 'geosam2.safetensors'

    def __init__(self, config: GeoSam2Training, *, init: Path | None = None) -> None:
        """Build the network at random, from the weights `init` or from plain SAM 2.

        Raises:
            CheckpointError: `init` or the file of SAM 2 does not fit.
            ConfigError: both are given.
            InputError: the folder of meshes is missing or empty.
        """
        torch.manual_seed(config.seed)
        sizes = ablated(
            PRESETS[config.preset],
            lora=config.lora,
            point_maps=config.point_maps,
            fusion=config.fusion,
        )
        net = GeoSam2Net(sizes).eval()
        start(net, init, config.sam2, start_from_sam2)
        if init is None and not config.sam2:
            logger.warning(
                'without a file of SAM 2 (setting sam2) or weights of GeoSAM2 (--init) what does'
                ' not learn stays as it was drawn: random'
            )
        for name, parameter in net.named_parameters():
            parameter.requires_grad_(learns(name))
        learning = [each for each in net.parameters() if each.requires_grad]
        super().__init__(config, net, [{'params': learning}], geosam2_batch)

    def rate(self, step: int) -> float:
        """Share of the first rate by `cosine`."""
        return cosine(step, num_steps=self.config.num_steps, last=self.config.last_rate)

    def clip_gradients(self) -> None:
        """Limit their norm."""
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), self.config.gradient_norm)

    def learn(self, batch: PromptedObjects, generator: torch.Generator) -> dict[str, float]:
        """Learn from each object in turn, so that memory is that of one.

        Returns:
            Means over the objects: `loss`, its terms, each summed over the views, and `iou`, the
            mean true IoU over the views that show the part.
        """
        figures = {'loss': 0.0, 'mask': 0.0, 'iou_pred': 0.0, 'presence': 0.0, 'iou': 0.0}
        share = 1.0 / len(batch.objects)
        for each in batch.objects:
            with self.precision():
                losses = self._follow(each)
            loss = torch.stack([weight * answer.total for weight, answer in losses]).sum()
            (share * loss).backward()
            figures['loss'] += share * loss.item()
            for name in ('mask', 'iou_pred', 'presence'):
                terms = [weight * getattr(answer, name).item() for weight, answer in losses]
                figures[name] += share * sum(terms)
            ious = torch.cat([answer.iou for _, answer in losses])
            figures['iou'] += share * ious.nanmean().item()
        return figures

    def _follow(self, views: PromptedViews) -> list[tuple[float, ViewLosses]]:
        """Prompt the first view, follow the parts through the others, and judge every answer.

        Returns:
            What each answer costs, with its weight: 1 for the answer for all parts in a view.
        """
        features = join_views(
            [
                checkpoint(self._encode, normals[None], points[None], use_reentrant=False)
                for normals, points in zip(views.normals, views.points, strict=True)
            ]
        )
        losses, answers, num_parts = [], [], len(views.kinds)
        for part in range(num_parts):
            answer, decoded = self._answer(features, views, part)
            answers.append(answer)
            if decoded is not None:
                of_part = view_losses(decoded, views.targets[part : part + 1, 0])
                losses.append((1.0 / num_parts, of_part))
        said: list[Decoded] = []
        track = functools.partial(self._track, said)
        plan = plan_round(len(views.normals), 0, Slots.PLAIN)
        steps = [
            step.view_idx
            for step, _ in propagate(self.net, features, stack_objects(answers), plan, track)
        ]
        losses += [
            (1.0, view_losses(decoded, views.targets[:, view]))
            for view, decoded in zip(steps[1:], said, strict=True)
        ]
        return losses

    def _encode(self, normals: Tensor, points: Tensor) -> ViewFeatures:
        return self.net.project(self.net.encode_levels(normals, points))

    def _answer(
        self, features: ViewFeatures, views: PromptedViews, part: int
    ) -> tuple[ViewMasks, Decoded | None]:
        """Answer the prompt for one part; a mask answers itself, so nothing is decoded."""
        kind, view = PromptKind(int(views.kinds[part])), features.view(0)
        if kind is PromptKind.MASK:
            return self.net.prompt_with_masks(view, views.targets[part, 0][None, None]), None
        labels = BOX_CORNERS if kind is PromptKind.BOX else (1,)
        coords = views.coords[part, : len(labels)][None]
        decoded = self.net.decode_clicks(
            view, coords, torch.tensor([labels], dtype=torch.int32, device=coords.device)
        )
        return self.net.choose(decoded), decoded

    def _track(self, said: list[Decoded], view: ViewFeatures, memories: Memories) -> ViewMasks:
        """Track as the network does, and note what it said of all candidates."""
        said.append(self.net.decode_remembered(view, memories))
        return self.net.choose(said[-1])


def learns(name: str) -> bool:
    """Say whether a parameter of that name learns: low-rank updates, fusion, IoU head."""
    return any(part in name for part in _LEARNING)
