# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files: those of the releases side by side, or one file of ours with all networks."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.registry import (
    SEGVIGEN_AUTOENCODERS,
    SEGVIGEN_BASE,
    SEGVIGEN_FLOWS,
    SEGVIGEN_IMAGE_ENCODER,
)
from part_seg_ros.models.released_weights import ReleasedFile, checked_sha256, locate
from part_seg_ros.models.segvigen.config import SegvigenConfig
from part_seg_ros.models.segvigen.flow_model import SegvigenFlow
from part_seg_ros.models.segvigen.model import SegvigenNet, flow_config
from part_seg_ros.models.segvigen.published_config import (
    decoder_config,
    encoder_config,
    read_arguments,
)
from part_seg_ros.models.weights_file import load_strictly, read_tensors, without_prefix

# Where the image encoder lies in the folder of all files.
IMAGE_FOLDER = 'dinov3'
_LIGHTNING_PREFIX = 'gen3dseg.'
_FLOWS, _IMAGE_ENCODER = 'flows', 'image_encoder'


def find_released(checkpoint: Path | None) -> dict[str, Path]:
    """Find the files of the releases.

    Args:
        checkpoint: The folder that holds them; one of the flow networks' files, to have its mode
            alone; None for the usual place.

    Returns:
        Paths by the names of the networks in `SegvigenNet`: `shape_encoder`, `tex_encoder`,
        `tex_decoder`, one `flows.MODE` or more, and `image_encoder` where it is there.

    Raises:
        CheckpointError: an autoencoder is missing, or there is no flow network at all.
    """
    folder = checkpoint
    wanted = dict(SEGVIGEN_FLOWS)
    if checkpoint is not None and not os.path.isdir(checkpoint):
        folder = checkpoint.parent
        wanted = {mode: file for mode, file in wanted.items() if file.name == checkpoint.name}
    files = find_autoencoders(folder)
    for mode, file in wanted.items():
        place = file.place if folder is None else folder / file.name
        if place.is_file():
            files[f'{_FLOWS}.{mode}'] = locate(file, folder)
    if not any(name.startswith(_FLOWS) for name in files):
        locate(next(iter(wanted.values())), folder)  # raises, and says how to fetch it
    return files


def find_autoencoders(folder: Path | None) -> dict[str, Path]:
    """Find the files that all modes share, among those of `find_released`.

    Raises:
        CheckpointError: an autoencoder is missing.
    """
    files = {name: locate(file, folder) for name, file in SEGVIGEN_AUTOENCODERS.items()}
    image_file = SEGVIGEN_IMAGE_ENCODER
    place = image_file.place if folder is None else folder / IMAGE_FOLDER / image_file.name
    if place.is_file():
        files[_IMAGE_ENCODER] = place
    return files


def is_released(checkpoint: Path | None) -> bool:
    """Whether a path means files of the releases: a folder, one of their names, or none."""
    names = {file.name for file in SEGVIGEN_FLOWS.values()}
    return checkpoint is None or os.path.isdir(checkpoint) or checkpoint.name in names


def load_released(config: SegvigenConfig, files: Mapping[str, Path]) -> SegvigenNet:
    """Build the networks that there are files for and load them strictly, on the CPU.

    The release loads its autoencoders leniently; with its other backend of sparse convolution it
    then answers with random weights. Here that is refused.

    Args:
        config: Sizes; those of the autoencoders are taken from JSON files beside the weights where
            there are any.
        files: From `find_released`.

    Raises:
        CheckpointError: a file is damaged or does not fit.
    """
    config = _published_sizes(config, files)
    modes = [name.removeprefix(f'{_FLOWS}.') for name in files if name.startswith(_FLOWS)]
    with torch.device('meta'):
        net = SegvigenNet(config, modes, has_image_encoder=_IMAGE_ENCODER in files)
    for name, path in files.items():
        tensors = without_prefix(read_tensors(path), _LIGHTNING_PREFIX)
        network = net.get_submodule(name)
        load_strictly(network, in_types_of(network, tensors), path)
    return net.eval()


