# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The network in its small size: what its parts owe each other."""

import dataclasses

import pytest
import torch

from part_seg_ros.errors import ConfigError
from part_seg_ros.models.geosam2.config import PRESETS, GeoSam2Config
from part_seg_ros.models.geosam2.fusion import FeatureFusion
from part_seg_ros.models.geosam2.lora import LowRankQueryValue
from part_seg_ros.models.geosam2.model import ABSENT_LOGIT, GeoSam2Net, Memories
from part_seg_ros.models.geosam2.propagation import plan_round, propagate, stack_objects

TINY = PRESETS['tiny']
SIZE = TINY.image_size


@pytest.fixture(scope='module')
def net():
    torch.manual_seed(3)
    return GeoSam2Net(TINY).eval()


@pytest.fixture(scope='module')
def maps():
    torch.manual_seed(4)
    return torch.randn(5, 3, SIZE, SIZE), torch.rand(5, 3, SIZE, SIZE) - 0.5


@pytest.fixture(scope='module')
def features(net, maps):
    with torch.inference_mode():
        return net.encode(*maps)


def click(net, view, x, y):
    coords, labels = torch.tensor([[[x, y]]]), torch.ones(1, 1, dtype=torch.int32)
    return net.choose(net.decode_clicks(view, coords, labels))


def test_updates_of_low_rank_reach_first_queries_and_last_values():
    qkv = torch.nn.Linear(6, 3 * 12)
    wrapped = LowRankQueryValue(qkv, rank=2)
    x = torch.randn(4, 5, 6)
    assert torch.equal(wrapped(x), qkv(x))
    torch.nn.init.normal_(wrapped.linear_b_q.weight)
    torch.nn.init.normal_(wrapped.linear_b_v.weight)
    change = wrapped(x) - qkv(x)
    wanted = torch.zeros(4, 5, 36)
    wanted[..., :6] = x @ wrapped.linear_a_q.weight.T @ wrapped.linear_b_q.weight.T
    wanted[..., 30:] = x @ wrapped.linear_a_v.weight.T @ wrapped.linear_b_v.weight.T
    torch.testing.assert_close(change, wanted, atol=1e-5, rtol=0)


def test_points_count_for_nothing_before_training_and_then_for_something(net, maps):
    fusion = FeatureFusion(8)
    levels = [torch.randn(2, 8, size, size) for size in (8, 4, 2)]
    others = [torch.randn_like(level) for level in levels]
    fused = fusion(levels, others)
    assert all(torch.equal(a, b) for a, b in zip(fused, levels, strict=True))
    torch.nn.init.normal_(fusion.fusion_mid.weight)
    fused = fusion(levels, others)
    moved = [not torch.equal(a, b) for a, b in zip(fused, levels, strict=True)]
    assert moved == [False, True, False]
    with torch.inference_mode():
        found = net.encode_levels(*maps)
    assert torch.equal(found.fused[2], found.normals[2])
    assert not torch.equal(found.points[2], found.normals[2])


def test_views_are_encoded_one_by_one_as_together(net, maps, features):
    with torch.inference_mode():
        together = net.project(net.encode_levels(*maps))
    for level in ('fine', 'middle', 'coarse'):
        one_by_one = getattr(features, level)
        torch.testing.assert_close(one_by_one, getattr(together, level), atol=1e-4, rtol=0)
    assert len(features) == 5 and features.view(2, 3).coarse.shape[0] == 3
    assert torch.equal(features.view(2).coarse[0], features.coarse[2])


def test_objects_are_followed_alone_as_together(net, features):
    view = features.view(1)
    mask = torch.zeros(1, 1, SIZE, SIZE, dtype=torch.bool)
    mask[..., 20:70, 30:90] = True
    with torch.inference_mode():
        answers = [
            click(net, view, 40.0, 60.0),
            click(net, view, 90.0, 20.0),
            net.prompt_with_masks(view, mask),
        ]
        plan = plan_round(5, start=1)
        together = list(propagate(net, features, stack_objects(answers), plan))
        for row, answer in enumerate(answers):
            alone = list(propagate(net, features, answer, plan))
            assert [step for step, _ in alone] == [step for step, _ in together]
            for (_, a), (_, b) in zip(alone, together, strict=True):
                torch.testing.assert_close(
                    a.mask_logits[0], b.mask_logits[row], atol=2e-3, rtol=1e-3
                )
                torch.testing.assert_close(a.pointer[0], b.pointer[row], atol=1e-3, rtol=0)


