# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training of SegviGen's flow networks on labelled meshes."""

from __future__ import annotations

import functools
import logging
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from part_seg_ros.config import to_mapping
from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.device import choose_device
from part_seg_ros.models.segvigen.checkpoint import in_types_of, load_own, load_to_train
from part_seg_ros.models.segvigen.config import NUM_HALVINGS, PRESETS
from part_seg_ros.models.segvigen.model import SegvigenNet
from part_seg_ros.models.segvigen.sampler import SamplerSettings
from part_seg_ros.models.segvigen.sparse.resampling import pyramid
from part_seg_ros.models.segvigen.sparse.sites import Sites
from part_seg_ros.training.distributed import own_device
from part_seg_ros.training.labeled_objects import object_source
from part_seg_ros.training.loop import mixed_precision
from part_seg_ros.training.segvigen_config import SegvigenTinyTraining, SegvigenTraining
from part_seg_ros.training.segvigen_objects import PaintedObject, PaintedObjects, segvigen_batch
from part_seg_ros.training.weights_output import write_tensors

__all__ = ['SegvigenRecipe', 'SegvigenTinyTraining', 'SegvigenTraining']

_SIGMA = SamplerSettings().sigma_min
# Times are drawn as the sigmoid of a normal number around this: more of them near the noise.
_TIME_MEAN = 1.0

logger = logging.getLogger(__name__)


class SegvigenRecipe:
    """The flow networks, trained to turn noise into the latent of the object in target colours.

    Autoencoders and image encoder stay as they are. All weights have 32 bits while they learn.

    Source:
        SegviGen (arXiv 2603.16869), Sec. 3, and the training scripts that its repository once had;
        three networks as released, not one for all tasks as in the paper.
    """

    weights_name = 'segvigen.safetensors'

    def __init__(self, config: SegvigenTraining, *, init: Path | None = None) -> None:
        """Take the networks to the device of the run.

        Args:
            config: The run.
            init: A folder of released files, whose flow networks may be missing where the base of
                TRELLIS.2 is there; or a file that a run left; None for random weights.

        Raises:
            CheckpointError: `init` does not fit, or lacks a mode or the image encoder.
            InputError: the folder of meshes is missing or empty.
        """
        self.config = config
        self.device = own_device(choose_device(config.device))
        torch.manual_seed(config.seed)
        sizes = PRESETS[config.preset]
        if init is None:
            logger.warning(
                'without --init the autoencoders stay as they were drawn: random; what is learned'
                ' serves to try the training alone'
            )
            net = SegvigenNet(sizes, config.modes)
        elif init.is_dir():
            net = load_to_train(sizes, init, config.modes)
        else:
            net = load_own(sizes, init)
        _check(net, config, init)
        self.net = net.float().to(self.device).eval()
        self.net.requires_grad_(False)
        self.net.flows.requires_grad_(True)
        self.optimizers: list[torch.optim.Optimizer] = [
            torch.optim.AdamW(
                self.net.flows.parameters(),
                lr=config.learning_rate,
                weight_decay=config.weight_decay,
            )
        ]
        source = object_source(config.meshes, up_axis=config.up_axis, free_share=config.free_share)
        self.make_batch = functools.partial(segvigen_batch, config, source)
        self.precision = functools.partial(mixed_precision, self.device, config)

    def rate(self, step: int) -> float:
        """Share of the rate: always all of it."""
        return 1.0

    def learn(self, batch: PaintedObjects, generator: torch.Generator) -> dict[str, float]:
        """Learn the velocities of noisy latents.

        Returns:
            `loss`, the mean squared error over all objects; and that of each mode, where the batch
            has them all.
        """
        errors: dict[str, list[float]] = {}
        for one in batch.objects:
            loss = self.loss(one, generator)
            (loss / len(batch.objects)).backward()
            errors.setdefault(one.mode, []).append(loss.item())
        every = [error for found in errors.values() for error in found]
        figures = {'loss': sum(every) / len(every)}
        if len(errors) == len(self.config.modes):
            figures |= {mode: sum(found) / len(found) for mode, found in errors.items()}
        return figures

    def loss(self, one: PaintedObject, generator: torch.Generator) -> Tensor:
        """Return the mean squared error of the velocities of one object at a random time."""
        net = self.net
        with torch.no_grad():
            sites = Sites(one.coords)
            steps = pyramid(sites, NUM_HALVINGS)
            shape = net.shape_latent(one.shape_values, sites, steps)
            texture = net.texture_latent(one.texture_values, sites, steps)
            target = net.texture_latent(one.target_values, sites, steps)
            tokens = net.null_tokens()
            if one.picture is not None:
                tokens = net.image_tokens(one.picture)
        noise = torch.randn(target.shape, generator=generator, device=target.device)
        drawn = torch.randn(1, generator=generator, device=target.device)
        time = torch.sigmoid(drawn + _TIME_MEAN)
        noisy = (1 - time) * target + (_SIGMA + (1 - _SIGMA) * time) * noise
        flow = net.flow(one.mode)
        with self.precision():
            context = flow.context(
                steps[-1].coarse, shape, texture, one.click_cells, one.click_labels
            )
            velocity = flow(noisy, time, context, flow.remember([tokens]))
        return F.mse_loss(velocity.float(), (1 - _SIGMA) * noise - target)

    def clip_gradients(self) -> None:
        """Limit the length of the gradient of each network, since they learn apart."""
        for flow in self.net.flows.values():
            torch.nn.utils.clip_grad_norm_(flow.parameters(), self.config.gradient_norm)

    def save(self, net: SegvigenNet, path: Path, step: int, seconds: float) -> None:
        """Write safetensors in the types of the release, and their JSON: settings, step, time [s].

        The file holds all networks, the frozen ones too, and loads alone.
        """
        with torch.device('meta'):
            like = SegvigenNet(
                net.config, list(net.flows), has_image_encoder=net.image_encoder is not None
            )
        record = {'training': to_mapping(self.config), 'step': step, 'seconds': round(seconds)}
        write_tensors(in_types_of(like, net.state_dict()), path, record)


def _check(net: SegvigenNet, config: SegvigenTraining, init: Path | None) -> None:
    """Refuse weights that lack a mode of the run, or the encoder of the pictures it draws."""
    missing = [mode for mode in config.modes if mode not in net.flows]
    if missing:
        raise CheckpointError(
            f'{init} has no weights for {", ".join(missing)}; train {", ".join(net.flows)} alone'
            ' (setting modes), or give a file that has them'
        )
    if net.image_encoder is None and config.null_share < 1.0:
        raise CheckpointError(
            f'{init} has no weights of the image encoder, which pictures need; add them, or train'
            ' without pictures: null_share: 1'
        )
