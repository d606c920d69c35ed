# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sizes as the JSON files beside published weights give them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.segvigen.config import DecoderConfig, EncoderConfig, FlowConfig

# Choices of the constructors that have one value here.
_FIXED = {
    'pe_mode': 'rope',
    'share_mod': True,
    'qk_rms_norm': True,
    'qk_rms_norm_cross': True,
}
_BLOCKS = {
    'block_type': 'SparseConvNeXtBlock3d',
    'down_block_type': 'SparseResBlockS2C3d',
    'up_block_type': 'SparseResBlockC2S3d',
}


def encoder_config(path: Path) -> EncoderConfig:
    """Read the sizes of an encoder from `{"name": …, "args": {…}}`.

    Raises:
        CheckpointError: the file is no such JSON, or of a network that is not built here.
    """
    args = _arguments(path, ('model_channels', 'num_blocks', 'latent_channels'))
    return EncoderConfig(
        in_channels=args.get('in_channels', EncoderConfig().in_channels),
        widths=tuple(args['model_channels']),
        num_blocks=tuple(args['num_blocks']),
        latent_channels=args['latent_channels'],
        dtype=_half(args),
    )


def decoder_config(path: Path, *, is_shape: bool = False) -> DecoderConfig:
    """Read the sizes of a decoder, of shapes or of textures.

    Raises:
        CheckpointError: as for `encoder_config`.
    """
    args = _arguments(path, ('model_channels', 'num_blocks', 'latent_channels'))
    return DecoderConfig(
        out_channels=args.get('out_channels', 7 if is_shape else 6),
        widths=tuple(args['model_channels']),
        num_blocks=tuple(args['num_blocks']),
        latent_channels=args['latent_channels'],
        predicts_cells=args.get('pred_subdiv', is_shape),
        dtype=_half(args),
    )


def flow_config(path: Path, *, has_points: bool) -> FlowConfig:
    """Read the sizes of a flow network, which does not say whether it takes points.

    Raises:
        CheckpointError: as for `encoder_config`.
    """
    wanted = ('model_channels', 'cond_channels', 'num_blocks', 'num_heads', 'mlp_ratio')
    args = _arguments(path, wanted)
    return FlowConfig(
        latent_channels=args.get('out_channels', FlowConfig().latent_channels),
        width=args['model_channels'],
        cond_channels=args['cond_channels'],
        num_blocks=args['num_blocks'],
        num_heads=args['num_heads'],
        mlp_ratio=args['mlp_ratio'],
        has_points=has_points,
        dtype=args.get('dtype', 'float32'),
    )


def _half(args: Mapping[str, Any]) -> str:
    return 'float16' if args.get('use_fp16') else 'float32'


def _arguments(path: Path, wanted: tuple[str, ...]) -> dict[str, Any]:
    try:
        args = json.loads(path.read_text())['args']
        missing = [name for name in wanted if name not in args]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f'{path} is no JSON file with the args of a network ({error})'
        ) from error
    if missing:
        raise CheckpointError(f'{path} lacks {", ".join(missing)} among its args')
    for name, value in _FIXED.items():
        if args.get(name, value) != value:
            raise CheckpointError(
                f'{path}: {name} {args[name]!r} is not built here, only {value!r}'
            )
    for name, kind in _BLOCKS.items():
        if set(args.get(name, [kind])) != {kind}:
            raise CheckpointError(f'{path}: {name} {args[name]} is not built here, only {kind}')
    return args
