# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights of GeoSAM2 and SAM 2. The released files have the names of the networks.

Training begins with a file of SAM 2, whose tensors then get other names.
"""

from __future__ import annotations

import re
from pathlib import Path

from torch import Tensor

from part_seg_ros.models.geosam2.config import NAIVE, PRESETS, GeoSam2Config, ablated
from part_seg_ros.models.geosam2.model import GeoSam2Net
from part_seg_ros.models.weights_file import load_preset, read_tensors

# What a file may be of; the names are told where it does not fit.
_KNOWN = PRESETS | {
    f'{preset}, setting {setting}': config
    for preset in ('official', 'tiny')
    for setting, config in (
        ('lora=false', ablated(PRESETS[preset], lora=False)),
        ('point_maps=false', ablated(PRESETS[preset], point_maps=False)),
        (f'fusion={NAIVE}', ablated(PRESETS[preset], fusion=NAIVE)),
    )
}
_WRAPPED = re.compile(r'(image_encoder\.trunk\.blocks\.\d+\.attn\.qkv)\.')


def load_network(config: GeoSam2Config, path: Path) -> GeoSam2Net:
    """Build a network with the weights of a file, on the CPU.

    Args:
        config: Sizes that the file was made for.
        path: The released `geosam2.pt`, or a file with the same names.

    Raises:
        CheckpointError: the file is missing, damaged, or of other names, shapes or types.
    """
    return load_preset(GeoSam2Net, config, read_tensors(path), path, _KNOWN)


def start_from_sam2(net: GeoSam2Net, path: Path) -> None:
    """Put the weights of plain SAM 2 into a network; what SAM 2 has not stays as it is.

    Both encoders begin with the one encoder of SAM 2. While low-rank updates and fusion are zero,
    as a new network has them, it answers as SAM 2 does.

    Args:
        net: Of any device.
        path: File of SAM 2 with a trunk of that size, such as `sam2.1_hiera_base_plus.pt`.

    Raises:
        CheckpointError: the file is missing, damaged, or of another network.
    """
    plain = ablated(net.config, lora=False, point_maps=False)
    loaded = load_preset(GeoSam2Net, plain, read_tensors(path), path, _KNOWN).state_dict()
    net.load_state_dict(_for_both_encoders(loaded, net.config), strict=False)


def _for_both_encoders(tensors: dict[str, Tensor], config: GeoSam2Config) -> dict[str, Tensor]:
    """Name the tensors of plain SAM 2 as the whole network does."""
    if config.lora_rank:
        tensors = {_WRAPPED.sub(r'\1.qkv.', name): value for name, value in tensors.items()}
    if not config.has_points:
        return tensors
    return tensors | {
        name.replace('image_encoder.', 'pos_map_encoder.', 1): value
        for name, value in tensors.items()
        if name.startswith('image_encoder.')
    }
