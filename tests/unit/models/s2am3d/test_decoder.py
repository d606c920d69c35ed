# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The decoder against attention written out, and what clicks share against doing it for each."""

import dataclasses

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from part_seg_ros.models.s2am3d.config import TINY
from part_seg_ros.models.s2am3d.model import MaskPredictor, clicked_rows

CONFIG = dataclasses.replace(TINY, decoder_depth=3)
N = 2700  # more than are mapped at once


@pytest.fixture
def predictor():
    torch.manual_seed(0)
    predictor = MaskPredictor(CONFIG)
    for parameter in predictor.parameters():
        nn.init.normal_(parameter, std=0.3)
    return predictor.eval()


@pytest.fixture
def enhanced():
    return torch.randn(2, N, 24, generator=torch.Generator().manual_seed(1))


def attend(maps, query, key, value):
    """Multi-head attention of single matrices (rows, C) by all four maps."""
    query, key, value = (
        projection(rows).unflatten(1, (CONFIG.num_heads, -1)).transpose(0, 1)
        for projection, rows in ((maps.q_proj, query), (maps.k_proj, key), (maps.v_proj, value))
    )
    weights = (query @ key.transpose(1, 2) / query.shape[-1] ** 0.5).softmax(-1)
    return maps.proj((weights @ value).transpose(0, 1).flatten(1))


def written_out(decoder, points, prompt):
    """One cloud (N, C) and one prompt (1, C)."""
    for block in decoder.decoder_blocks:
        normed = block.norm1(points)
        told = prompt + attend(block.attn, prompt, normed, normed)
        points = points + attend(block.attn_points_q, normed, told, told)
        points = points + block.mlp(block.norm2(points))
    return points


def test_blocks_are_attention_to_the_points_and_back(predictor, enhanced):
    click_idx = torch.tensor([5, 700])
    found = predictor.decoder(enhanced, clicked_rows(enhanced, click_idx))
    for b, row in enumerate(click_idx):
        wanted = written_out(predictor.decoder, enhanced[b], enhanced[b, row][None])
        torch.testing.assert_close(found[b], wanted, atol=1e-4, rtol=1e-4)


def test_logits_from_what_clicks_share_are_those_of_decoder_and_head(predictor, enhanced):
    click_idx = torch.tensor([5, 700])
    decoded = predictor.decoder(enhanced, clicked_rows(enhanced, click_idx))
    head = predictor.seg_head.mlp
    wanted = F.linear(
        F.linear(decoded, head[0].weight, head[0].bias).relu(), head[3].weight, head[3].bias
    )
    found = predictor(predictor.decoder.share(enhanced), click_idx)
    assert found.shape == (2, N) and wanted.std() > 0.1
    torch.testing.assert_close(found, wanted[..., 0], atol=1e-4, rtol=1e-4)


def test_the_click_is_a_row(predictor, enhanced):
    rows = clicked_rows(enhanced, torch.tensor([3, 8]))
    assert torch.equal(rows, torch.stack([enhanced[0, 3], enhanced[1, 8]]))


def test_query_and_key_maps_of_the_way_back_have_no_effect(predictor, enhanced):
    prompt = enhanced[:, 0]
    before = predictor.decoder(enhanced, prompt)
    with torch.no_grad():
        for block in predictor.decoder.decoder_blocks:
            block.attn_points_q.q_proj.weight += 1
            block.attn_points_q.k_proj.weight += 1
            block.attn.k_proj.bias += 1
    assert torch.equal(predictor.decoder(enhanced, prompt), before)


def test_gradients_reach_every_parameter_that_has_an_effect(predictor, enhanced):
    logits = predictor(predictor.decoder.share(enhanced), torch.tensor([0, 1]))
    logits.square().sum().backward()
    without = {
        name
        for name, parameter in predictor.named_parameters()
        if parameter.grad is None or not parameter.grad.any()
    }
    no_effect = ('attn_points_q.q_proj', 'attn_points_q.k_proj', 'attn.k_proj.bias')
    assert {name for name in without if not name.startswith('point_feature_enhancer')} == {
        name
        for name, _ in predictor.decoder.named_parameters(prefix='decoder')
        if any(part in name for part in no_effect)
    }
