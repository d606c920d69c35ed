# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The stack of linear maps."""

import torch

from part_seg_ros.layers.mlp import MLP


def test_relu_stands_between_the_maps_and_not_behind_the_last():
    mlp = MLP(2, 2, 1)
    with torch.no_grad():
        for layer in mlp.layers:
            layer.weight.copy_(torch.eye(2)[: layer.out_features])
            layer.bias.zero_()
        mlp.layers[1].weight.copy_(torch.tensor([[1.0, -1.0]]))
    answers = mlp(torch.tensor([[3.0, -5.0], [-5.0, 3.0]]))
    assert answers.tolist() == [[3.0], [-3.0]]
    assert list(mlp.state_dict()) == [
        f'layers.{i}.{n}' for i in (0, 1) for n in ('weight', 'bias')
    ]