def load_to_train(config: SegvigenConfig, folder: Path, modes: Sequence[str]) -> SegvigenNet:
    """Load what training begins with, on the CPU: released files, and the base of the flows.

    Args:
        config: As for `load_released`.
        folder: With the autoencoders, and for each mode its flow network or the one of TRELLIS.2
            that all of them came from. What that lacks is drawn at random: the vector of clicks.
        modes: To be trained.

    Raises:
        CheckpointError: a file is missing, damaged or does not fit.
    """
    files = find_autoencoders(folder)
    for mode in modes:
        path = folder / SEGVIGEN_FLOWS[mode].name
        if path.is_file():
            files[f'{_FLOWS}.{mode}'] = path
    fresh = [mode for mode in modes if f'{_FLOWS}.{mode}' not in files]
    base = folder / SEGVIGEN_BASE.name
    if fresh:
        locate(SEGVIGEN_BASE, folder)
    net = load_released(config, files)
    for mode in fresh:
        flow = SegvigenFlow(flow_config(config, mode))
        tensors = read_tensors(base)
        load_strictly(flow.flow_model, in_types_of(flow.flow_model, tensors), base)
        net.flows[mode] = flow
    return net.eval()


def load_own(config: SegvigenConfig, path: Path) -> SegvigenNet:
    """Build the networks that a file with the state dict of a `SegvigenNet` has weights for.

    Args:
        config: Sizes that the file was made for.
        path: The file.

    Raises:
        CheckpointError: the file is missing, damaged or does not fit.
    """
    tensors = read_tensors(path)
    parts = [name.split('.') for name in tensors]
    modes = list(dict.fromkeys(part[1] for part in parts if part[0] == _FLOWS and len(part) > 1))
    unknown = [mode for mode in modes if mode not in SEGVIGEN_FLOWS]
    if unknown or not modes:
        raise CheckpointError(
            f'{path} has no weights of a flow network of SegviGen; its first tensor is'
            f' {next(iter(tensors))!r}, wanted are such as flows.interactive.flow_model…'
        )
    has_image_encoder = any(part[0] == _IMAGE_ENCODER for part in parts)
    with torch.device('meta'):
        net = SegvigenNet(config, modes, has_image_encoder=has_image_encoder)
    load_strictly(net, in_types_of(net, tensors), path)
    return net.eval()


def in_types_of(net: nn.Module, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Return tensors in the floating-point types of a network's own.

    Files hold some in 16 bits that the release computes with in 32; nothing is lost by that.
    """
    wanted = net.state_dict()
    return {
        name: tensor.to(wanted[name].dtype)
        if name in wanted and tensor.is_floating_point()
        else tensor
        for name, tensor in tensors.items()
    }


def released_sha256(files: Mapping[str, Path]) -> str:
    """Return one sha256 over those of the files of `find_released`, in hexadecimal.

    Raises:
        CheckpointError: a file cannot be read, or lies in the place of a released one and is
            another.
    """
    digests = [checked_sha256(_released_file(name), path) for name, path in files.items()]
    return hashlib.sha256('\n'.join(digests).encode()).hexdigest()


def _released_file(name: str) -> ReleasedFile:
    if name == _IMAGE_ENCODER:
        return SEGVIGEN_IMAGE_ENCODER
    if name in SEGVIGEN_AUTOENCODERS:
        return SEGVIGEN_AUTOENCODERS[name]
    return SEGVIGEN_FLOWS[name.removeprefix(f'{_FLOWS}.')]


def _published_sizes(config: SegvigenConfig, files: Mapping[str, Path]) -> SegvigenConfig:
    """Return the sizes that JSON files beside the autoencoders' weights give, where there are any.

    Both encoders are of one size here.
    """
    for name in ('shape_encoder', 'tex_encoder'):
        sizes = files[name].with_suffix('.json')
        if sizes.is_file() and encoder_config(read_arguments(sizes)) != config.encoder:
            raise CheckpointError(f'{sizes} is of other sizes than the preset: {config.encoder}')
    sizes = files['tex_decoder'].with_suffix('.json')
    if sizes.is_file():
        return replace(config, decoder=decoder_config(read_arguments(sizes)))
    return config
