# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Optimiser of a run: Muon on the matrices inside the network, AdamW on all the rest."""

from __future__ import annotations

from torch import nn
from torch.optim import AdamW, Muon, Optimizer

from part_seg_ros.training.config import TrainConfig

LEAST_SIDE = 32  # of a matrix that Muon moves
ADAM_NAMES = (  # inputs and outputs of the network, whose rows have a meaning of their own
    'mask_tokens',
    'iou_token',
    'label.weight',
    'patch_names',
    'iou_head.2',
    'name_head.2',
)


def make_optimizers(net: nn.Module, config: TrainConfig) -> list[Optimizer]:
    """Share the parameters out between the two.

    Muon's steps are scaled to the size of AdamW's, so one learning rate serves both.

    Source:
        Jordan et al. 2024 (Muon: hidden matrices only, AdamW for the rest); Liu et al. 2025,
        "Muon is scalable for LLM training" (scaling of the step).
    """
    matrices, others = [], []
    for name, parameter in net.named_parameters():
        is_hidden = parameter.ndim == 2 and min(parameter.shape) >= LEAST_SIDE
        inside = is_hidden and not any(part in name for part in ADAM_NAMES)
        (matrices if inside else others).append(parameter)
    adam = AdamW(
        others if config.muon else net.parameters(),
        lr=config.learning_rate,
        weight_decay=config.weight_decay,
        betas=(0.9, 0.98),
    )
    if not config.muon:
        return [adam]
    muon = Muon(
        matrices,
        lr=config.learning_rate,
        weight_decay=config.weight_decay,
        adjust_lr_fn='match_rms_adamw',
    )
    return [adam, muon]
