# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sizes as the JSON files beside published weights give them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.segvigen.config import (
    DecoderConfig,
    EncoderConfig,
    FlowConfig,
    ImageConfig,
)

# Choices of the constructors that have one value here.
_FIXED = {
    'pe_mode': 'rope',
    'share_mod': True,
    'qk_rms_norm': True,
    'qk_rms_norm_cross': True,
    'hidden_act': 'gelu',
    'key_bias': False,
}
_BLOCKS = {
    'block_type': 'SparseConvNeXtBlock3d',
    'down_block_type': 'SparseResBlockS2C3d',
    'up_block_type': 'SparseResBlockC2S3d',
}


def read_arguments(path: Path) -> dict[str, Any]:
    """Read the arguments of a network's constructor from `{"name": …, "args": {…}}`.

    Raises:
        CheckpointError: the file is no such JSON.
    """
    try:
        arguments = json.loads(path.read_text())['args']
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(
            f'{path} is no JSON file with the args of a network ({error})'
        ) from error
    if not isinstance(arguments, dict):
        raise CheckpointError(f'{path}: args must map names to values, got {arguments!r}')
    return arguments


def encoder_config(arguments: Mapping[str, Any]) -> EncoderConfig:
    """Return the sizes of an encoder that is constructed with these arguments.

    Raises:
        CheckpointError: it is not built here, or an argument is missing.
    """
    _check(arguments, ('model_channels', 'num_blocks', 'latent_channels'))
    return EncoderConfig(
        in_channels=arguments.get('in_channels', EncoderConfig().in_channels),
        widths=tuple(arguments['model_channels']),
        num_blocks=tuple(arguments['num_blocks']),
        latent_channels=arguments['latent_channels'],
        dtype=_half(arguments),
    )


def decoder_config(arguments: Mapping[str, Any]) -> DecoderConfig:
    """Return the sizes of a decoder, of shapes or of textures.

    Raises:
        CheckpointError: as for `encoder_config`.
    """
    _check(arguments, ('model_channels', 'num_blocks', 'latent_channels', 'out_channels'))
    return DecoderConfig(
        out_channels=arguments['out_channels'],
        widths=tuple(arguments['model_channels']),
        num_blocks=tuple(arguments['num_blocks']),
        latent_channels=arguments['latent_channels'],
        predicts_cells=arguments.get('pred_subdiv', True),
        dtype=_half(arguments),
    )


def flow_config(arguments: Mapping[str, Any], *, has_points: bool) -> FlowConfig:
    """Return the sizes of a flow network; the arguments do not say whether it takes points.

    Raises:
        CheckpointError: as for `encoder_config`.
    """
    wanted = ('model_channels', 'cond_channels', 'num_blocks', 'num_heads', 'mlp_ratio')
    _check(arguments, (*wanted, 'out_channels'))
    return FlowConfig(
        latent_channels=arguments['out_channels'],
        width=arguments['model_channels'],
        cond_channels=arguments['cond_channels'],
        num_blocks=arguments['num_blocks'],
        num_heads=arguments['num_heads'],
        mlp_ratio=arguments['mlp_ratio'],
        has_points=has_points,
        dtype=arguments.get('dtype', 'float32'),
    )


def image_config(arguments: Mapping[str, Any]) -> ImageConfig:
    """Return the sizes of the image encoder by the names of the `transformers` package.

    Raises:
        CheckpointError: as for `encoder_config`.
    """
    wanted = ('hidden_size', 'intermediate_size', 'num_hidden_layers', 'num_attention_heads')
    _check(arguments, wanted)
    return ImageConfig(
        width=arguments['hidden_size'],
        inner=arguments['intermediate_size'],
        num_layers=arguments['num_hidden_layers'],
        num_heads=arguments['num_attention_heads'],
        num_registers=arguments.get('num_register_tokens', ImageConfig().num_registers),
        patch=arguments.get('patch_size', ImageConfig().patch),
        rope_theta=arguments.get('rope_theta', ImageConfig().rope_theta),
    )


def _half(arguments: Mapping[str, Any]) -> str:
    return 'float16' if arguments.get('use_fp16') else 'float32'


def _check(arguments: Mapping[str, Any], wanted: tuple[str, ...]) -> None:
    missing = [name for name in wanted if name not in arguments]
    if missing:
        raise CheckpointError(f'the arguments of the network lack {", ".join(missing)}')
    for name, value in _FIXED.items():
        if arguments.get(name, value) != value:
            raise CheckpointError(f'{name} {arguments[name]!r} is not built here, only {value!r}')
    for name, kind in _BLOCKS.items():
        if set(arguments.get(name, [kind])) != {kind}:
            raise CheckpointError(f'{name} {arguments[name]} is not built here, only {kind}')
