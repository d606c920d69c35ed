# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What systems around one torch network share: its device, its name, the way in and clicks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from part_seg_ros.errors import InputError
from part_seg_ros.models.system import Capabilities, check_prompt
from part_seg_ros.structures import PointPrompt, Prompt

NetT = TypeVar('NetT', bound=nn.Module)
SettingsT = TypeVar('SettingsT')


class NetworkSystem(Generic[NetT, SettingsT]):
    """A network on its device, and the settings of what is around it; base of systems.

    Attributes:
        net: The network, in evaluation mode.
        device: `cpu`, `cuda` or `cuda:N`.
        name: Of the preset; the system's own where none is given.
        weights_sha256: Of its weights, '' where they are random.
        settings: What a caller may want otherwise.
        settings_type: Type of the settings, which has a default for each.
        capabilities: What it accepts.
        part_names: None.
    """

    settings_type: type[SettingsT]
    capabilities: Capabilities
    name: str
    part_names: tuple[str, ...] = ()

    def __init__(
        self,
        net: NetT,
        device: str,
        *,
        name: str = '',
        weights_sha256: str = '',
        settings: SettingsT | None = None,
    ) -> None:
        """Move a network to its device; without settings these are the defaults."""
        self.net = net.to(device).eval()
        self.device = device
        self.name = name or type(self).name
        self.weights_sha256 = weights_sha256
        self.settings = settings or self.settings_type()

    def _tensor(self, array: np.ndarray) -> Tensor:
        """Return a float32 array on the device, as a batch of one."""
        tensor = torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))
        return tensor[None].to(self.device)

    def _clicks(self, prompts: Sequence[Prompt]) -> list[PointPrompt]:
        """Return the prompts if they are such as the system takes: clicks, equally many in each.

        Raises:
            InputError: they are not.
        """
        clicks = []
        for prompt in prompts:
            check_prompt(self.name, self.capabilities, prompt)
            if not isinstance(prompt, PointPrompt):
                raise InputError(f'{self.name} takes clicks only, got a {type(prompt).__name__}')
            clicks.append(prompt)
        if len({len(prompt.prompt_labels) for prompt in clicks}) > 1:
            raise InputError('prompts of one batch must have the same number of clicks each')
        return clicks
