# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The mask decoder against its plain form."""

import numpy as np
import pytest
import torch

from part_seg_ros.geometry.patches import find_patches
from part_seg_ros.layers.grouping import group_points
from part_seg_ros.layers.mask_decoder import MaskDecoder

NUM_CLOUDS, NUM_PROMPTS, NUM_POINTS, NUM_PATCHES, WIDTH = 2, 3, 40, 7, 16


@pytest.fixture
def groups():
    clouds = np.random.default_rng(0).uniform(-1, 1, (NUM_CLOUDS, NUM_POINTS, 3)).astype('f4')
    tables = [find_patches(points, NUM_PATCHES, 4) for points in clouds]
    return group_points(torch.from_numpy(clouds), tables)


def decoder(point_width=0):
    torch.manual_seed(0)
    return MaskDecoder(
        width=WIDTH, num_heads=4, num_layers=2, inner=24, point_width=point_width
    ).eval()


def inputs(num_shared=NUM_PROMPTS):
    torch.manual_seed(1)
    return (
        torch.randn(NUM_CLOUDS, NUM_PROMPTS, 2, WIDTH),
        torch.randn(NUM_CLOUDS, num_shared, NUM_PATCHES, WIDTH),
        torch.randn(NUM_CLOUDS, NUM_PATCHES, WIDTH),
    )


@pytest.mark.parametrize('point_width', [0, 5])
def test_it_equals_interpolation_before_the_joint_map(groups, point_width):
    net = decoder(point_width)
    clicks, patches, code = inputs()
    features = torch.randn(NUM_CLOUDS, NUM_POINTS, point_width)
    point_code = net.encode_points(features) if point_width else None
    found = net(clicks, patches, code, groups, point_code)

    tokens, seen = net.attend(clicks, patches, code)
    for b in range(NUM_CLOUDS):
        dense = torch.zeros(NUM_POINTS, NUM_PATCHES)
        dense.scatter_(1, groups.interp_idx[b], groups.interp_weights[b])
        for m in range(NUM_PROMPTS):
            carried = torch.cat([dense @ seen[b, m], features[b]], dim=-1)
            of_points = net.output_upscaling(carried)
            for o, mlp in enumerate(net.output_hypernetworks_mlps):
                wanted = of_points @ mlp(tokens[b, m, 1 + o])
                torch.testing.assert_close(
                    found.mask_logits[b, m, o], wanted, atol=2e-6, rtol=1e-5
                )
    wanted = net.iou_prediction_head(tokens[:, :, 0])
    torch.testing.assert_close(found.iou_pred, wanted)


def test_prompts_and_clouds_do_not_mix(groups):
    net = decoder()
    clicks, patches, code = inputs()
    before = net(clicks, patches, code, groups)
    clicks[1, 2] += 1.0
    after = net(clicks, patches, code, groups)
    has_changed = (before.mask_logits != after.mask_logits).flatten(2).any(-1)
    assert has_changed.nonzero().tolist() == [[1, 2]]


def test_patches_that_prompts_share_need_not_be_repeated(groups):
    net = decoder()
    clicks, patches, code = inputs(num_shared=1)
    shared = net(clicks, patches, code, groups)
    repeated = net(clicks, patches.expand(-1, NUM_PROMPTS, -1, -1), code, groups)
    torch.testing.assert_close(shared.mask_logits, repeated.mask_logits, atol=1e-6, rtol=0)


def test_the_one_answer_stands_before_the_candidates(groups):
    decoded = decoder()(*inputs(), groups)
    one, several = decoded.answers(several=False), decoded.answers(several=True)
    assert torch.equal(one.mask_logits, decoded.mask_logits[:, :, :1])
    assert torch.equal(several.mask_logits, decoded.mask_logits[:, :, 1:4])
    assert torch.equal(several.iou_pred, decoded.iou_pred[:, :, 1:4])
    assert decoded.mask_logits.shape == (NUM_CLOUDS, NUM_PROMPTS, 4, NUM_POINTS)


def test_gradients_reach_every_parameter(groups):
    net = decoder()
    decoded = net(*inputs(), groups)
    (decoded.mask_logits.square().sum() + decoded.iou_pred.square().sum()).backward()
    # A bias of the keys moves all scores of a query alike, so softmax takes it out.
    named = [(n, p) for n, p in net.named_parameters() if not n.endswith('k_proj.bias')]
    assert [name for name, parameter in named if not parameter.grad.abs().sum() > 0] == []
