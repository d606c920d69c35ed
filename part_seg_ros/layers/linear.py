# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Linear maps that reach the full speed of an x86 CPU."""

from __future__ import annotations

import contextlib
import functools
import platform
from collections.abc import Iterator
from contextvars import ContextVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# Fewer rows gain nothing.
_MIN_ROWS = 64

_product_dtype: ContextVar[torch.dtype | None] = ContextVar('product_dtype', default=None)


class Linear(nn.Linear):
    """`nn.Linear` whose forward pass is `linear`."""

    def forward(self, features: Tensor) -> Tensor:
        """Map (..., in) to (..., out)."""
        return linear(features, self.weight, self.bias)


@contextlib.contextmanager
def products_in(dtype: torch.dtype) -> Iterator[None]:
    """Multiply in `dtype`, such as bfloat16, within this context and this thread.

    Only the products of this module, and weights that `packed` packs meanwhile: both factors and
    the product are rounded, the sum is taken in single precision, and what comes out has the type
    of the features. All else, such as places, norms and sums of residuals, stays as it is.
    """
    token = _product_dtype.set(dtype)
    try:
        yield
    finally:
        _product_dtype.reset(token)


def linear(features: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return `features @ weight.T + bias`.

    Without gradients on an x86 CPU the product is oneDNN's and not that of MKL, which on an AMD
    EPYC took a fifth longer, and three quarters longer for a width of 2730.

    Args:
        features: (..., in).
        weight: (out, in).
        bias: (out,) or None.

    Returns:
        (..., out).
    """
    if not _is_fast(features, weight):
        return _plain(features, weight, bias)
    return _fused(features, weight, bias, 'none')


def silu_linear(features: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return `silu(linear(features, weight, bias))`, which oneDNN does while it writes."""
    if not _is_fast(features, weight):
        return F.silu(_plain(features, weight, bias))
    return _fused(features, weight, bias, 'swish')


def gelu_linear(features: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return `gelu(linear(features, weight, bias))`, the exact one, which oneDNN does likewise."""
    if not _is_fast(features, weight):
        return F.gelu(_plain(features, weight, bias))
    return _fused(features, weight, bias, 'gelu')


def linear_plus(features: Tensor, weight: Tensor, bias: Tensor | None, summand: Tensor) -> Tensor:
    """Return `linear(features, weight, bias) + summand`, (..., out), without a pass of its own."""
    if not _is_fast(features, weight) or _dtype_of(features, weight) != features.dtype:
        return linear(features, weight, bias) + summand
    return torch.ops.mkldnn._linear_pointwise.binary(features, summand, _rows(weight), bias, 'add')


def linear_times(features: Tensor, weight: Tensor, bias: Tensor | None, factor: Tensor) -> Tensor:
    """Return `linear(features, weight, bias) * factor`, (..., out), without a pass of its own."""
    if not _is_fast(features, weight) or _dtype_of(features, weight) != features.dtype:
        return linear(features, weight, bias) * factor
    return torch.ops.mkldnn._linear_pointwise.binary(features, factor, _rows(weight), bias, 'mul')


def packed(weight: Tensor, num_rows: int) -> Tensor:
    """Bring a weight into the order that oneDNN reads, which it else does in every product.

    Args:
        weight: (out, in).
        num_rows: About how many rows it will be multiplied by at a time.

    Returns:
        What the functions of this module take as `weight`, and nothing else does; the weight
        itself where oneDNN is not used.
    """
    dtype = _dtype_of(weight, weight)
    if not (_is_plain(weight) and _has_onednn(dtype)):
        return weight
    return torch.ops.mkldnn._reorder_linear_weight(weight.to(dtype).contiguous(), num_rows)


def _plain(features: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    dtype = _dtype_of(features, weight)
    if dtype == features.dtype:
        return F.linear(features, weight, bias)
    own = None if bias is None else bias.to(dtype)
    return F.linear(features.to(dtype), weight.to(dtype), own).to(features.dtype)


def _fused(features: Tensor, weight: Tensor, bias: Tensor | None, activation: str) -> Tensor:
    dtype = _dtype_of(features, weight)
    own = None if bias is None else bias.to(dtype)
    rows = _rows(weight if weight.is_mkldnn else weight.to(dtype))
    approximation = 'none' if activation == 'gelu' else ''
    product = torch.ops.mkldnn._linear_pointwise(
        features.to(dtype), rows, own, activation, [], approximation
    )
    return product.to(features.dtype)


def _dtype_of(features: Tensor, weight: Tensor) -> torch.dtype:
    """Return the type in which these are multiplied; a packed weight has it already."""
    if weight.is_mkldnn:
        return weight.dtype
    return _product_dtype.get() or features.dtype


def _is_fast(features: Tensor, weight: Tensor) -> bool:
    if weight.is_mkldnn:
        return True
    has_rows = features.numel() >= _MIN_ROWS * features.shape[-1] > 0
    return has_rows and _is_plain(features) and _has_onednn(_dtype_of(features, weight))


def _is_plain(tensor: Tensor) -> bool:
    is_float = tensor.dtype == torch.float32 and tensor.device.type == 'cpu'
    return is_float and not torch.is_grad_enabled()


def _rows(weight: Tensor) -> Tensor:
    """Return a weight that oneDNN is fast with: slices of columns take a thousand times longer."""
    return weight if weight.is_mkldnn else weight.contiguous()


@functools.cache
def _has_onednn(dtype: torch.dtype) -> bool:
    """Whether this build of torch multiplies such numbers through oneDNN on this processor."""
    if platform.machine() not in ('x86_64', 'AMD64') or not torch.backends.mkldnn.is_available():
        return False
    one = torch.ones(_MIN_ROWS, 1, dtype=dtype)
    operations = torch.ops.mkldnn
    try:
        weight = operations._reorder_linear_weight(one[:1], _MIN_ROWS)
        product = operations._linear_pointwise(one, weight, None, 'none', [], '')
        double = operations._linear_pointwise.binary(product, one, weight, None, 'add')
    except (AttributeError, RuntimeError):
        return False
    return torch.equal(double, one + one)
