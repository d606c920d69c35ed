# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The transformer's blocks against their plain forms."""

import dataclasses

import pytest
import torch
from torch.nn import functional as F

from part_seg_ros.models.point_sam.config import PRESETS
from part_seg_ros.models.point_sam.transformer import Transformer

CONFIG = PRESETS['tiny'].transformer


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def plain_attention(attn, x, is_gated):
    width, num_heads = x.shape[-1], CONFIG.num_heads
    if is_gated:
        weights = [attn.q_proj.weight, attn.k_proj.weight, attn.v_proj.weight]
        biases = [attn.q_proj.bias, torch.zeros(width), attn.v_proj.bias]
    else:
        weights = [attn.qkv.weight]
        biases = [attn.q_bias, torch.zeros(width), attn.v_bias]
    x = x.transpose(0, 1)
    attended, _ = F.multi_head_attention_forward(
        *(x, x, x, width, num_heads, torch.cat(weights), torch.cat(biases)),
        *(None, None, False, 0.0, attn.proj.weight, attn.proj.bias),
        training=False,
    )
    return attended.transpose(0, 1)


def plain_mlp(mlp, x, is_gated):
    if not is_gated:
        return mlp.fc2(F.gelu(mlp.fc1(x)))
    gate = mlp.fc1_g(x)
    hidden = gate * gate.sigmoid() * mlp.fc1_x(x)
    norm = mlp.norm
    return mlp.fc2(F.layer_norm(hidden, hidden.shape[-1:], norm.weight, norm.bias, 1e-6))


@pytest.mark.parametrize('is_gated', [True, False])
def test_it_equals_the_plain_form(is_gated):
    net = Transformer(dataclasses.replace(CONFIG, is_gated=is_gated))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    tokens = torch.randn(2, 9, CONFIG.width)
    x = tokens
    for block in net.blocks:
        norm1, norm2 = block.norm1, block.norm2
        x = x + plain_attention(
            block.attn, F.layer_norm(x, x.shape[-1:], norm1.weight, norm1.bias, 1e-6), is_gated
        )
        x = x + plain_mlp(
            block.mlp, F.layer_norm(x, x.shape[-1:], norm2.weight, norm2.bias, 1e-6), is_gated
        )
    wanted = F.layer_norm(x, x.shape[-1:], net.fc_norm.weight, net.fc_norm.bias, 1e-6)
    torch.testing.assert_close(net(tokens), wanted, atol=1e-5, rtol=0)


def test_what_belongs_to_images_learns_nothing():
    net = Transformer(CONFIG)
    frozen = {name for name, parameter in net.named_parameters() if not parameter.requires_grad}
    assert frozen == {
        *('cls_token', 'pos_embed', 'patch_embed.proj.weight', 'patch_embed.proj.bias'),
        *('head.weight', 'head.bias'),
    }
    net(torch.randn(1, 5, CONFIG.width)).square().sum().backward()
    learning = [(n, p) for n, p in net.named_parameters() if p.requires_grad]
    assert [name for name, p in learning if p.grad is None or not p.grad.abs().sum() > 0] == []
