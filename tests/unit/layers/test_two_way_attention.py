# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Two-way attention against its plain form, step by step."""

import pytest
import torch
from torch.nn import functional as F

from part_seg_ros.layers.two_way_attention import Attention, TwoWayTransformer


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


def plain_attention(attention, queries, keys, values):
    def heads(projection, x):
        return projection(x).unflatten(-1, (attention.num_heads, -1)).transpose(-2, -3)

    attended = F.scaled_dot_product_attention(
        heads(attention.q_proj, queries),
        heads(attention.k_proj, keys),
        heads(attention.v_proj, values),
    )
    return attention.out_proj(attended.transpose(-2, -3).flatten(-2))


@pytest.mark.parametrize('inner', [None, 8])
def test_attention_equals_the_plain_form(inner):
    attention = Attention(16, 4, inner=inner)
    queries, keys, values = torch.randn(2, 3, 5, 16), *torch.randn(2, 2, 3, 7, 16)
    wanted = plain_attention(attention, queries, keys, values)
    torch.testing.assert_close(attention(queries, keys, values), wanted, atol=1e-6, rtol=0)


def plain_transformer(net, tokens, patches, patch_code):
    code = tokens
    for number, layer in enumerate(net.layers):
        if number == 0:
            tokens = layer.norm1(plain_attention(layer.self_attn, tokens, tokens, tokens))
        else:
            z = tokens + code
            tokens = layer.norm1(tokens + plain_attention(layer.self_attn, z, z, tokens))
        to_patches = layer.cross_attn_token_to_image
        seen = plain_attention(to_patches, tokens + code, patches + patch_code, patches)
        tokens = layer.norm2(tokens + seen)
        tokens = layer.norm3(tokens + layer.mlp.lin2(F.relu(layer.mlp.lin1(tokens))))
        to_tokens = layer.cross_attn_image_to_token
        seen = plain_attention(to_tokens, patches + patch_code, tokens + code, tokens)
        patches = layer.norm4(patches + seen)
    last = net.final_attn_token_to_image
    seen = plain_attention(last, tokens + code, patches + patch_code, patches)
    return net.norm_final_attn(tokens + seen), patches


def test_transformer_equals_the_plain_form_and_shares_the_patches_of_a_cloud():
    net = TwoWayTransformer(16, 4, 3, 24)
    tokens, code = torch.randn(2, 3, 6, 16), torch.randn(2, 1, 9, 16)
    for patches in (torch.randn(2, 3, 9, 16), torch.randn(2, 1, 9, 16)):
        found = net(tokens, patches, code)
        repeated = patches.expand(2, 3, 9, 16)
        wanted = plain_transformer(net, tokens, repeated, code.expand(2, 3, 9, 16))
        for got, expected in zip(found, wanted, strict=True):
            torch.testing.assert_close(got, expected, atol=2e-6, rtol=0)
