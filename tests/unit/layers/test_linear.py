# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Linear maps against torch's own."""

import pytest
import torch
from torch.nn import functional as F

from part_seg_ros.layers import linear as linear_module
from part_seg_ros.layers.linear import Linear, linear


@pytest.mark.parametrize('shape', [(200, 33), (2, 3, 50, 33), (5, 33), (0, 33)])
@pytest.mark.parametrize('has_bias', [True, False])
def test_it_equals_torchs_own(shape, has_bias):
    torch.manual_seed(0)
    features, weight = torch.randn(shape), torch.randn(27, 66)[:, ::2]
    bias = torch.randn(27) if has_bias else None
    with torch.inference_mode():
        found = linear(features, weight, bias)
    torch.testing.assert_close(found, F.linear(features, weight, bias), atol=1e-5, rtol=0)


def test_without_onednn_it_is_torchs_own(monkeypatch):
    monkeypatch.setattr(linear_module, '_has_onednn', lambda: False)
    features, weight = torch.randn(100, 8), torch.randn(4, 8)
    with torch.inference_mode():
        assert torch.equal(linear(features, weight), F.linear(features, weight))


def test_gradients_flow_where_they_are_wanted():
    layer = Linear(8, 4)
    layer(torch.randn(100, 8)).square().sum().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in layer.parameters())
    assert list(layer.state_dict()) == ['weight', 'bias']