def test_a_drawn_mask_is_the_answer(net, features):
    mask = torch.zeros(2, 1, SIZE, SIZE, dtype=torch.bool)
    mask[0, 0, 16:64, 32:96] = True
    with torch.inference_mode():
        answer = net.prompt_with_masks(features.view(0, 2), mask)
    drawn = answer.at_size(SIZE)[0] > 0
    assert (drawn & mask[0]).sum() / (drawn | mask[0]).sum() > 0.99
    assert answer.presence.flatten().tolist() == [10, -10]
    assert torch.equal(answer.pointer[1], net.no_obj_ptr[0])
    assert (answer.mask_logits[1] <= -9.9).all()


def test_an_absent_object_has_no_mask_and_the_pointer_for_none(net, features):
    with torch.inference_mode():
        decoded = net.decode_clicks(
            features.view(0), torch.tensor([[[40.0, 60.0]]]), torch.ones(1, 1, dtype=torch.int32)
        )
        absent = net.choose(dataclasses.replace(decoded, presence=torch.tensor([[-0.1]])))
        present = net.choose(dataclasses.replace(decoded, presence=torch.tensor([[0.1]])))
        memories = [net.remember(features.view(0), m, binarize=True) for m in (absent, present)]
    assert (absent.mask_logits == ABSENT_LOGIT).all()
    assert torch.equal(absent.pointer, net.no_obj_ptr)
    best = decoded.iou_pred.argmax()
    assert torch.equal(present.mask_logits[0, 0], decoded.mask_logits[0, best])
    with torch.inference_mode():
        last = net.choose(decoded, rank=2)
    assert torch.equal(last.mask_logits[0, 0], decoded.mask_logits[0, decoded.iou_pred.argmin()])
    assert decoded.iou_pred.shape == (1, 3)
    assert memories[0].dtype == torch.bfloat16 and not torch.equal(*memories)


def test_one_click_has_three_candidates_two_have_one(net, features):
    coords = torch.tensor([[[40.0, 60.0], [80.0, 20.0]]])
    labels = torch.ones(1, 2, dtype=torch.int32)
    with torch.inference_mode():
        two = net.decode_clicks(features.view(0), coords, labels)
        four = net.propose(features.view(0), coords, labels)
    assert two.mask_logits.shape == (1, 1, SIZE // 4, SIZE // 4)
    assert four.mask_logits.shape == (1, 4, SIZE // 4, SIZE // 4)
    same = [torch.equal(two.mask_logits[:, 0], four.mask_logits[:, k]) for k in range(4)]
    assert sum(same) == 1


def test_what_is_remembered_decides(net, features):
    view = features.view(2)
    with torch.inference_mode():
        answer = click(net, features.view(0), 40.0, 60.0)
        other = click(net, features.view(0), 100.0, 100.0)
        anchors = [net.remember(features.view(0), a, binarize=True) for a in (answer, other)]
        base = Memories(spatial=anchors[:1], ages=[6], pointers=[], distances=[])
        found = net.track(view, base)
        assert found.mask_logits.shape == (1, 1, SIZE // 4, SIZE // 4)
        changes = [
            dataclasses.replace(base, spatial=anchors[1:]),
            dataclasses.replace(base, ages=[0]),
            dataclasses.replace(base, pointers=[answer.pointer], distances=[0.5]),
            dataclasses.replace(base, pointers=[answer.pointer], distances=[1.0]),
        ]
        answers = [net.track(view, each).mask_logits for each in changes]
    assert all(not torch.equal(each, found.mask_logits) for each in answers)
    assert not torch.equal(answers[2], answers[3])


def test_without_points_and_updates_the_names_are_those_of_plain_sam2():
    plain = dataclasses.replace(TINY, has_points=False, lora_rank=0)
    with torch.device('meta'):
        names, full = (set(GeoSam2Net(c).state_dict()) for c in (plain, TINY))
    assert not any('linear_' in n or n.startswith(('pos_map', 'feature_fusion')) for n in names)
    assert 'image_encoder.trunk.blocks.0.attn.qkv.weight' in names
    renamed = {n.replace('attn.qkv.', 'attn.qkv.qkv.') for n in names if not n.startswith('x')}
    assert renamed < full
    net = GeoSam2Net(plain).eval()
    with torch.inference_mode():
        levels = net.encode_levels(torch.randn(1, 3, SIZE, SIZE), torch.zeros(1, 3, SIZE, SIZE))
    assert levels.points == [] and levels.fused is levels.normals


@pytest.mark.parametrize('wrong', [{'image_size': 100}, {'image_size': 0}, {'memory_width': 60}])
def test_sizes_that_do_not_fit_are_refused(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        GeoSam2Config(**wrong)
