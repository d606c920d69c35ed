# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Linear maps against torch's own."""

import pytest
import torch
from torch.nn import functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from part_seg_ros.layers import linear as linear_module
from part_seg_ros.layers.linear import (
    Linear,
    gelu_linear,
    linear,
    linear_plus,
    linear_times,
    packed,
    silu_linear,
)

SHAPES = [(200, 33), (2, 3, 50, 33), (5, 33), (0, 33)]


@pytest.fixture
def has_no_onednn(monkeypatch):
    monkeypatch.setattr(linear_module, '_has_onednn', lambda: False)


@pytest.mark.parametrize('shape', SHAPES)
@pytest.mark.parametrize('has_bias', [True, False])
def test_it_equals_torchs_own(shape, has_bias):
    torch.manual_seed(0)
    features, weight = torch.randn(shape), torch.randn(27, 66)[:, ::2]
    bias = torch.randn(27) if has_bias else None
    with torch.inference_mode():
        found = linear(features, weight, bias)
    torch.testing.assert_close(found, F.linear(features, weight, bias), atol=1e-5, rtol=0)


@pytest.mark.parametrize('shape', SHAPES)
@pytest.mark.parametrize('has_bias', [True, False])
def test_what_follows_the_product_equals_torchs_own(shape, has_bias):
    torch.manual_seed(0)
    features, weight = torch.randn(shape), torch.randn(27, 33)
    bias = torch.randn(27) if has_bias else None
    other = torch.randn(*shape[:-1], 27)
    product = F.linear(features, weight, bias)
    with torch.inference_mode():
        found = {
            'silu': silu_linear(features, weight, bias),
            'gelu': gelu_linear(features, weight, bias),
            'plus': linear_plus(features, weight, bias, other),
            'times': linear_times(features, weight, bias, other),
        }
    wanted = {
        'silu': F.silu(product),
        'gelu': F.gelu(product),
        'plus': product + other,
        'times': product * other,
    }
    for name, value in found.items():
        torch.testing.assert_close(value, wanted[name], atol=2e-5, rtol=0)


def test_other_operands_stay_as_they_are():
    features, weight, other = torch.randn(100, 8), torch.randn(4, 8), torch.randn(100, 4)
    before = other.clone()
    with torch.inference_mode():
        linear_plus(features, weight, None, other)
        linear_times(features, weight, None, other)
    assert torch.equal(other, before)


@pytest.mark.parametrize('num_rows', [300, 3])
def test_packed_weights_give_the_same(num_rows):
    torch.manual_seed(0)
    features, weight, bias = (
        torch.randn(num_rows, 33),
        torch.randn(27, 66)[:, ::2],
        torch.randn(27),
    )
    with torch.inference_mode():
        found = linear(features, packed(weight, 300), bias)
        added = linear_plus(features, packed(weight, 300), bias, found)
    wanted = F.linear(features, weight, bias)
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=0)
    torch.testing.assert_close(added, 2 * wanted, atol=2e-5, rtol=0)


def test_weights_are_packed_for_onednn_alone(has_no_onednn):
    weight = torch.randn(4, 8)
    with torch.inference_mode():
        assert packed(weight, 100) is weight


def test_weights_that_learn_are_not_packed():
    weight = torch.randn(4, 8, requires_grad=True)
    assert packed(weight, 100) is weight


class _Strides(TorchDispatchMode):
    """Keeps the strides of all weights that oneDNN multiplies by."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        if 'mkldnn._linear_pointwise' in str(function):
            self.seen.append(args[1].stride())
        return function(*args, **(kwargs or {}))


@pytest.mark.skipif(not linear_module._has_onednn(), reason='needs oneDNN')
def test_onednn_never_gets_a_slice_of_columns():
    features, weight = torch.randn(100, 8), torch.randn(4, 16)[:, :8]
    with torch.no_grad(), _Strides() as strides:
        linear(features, weight)
    assert strides.seen == [(8, 1)]


def test_without_onednn_it_is_torchs_own(has_no_onednn):
    features, weight = torch.randn(100, 8), torch.randn(4, 8)
    with torch.inference_mode():
        assert torch.equal(linear(features, weight), F.linear(features, weight))


def test_gradients_flow_where_they_are_wanted():
    layer = Linear(8, 4)
    layer(torch.randn(100, 8)).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in layer.parameters())
    assert list(layer.state_dict()) == ['weight', 'bias']
