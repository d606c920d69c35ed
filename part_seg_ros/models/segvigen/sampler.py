# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From noise to a latent along the velocities of a flow network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import ConfigError

Velocity = Callable[[Tensor, float], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplerSettings:
    """How a latent is sampled; the defaults are those of the release."""

    num_steps: int = setting(12, 'Euler steps.', minimum=1)
    guidance: float = setting(
        1.0,
        'Strength of the picture: 1 asks once a step; above 1 the answer without a picture is'
        ' subtracted, at twice the time; 0 ignores the picture.',
        minimum=0.0,
    )
    guidance_from: float = setting(
        0.6, 'Lowest time of guidance; 1 is noise, 0 the end.', minimum=0.0, maximum=1.0
    )
    guidance_to: float = setting(0.9, 'Highest time of guidance.', minimum=0.0, maximum=1.0)
    guidance_rescale: float = setting(
        0.0,
        'Share by which guided latents get the spread of those without guidance.',
        minimum=0.0,
        maximum=1.0,
    )
    rescale_t: float = setting(3.0, 'Above 1, steps are shorter near the noise.', minimum=1e-3)
    sigma_min: float = setting(1e-5, 'Noise that is left at time 0.', minimum=0.0)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)
        if self.guidance_from > self.guidance_to:
            raise ConfigError(
                f'guidance_from must not be above guidance_to, got {self.guidance_from} and'
                f' {self.guidance_to}'
            )

    @property
    def times(self) -> list[float]:
        """The num_steps + 1 times from 1 to 0, equal to the last bit to those of the release.

        The last bit decides whether a time on the border of the guidance lies inside.
        """
        shares = np.linspace(1, 0, self.num_steps + 1).tolist()
        rate = self.rescale_t
        return [rate * u / (1 + (rate - 1) * u) for u in shares]


def sample(
    noise: Tensor,
    velocity: Velocity,
    null_velocity: Velocity | None,
    settings: SamplerSettings,
    on_step: Callable[[int], None] | None = None,
) -> Tensor:
    """Follow the velocities from noise to a latent.

    Args:
        noise: (N, D) float32 normally distributed; of one object where spreads are rescaled.
        velocity: From a latent and its time to its velocity, with the picture.
        null_velocity: The same without; None where there is no picture, and nothing to guide.
        settings: Steps and guidance.
        on_step: Told the number of steps done, before each; it may raise to stop.

    Returns:
        (N, D) the latent at time 0.

    Source:
        TRELLIS.2, flow-Euler sampler with guidance in an interval of time.
    """
    latent, times = noise, settings.times
    for idx in range(settings.num_steps):
        if on_step is not None:
            on_step(idx)
        time, following = times[idx], times[idx + 1]
        move = _guided(latent, time, velocity, null_velocity, settings)
        latent = latent - (time - following) * move
    return latent


def _guided(
    latent: Tensor,
    time: float,
    velocity: Velocity,
    null_velocity: Velocity | None,
    settings: SamplerSettings,
) -> Tensor:
    strength = settings.guidance
    is_inside = settings.guidance_from <= time <= settings.guidance_to
    if null_velocity is None or strength == 1.0 or not is_inside:
        return velocity(latent, time)
    if strength == 0.0:
        return null_velocity(latent, time)
    plain = velocity(latent, time)
    guided = strength * plain + (1 - strength) * null_velocity(latent, time)
    if settings.guidance_rescale == 0.0:
        return guided
    return _rescaled(latent, time, plain, guided, settings)


def _rescaled(
    latent: Tensor, time: float, plain: Tensor, guided: Tensor, settings: SamplerSettings
) -> Tensor:
    """Bring the spread of the guided end point nearer to that of the unguided one."""
    sigma, share = settings.sigma_min, settings.guidance_rescale
    slope = sigma + (1 - sigma) * time
    end_plain, end_guided = ((1 - sigma) * latent - slope * move for move in (plain, guided))
    rescaled = end_guided * (torch.std(end_plain) / torch.std(end_guided))
    end = share * rescaled + (1 - share) * end_guided
    return ((1 - sigma) * latent - end) / slope
