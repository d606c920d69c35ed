# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Calls of the decoder: what each is given, and gradients as if all were one graph."""

import contextlib
import dataclasses

import pytest
import torch

from part_seg_ros.evaluation.metrics import POINT_SAM_CLICKS
from part_seg_ros.models.point_sam.config import TINY
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.training.call_losses import call_losses, point_sam_weights
from part_seg_ros.training.click_rounds import learn_from_clicks
from part_seg_ros.training.cloud_sources import ProceduralClouds
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.point_sam import PointSamTinyTraining
from part_seg_ros.training.point_sam_clouds import point_sam_batch
from part_seg_ros.training.simulated_clicks import simulated_clicks
from part_seg_ros.training.tensor_records import backward_through, detached

CONFIG = PointSamTinyTraining(
    num_points=128, pool_points=128, num_patches=16, patch_size=8, batch_clouds=2
)
NUM_CALLS = 4


class Watched:
    """A network that keeps what it was asked and what it answered."""

    def __init__(self, net):
        self.net, self.calls = net, []

    def decode(self, encoded, coords, labels, mask_logits=None):
        answer = self.net.decode(encoded, coords, labels, mask_logits)
        self.calls.append((coords, labels, mask_logits, answer))
        return answer


@pytest.fixture(scope='module')
def clouds():
    source = ProceduralClouds(free_share=0.5)
    return point_sam_batch(CONFIG, source, 1, ProcessRank(rank=0, world_size=1))


@pytest.fixture
def net():
    torch.manual_seed(2)
    return PointSamNet(TINY)


def learn(net, encoded, clouds, num_calls=NUM_CALLS, **options):
    return learn_from_clicks(
        net,
        encoded,
        clouds,
        num_calls=num_calls,
        weights=point_sam_weights(num_calls),
        rule=POINT_SAM_CLICKS,
        precision=contextlib.nullcontext,
        **options,
    )


def test_gradients_are_those_of_one_graph_of_all_calls(net, clouds):
    watched = Watched(net)
    leaf, pairs = detached(net.encode(clouds.colors, clouds.groups))
    figures = learn(watched, leaf, clouds)
    backward_through(pairs)
    found = {name: value.grad for name, value in net.named_parameters()}
    net.zero_grad(set_to_none=True)
    encoded = net.encode(clouds.colors, clouds.groups)
    losses = []
    for call, (coords, labels, previous, _) in enumerate(watched.calls):
        answers = net.decode(encoded, coords, labels, previous).answers(several=call == 0)
        losses.append(
            call_losses(
                answers.mask_logits.flatten(0, 1),
                answers.iou_pred.flatten(0, 1),
                clouds.targets.flatten(0, 1),
            )
        )
    total = torch.stack([loss.mask + loss.iou_pred for loss in losses]).mean()
    total.backward()
    assert figures['loss'] == pytest.approx(total.item(), rel=1e-5)
    for name, value in net.named_parameters():
        if value.grad is None:
            assert found[name] is None, name
        else:
            assert torch.allclose(found[name], value.grad, atol=1e-6, rtol=1e-4), name
    assert net.pc_encoder.patch_embed.patch_encoder.conv1[0].weight.grad.any()


def test_every_call_gets_all_clicks_and_the_mask_of_the_one_before(net, clouds):
    watched = Watched(net)
    leaf, _ = detached(net.encode(clouds.colors, clouds.groups))
    learn(watched, leaf, clouds)
    first = torch.gather(clouds.points, 1, clouds.first_rows.unsqueeze(-1).expand(-1, -1, 3))
    coords, labels, previous, answer = watched.calls[0]
    assert torch.equal(coords.squeeze(2), first) and (labels == 1).all() and previous is None
    best = answer.iou_pred[:, :, 1:].argmax(dim=2)  # of the three candidates
    chosen = torch.take_along_dim(answer.mask_logits, 1 + best[:, :, None, None], 2).squeeze(2)
    for call, (coords, labels, previous, answer) in enumerate(watched.calls[1:], 1):
        before = watched.calls[call - 1]
        assert coords.shape[2] == labels.shape[2] == call + 1
        assert torch.equal(coords[:, :, :-1], before[0])
        assert torch.equal(labels[:, :, :-1], before[1])
        assert torch.equal(previous, chosen) and not previous.requires_grad
        rows, wanted = simulated_clicks(
            clouds.points, clouds.targets, previous > 0, POINT_SAM_CLICKS
        )
        clicked = torch.gather(clouds.points, 1, rows.unsqueeze(-1).expand(-1, -1, 3))
        assert torch.equal(coords[:, :, -1], clicked)
        assert torch.equal(labels[:, :, -1], wanted)
        chosen = answer.mask_logits[:, :, 0]


def test_refreshing_calls_get_a_new_mask_but_no_new_click(net, clouds):
    watched = Watched(net)
    leaf, _ = detached(net.encode(clouds.colors, clouds.groups))
    learn(watched, leaf, clouds, num_calls=4, refreshing={1, 3})
    assert [call[0].shape[2] for call in watched.calls] == [1, 1, 2, 2]
    for call in (1, 3):
        assert torch.equal(watched.calls[call][0], watched.calls[call - 1][0])
    assert not torch.equal(watched.calls[3][2], watched.calls[2][2])


def test_figures_are_those_of_the_chosen_masks(net, clouds):
    leaf, _ = detached(net.encode(clouds.colors, clouds.groups))
    everything = dataclasses.replace(clouds, targets=torch.ones_like(clouds.targets))
    all_in = Watched(net)
    figures = learn(all_in, leaf, everything, num_calls=1)
    logits = all_in.calls[0][3].mask_logits[:, :, 1:]
    share = (logits > 0).float().mean(dim=-1)  # the IoU with the whole cloud
    best = all_in.calls[0][3].iou_pred[:, :, 1:].argmax(dim=2, keepdim=True)
    assert figures['iou_1'] == pytest.approx(share.gather(2, best).mean().item())
    assert figures['iou_1_best'] == pytest.approx(share.amax(dim=2).mean().item())
    assert figures['iou_last'] == figures['iou_1']
