# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""3×3×3 convolution over occupied cells alone, which stay the same cells."""

from __future__ import annotations

import functools
import importlib.util
import math

import torch
from torch import Tensor, nn

from part_seg_ros.errors import BackendMissingError
from part_seg_ros.layers.linear import linear
from part_seg_ros.models.segvigen.sparse.sites import OFFSETS, Sites

BACKENDS = ('auto', 'plain', 'spconv')
_CENTER = len(OFFSETS) // 2
# Values of a product that is in memory at once.
CHUNK_VALUES = 1 << 24


class SubmanifoldConv(nn.Module):
    """Submanifold convolution: `out[v] = bias + Σ weight[:, o + 1, :] · features[v + o]`.

    Cells that are not occupied count as zero and get no output. On a dense grid it is `conv3d`
    with padding 1 and `weight.permute(0, 4, 1, 2, 3)`.

    Attributes:
        weight: (O, 3, 3, 3, C), kernel axes in the order x, y, z; the layout of `spconv`.
        bias: (O,).
        backend: `spconv`, `plain` (torch only), or `auto` for `spconv` where it is installed.
    """

    backend = 'auto'

    def __init__(self, num_inputs: int, num_outputs: int) -> None:
        """Build the kernel."""
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(num_outputs, 3, 3, 3, num_inputs))
        self.bias = nn.Parameter(torch.zeros(num_outputs))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the kernel as `nn.Conv3d` does."""
        bound = 1 / math.sqrt(27 * self.weight.shape[-1])
        nn.init.uniform_(self.weight, -bound, bound)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, features: Tensor, sites: Sites) -> Tensor:
        """Convolve.

        Args:
            features: (N, C).
            sites: The N cells.

        Returns:
            (N, O).

        Raises:
            BackendMissingError: `spconv` was asked for and is not installed.
        """
        if _chosen(self.backend, features) == 'spconv':
            return convolve_by_spconv(features, sites, self.weight, self.bias)
        return convolve(features, sites, self.weight, self.bias)


def convolve(features: Tensor, sites: Sites, weight: Tensor, bias: Tensor) -> Tensor:
    """Convolve by gathering, multiplying and adding, neighbour by neighbour.

    Args:
        features: (N, C).
        sites: The N cells.
        weight: (O, 3, 3, 3, C).
        bias: (O,).

    Returns:
        (N, O).
    """
    taps = weight.flatten(1, 3)  # (O, 27, C)
    convolved = linear(features, taps[:, _CENTER], bias)
    chunk = max(CHUNK_VALUES // max(weight.shape[0], weight.shape[-1]), 1)
    for tap, (here, there) in enumerate(sites.neighbor_pairs):
        for target, source, kernel in (
            (here, there, taps[:, tap]),
            (there, here, taps[:, len(OFFSETS) - 1 - tap]),
        ):
            for targets, sources in zip(target.split(chunk), source.split(chunk), strict=True):
                products = linear(features[sources], kernel)
                convolved = convolved.index_add_(0, targets, products)
    return convolved


def convolve_by_spconv(features: Tensor, sites: Sites, weight: Tensor, bias: Tensor) -> Tensor:
    """Do the same with the package `spconv`.

    Raises:
        BackendMissingError: it is not installed.
    """
    if not has_spconv():
        raise BackendMissingError(
            'the sparse convolution was asked for by spconv, which is not installed; install it'
            " with pip install spconv (or spconv-cu120 for a GPU), or choose 'plain'"
        )
    from spconv.core import ConvAlgo
    from spconv.pytorch import functional

    pairs, counts = _spconv_pairs(sites)
    return (
        functional.indice_subm_conv(
            features.contiguous(), weight, pairs, counts, len(sites), ConvAlgo.Native
        )
        + bias
    )


def derive_tables(sites: Sites, dtype: torch.dtype) -> None:
    """Make what convolutions over these cells share, so that the first is as quick as the others.

    Args:
        sites: The cells.
        dtype: Of the features to come.
    """
    if _chosen(SubmanifoldConv.backend, sites.coords.new_empty(len(sites), 0, dtype=dtype)) == (
        'spconv'
    ):
        _spconv_pairs(sites)
    else:
        _ = sites.neighbor_pairs


@functools.cache
def has_spconv() -> bool:
    """Whether `spconv` is installed."""
    return importlib.util.find_spec('spconv') is not None


def _chosen(backend: str, features: Tensor) -> str:
    if backend != 'auto':
        return backend
    # Its CPU build has neither half precision nor a backward pass.
    is_supported = features.device.type == 'cuda' or (
        features.dtype == torch.float32 and not torch.is_grad_enabled()
    )
    return 'spconv' if has_spconv() and is_supported and len(features) else 'plain'


def _spconv_pairs(sites: Sites) -> tuple[Tensor, Tensor]:
    """Return the tables that `spconv` makes of the cells, once for each set of cells."""
    from spconv.core import ConvAlgo
    from spconv.pytorch import ops

    if 'spconv' not in sites.tables:
        coords = sites.coords.clone()
        coords[:, 1:] -= coords[:, 1:].amin(0)
        shape = (coords[:, 1:].amax(0) + 1).tolist()
        ones = [1, 1, 1]
        sites.tables['spconv'] = ops.get_indice_pairs(
            coords.int().contiguous(),
            len(sites.lengths),
            shape,
            ConvAlgo.Native,
            [3, 3, 3],
            ones,
            ones,
            ones,
            [0, 0, 0],
            subm=True,
        )[1:]
    pairs, counts = sites.tables['spconv']
    return pairs, counts
