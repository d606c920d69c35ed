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
    products_in,
    silu_linear,
)

SHAPES = [(200, 33), (2, 3, 50, 33), (5, 33), (0, 33)]


@pytest.fixture
def has_no_onednn(monkeypatch):
    monkeypatch.setattr(linear_module, '_has_onednn', lambda dtype: False)


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


@pytest.mark.skipif(not linear_module._has_onednn(torch.float32), reason='needs oneDNN')
def test_onednn_never_gets_a_slice_of_columns():
    features, weight = torch.randn(100, 8), torch.randn(4, 16)[:, :8]
    with torch.no_grad(), _Strides() as strides:
        linear(features, weight)
    assert strides.seen == [(8, 1)]


def test_without_onednn_it_is_torchs_own(has_no_onednn):
    features, weight = torch.randn(100, 8), torch.randn(4, 8)
    with torch.inference_mode():
        assert torch.equal(linear(features, weight), F.linear(features, weight))


def _rounded(tensor):
    return tensor.bfloat16().double()


@pytest.mark.parametrize('num_rows', [200, 3])
@pytest.mark.parametrize('is_packed', [True, False])
def test_products_are_of_rounded_factors_and_summed_exactly(num_rows, is_packed):
    torch.manual_seed(0)
    features, weight, bias = torch.randn(num_rows, 512), torch.randn(27, 512), torch.randn(27)
    with torch.inference_mode(), products_in(torch.bfloat16):
        found = linear(features, packed(weight, 200) if is_packed else weight, bias)
    exact = _rounded(features) @ _rounded(weight).T + _rounded(bias)
    assert found.dtype == torch.float32
    # Half a unit in the last of 8 places of each product, and float32's own error of the sum.
    torch.testing.assert_close(found.double(), exact, rtol=2**-8, atol=1e-3)
    assert not torch.allclose(found, F.linear(features, weight, bias), atol=1e-3, rtol=0)


def test_what_is_added_to_a_rounded_product_is_not_rounded():
    features, weight, other = torch.ones(100, 8), torch.ones(4, 8), torch.full((100, 4), 1 / 3)
    with torch.inference_mode(), products_in(torch.bfloat16):
        added = linear_plus(features, weight, None, other)
        times = linear_times(features, weight, None, other)
    assert torch.equal(added, 8 + other)
    assert torch.equal(times, 8 * other)


def test_without_onednn_products_are_rounded_too(has_no_onednn):
    features, weight = torch.randn(100, 8), torch.randn(4, 8)
    with torch.inference_mode(), products_in(torch.bfloat16):
        found = gelu_linear(features, weight)
    product = F.linear(features.bfloat16(), weight.bfloat16()).float()
    assert torch.equal(found, F.gelu(product))


def test_weights_learn_through_rounded_products():
    layer = Linear(8, 4)
    with products_in(torch.bfloat16):
        layer(torch.randn(100, 8)).square().sum().backward()
    assert layer.weight.grad.dtype == torch.float32 and layer.weight.grad.abs().sum() > 0


def test_products_are_exact_again_afterwards():
    features, weight = torch.randn(100, 8), torch.randn(4, 8)
    with torch.inference_mode():
        before = linear(features, weight)
        with pytest.raises(ZeroDivisionError), products_in(torch.bfloat16):
            raise ZeroDivisionError
        assert torch.equal(linear(features, weight), before)


def test_gradients_flow_where_they_are_wanted():
    layer = Linear(8, 4)
    layer(torch.randn(100, 8)).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in layer.parameters())
    assert list(layer.state_dict()) == ['weight', 'bias']
