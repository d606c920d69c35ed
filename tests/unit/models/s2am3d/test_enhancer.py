# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The enhancer against the attention of the release, written out."""

import dataclasses
import math

import pytest
import torch
from torch import nn

from part_seg_ros.models.s2am3d.config import TINY
from part_seg_ros.models.s2am3d.enhancer import FeatureEnhancer, position_code

CONFIG = dataclasses.replace(TINY, enhancer_depth=2)
N = 2700  # more than are mapped at once


@pytest.fixture
def enhancer():
    torch.manual_seed(0)
    enhancer = FeatureEnhancer(CONFIG)
    for parameter in enhancer.parameters():
        nn.init.normal_(parameter, std=0.3)
    return enhancer.eval()


@pytest.fixture
def cloud():
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(2, N, CONFIG.trunk.part_width, generator=generator)
    return features, torch.rand(2, N, 3, generator=generator) * 2 - 1


def test_code_of_a_place_is_interleaved_and_y_comes_first():
    place = torch.tensor([[[0.3, -0.7, 0.9]]])
    code = position_code(place, 24)[0, 0]
    for i, value in enumerate((-0.7, 0.3, 0.9)):
        for k in range(8):
            angle = 2 * math.pi * value / 10_000 ** (2 * (k // 2) / 8)
            wanted = math.cos(angle) if k % 2 else math.sin(angle)
            assert code[8 * i + k].item() == pytest.approx(wanted, abs=1e-6)


def written_out(enhancer, features, coords, embedding):
    """One cloud (N, F): attention over a sequence of length one, points side by side."""
    gain = enhancer.scale_gain
    gamma, beta = enhancer.scale_to_film(embedding).chunk(2)

    def modulated(x):
        return x * (1 + gain * gamma) + gain * beta

    points = modulated(enhancer.feature_proj(features) + position_code(coords[None], 24)[0])
    for block in enhancer.transformer_blocks:
        points = modulated(points)
        attention = nn.MultiheadAttention(24, CONFIG.num_heads)
        attention.load_state_dict(block.attn.state_dict())
        normed = block.norm1(points)[None]  # (1, N, C): the cloud is the sequence
        points = points + attention(normed, normed, normed)[0][0]
        points = points + block.mlp(block.norm2(points))
    return enhancer.output_layer(points)


def test_clouds_with_scales_of_their_own_do_not_mix(enhancer, cloud):
    scales = torch.tensor([0.3, 0.05])
    found = enhancer(*cloud, scales)
    for b, scale in enumerate(scales):
        embedding = enhancer.scale_embedding(scale[None])[0]
        wanted = written_out(enhancer, cloud[0][b], cloud[1][b], embedding)
        torch.testing.assert_close(found[b], wanted, atol=1e-4, rtol=1e-4)


def test_scale_is_encoded_by_learned_frequencies_and_phases(enhancer):
    embedding = enhancer.scale_embedding
    angles = embedding.scale_freqs * 2 * math.pi * 0.3 + embedding.scale_phases
    wanted = embedding.scale_proj(torch.cat([angles.sin(), angles.cos()]))
    torch.testing.assert_close(embedding(torch.tensor([0.3]))[0], wanted)


def test_no_scale_is_an_embedding_of_zeros_and_no_scale_of_zero(enhancer, cloud):
    found = enhancer(*cloud, None)
    wanted = written_out(enhancer, cloud[0][1], cloud[1][1], torch.zeros(24))
    torch.testing.assert_close(found[1], wanted, atol=1e-4, rtol=1e-4)
    assert (enhancer(*cloud, torch.zeros(2)) - found).abs().max() > 0.1


def test_query_and_key_maps_have_no_effect(enhancer, cloud):
    before = enhancer(*cloud, None)
    with torch.no_grad():
        enhancer.transformer_blocks[0].attn.in_proj_weight[:48] += 1
        enhancer.transformer_blocks[0].attn.in_proj_bias[:48] += 1
    assert torch.equal(enhancer(*cloud, None), before)
    with torch.no_grad():
        enhancer.transformer_blocks[0].attn.in_proj_bias[48:] += 1
    assert not torch.equal(enhancer(*cloud, None), before)
