# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The transformer over the planes against its plain form."""

import dataclasses

import pytest
import torch
from torch import nn

from part_seg_ros.errors import ConfigError
from part_seg_ros.layers.partfield.config import TrunkConfig
from part_seg_ros.layers.partfield.plane_transformer import BiasFreeAttention, TriplaneTransformer

CONFIG = TrunkConfig(
    point_blocks=((6, 4),),
    plane_size=8,
    unet_widths=(3, 4),
    token_width=12,
    token_depth=2,
    num_heads=3,
    sdf_width=2,
    part_width=5,
)


@pytest.fixture
def parts():
    torch.manual_seed(0)
    last = nn.Conv2d(3, 6, 1)
    hidden = torch.randn(2, 3, 8, 8, 3)
    output = last(hidden.flatten(0, 1).permute(0, 3, 1, 2))  # (6, 6, 8, 8)
    return TriplaneTransformer(CONFIG), hidden, last, output


def test_tokens_are_those_of_the_output_of_the_unet(parts):
    transformer, hidden, last, output = parts
    pooled = transformer.downsampler(output).unflatten(0, (2, 3))  # (2, 3, 12, 2, 2)
    wanted = pooled.permute(0, 1, 3, 4, 2).flatten(1, 3) + transformer.pos_embed
    torch.testing.assert_close(transformer.embed(hidden, last), wanted, atol=2e-6, rtol=0)


@pytest.mark.parametrize('first', [0, 2])
def test_every_token_spreads_over_its_pixels_as_a_transposed_convolution_does(parts, first):
    transformer = parts[0]
    tokens = torch.randn(2, CONFIG.num_tokens, 12)
    images = tokens.unflatten(1, (3, 2, 2)).flatten(0, 1).permute(0, 3, 1, 2)
    wanted = transformer.upsampler(images).unflatten(0, (2, 3)).permute(0, 1, 3, 4, 2)[..., first:]
    torch.testing.assert_close(transformer.spread(tokens, first), wanted, atol=2e-6, rtol=0)


@pytest.mark.parametrize('first', [0, 2])
def test_every_pixel_is_mapped_from_the_output_of_the_unet(parts, first):
    transformer, hidden, last, output = parts
    wanted = transformer.mlp(output.permute(0, 2, 3, 1)).unflatten(0, (2, 3))[..., first:]
    found = transformer.per_pixel(hidden, last, first)
    torch.testing.assert_close(found, wanted, atol=2e-6, rtol=0)


def test_attention_is_that_of_torch_without_biases():
    torch.manual_seed(0)
    own = BiasFreeAttention(12, 3)
    theirs = nn.MultiheadAttention(12, 3, bias=False, batch_first=True)
    theirs.load_state_dict(own.state_dict())
    tokens = torch.randn(2, 7, 12)
    torch.testing.assert_close(own(tokens), theirs(tokens, tokens, tokens)[0])


def test_blocks_add_attention_and_then_a_map_each_behind_a_norm():
    torch.manual_seed(0)
    block = TriplaneTransformer(CONFIG).transformer.layers[0]
    tokens = torch.randn(1, 5, 12)
    middle = tokens + block.self_attn(block.norm1(tokens))
    torch.testing.assert_close(block(tokens), middle + block.mlp(block.norm2(middle)))
    assert block.norm1.eps == block.norm2.eps == 1e-6


def test_tokens_that_are_wanted_are_what_they_are_among_all():
    transformer = TriplaneTransformer(CONFIG).transformer
    tokens, wanted = torch.randn(2, 9, 12), torch.tensor([7, 0, 3])
    torch.testing.assert_close(transformer(tokens, wanted), transformer(tokens)[:, wanted])


def test_pixels_find_their_tokens():
    transformer = TriplaneTransformer(CONFIG)
    tokens = torch.randn(1, CONFIG.num_tokens, 12)
    pixel_idx = torch.randperm(3 * 8 * 8)
    token_idx, place = transformer.tokens_of(pixel_idx)
    found = transformer.pixels_of(tokens, 2)[:, token_idx, place]
    table = transformer.spread(tokens, 2).flatten(1, 3)
    assert torch.equal(found, table[:, pixel_idx])


def test_planes_that_can_not_be_pooled_are_refused():
    with pytest.raises(ConfigError, match='multiple of 4, got 10'):
        dataclasses.replace(CONFIG, plane_size=10)
