# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-SAM beside the code of its authors, both with the same weights, at reduced sizes."""

import contextlib
import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from part_seg_ros.evaluation.metrics import POINT_SAM_CLICKS
from part_seg_ros.geometry.patches import find_patches
from part_seg_ros.layers.grouping import group_points, take_rows
from part_seg_ros.models.point_sam.config import PointSamConfig, TransformerConfig
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.models.point_sam.preparation import PointSamSettings
from part_seg_ros.models.point_sam.system import PointSamSystem
from part_seg_ros.models.point_sam.transformer import Transformer
from part_seg_ros.structures import PointCloud, PointPrompt
from part_seg_ros.training.call_losses import point_sam_weights
from part_seg_ros.training.click_rounds import learn_from_clicks
from part_seg_ros.training.prompted_clouds import prompt_cloud, stack_clouds
from part_seg_ros.training.simulated_clicks import simulated_clicks
from part_seg_ros.training.tensor_records import backward_through, detached
from tests.parity.originals.torkit3d_stand_ins import STAND_INS, TIMM_STAND_INS

try:
    import timm
except ImportError:  # then the blocks of its image transformer are ours on both sides
    timm = None

MASKS, IOU, EMBEDDING, LOSS, GRADIENTS = 2e-4, 2e-5, 5e-5, 1e-6, 1e-3
NUM_POINTS, NUM_PATCHES, PATCH_SIZE, NUM_CALLS = 700, 48, 16, 5
# What the authors' classes leave open is reduced.
GATED = TransformerConfig(
    width=48, num_blocks=2, num_heads=4, mlp_width=128, image_grid=2, image_patch=2, num_classes=3
)
PLAIN = dataclasses.replace(GATED, is_gated=False)


def squared_to_nearest(points, others):
    distances = torch.cdist(points, others, compute_mode='donot_use_mm_for_euclid_dist')
    return distances.amin(dim=2).square(), None


MEASURED = {'torkit3d.ops.chamfer_distance': {'chamfer_distance': squared_to_nearest}}


@pytest.fixture(scope='module')
def authors(checkout, import_original):
    """The authors' modules by their names."""
    names = ['pc_sam', 'pc_encoder', 'prompt_encoder', 'mask_decoder', 'transformer', 'loss']
    names.append('common')
    modules = import_original(
        checkout('zyc00+Point-SAM'),
        [f'pc_sam.model.{name}' for name in names],
        STAND_INS | MEASURED | ({} if timm else TIMM_STAND_INS),
    )
    return SimpleNamespace(**dict(zip(names, modules, strict=True)))


def image_transformer(config):
    if timm is None:
        blocks = Transformer(config)
        blocks.embed_dim, blocks.pos_drop, blocks.norm = config.width, nn.Identity(), nn.Identity()
        return blocks
    return timm.create_model(
        'eva02_base_patch14_448' if config.is_gated else 'eva_giant_patch14_560',
        **dict(embed_dim=config.width, depth=config.num_blocks, num_heads=config.num_heads),
        **dict(mlp_ratio=config.mlp_width / config.width, num_classes=config.num_classes),
        **dict(img_size=config.image_grid * config.image_patch, patch_size=config.image_patch),
    )


def their_network(authors, config, patches=(NUM_PATCHES, PATCH_SIZE)):
    embed = authors.pc_encoder.PatchEmbed(6, config.patch_outer, *patches)
    sizes = (config.num_decoder_layers, config.width, config.num_decoder_heads)
    attention = authors.transformer.TwoWayTransformer(*sizes, config.decoder_inner)
    return authors.pc_sam.PointCloudSAM(
        authors.pc_encoder.PointCloudEncoder(
            embed, image_transformer(config.transformer), config.width
        ),
        authors.prompt_encoder.MaskEncoder(config.width),
        authors.mask_decoder.MaskDecoder(
            config.width, attention, iou_head_hidden_dim=config.width
        ),
        NUM_CALLS,
    )


@pytest.fixture(scope='module', params=['filled', 'random', 'random, fused'])
def networks(request, authors, fill_plainly):
    """Theirs and ours with equal weights."""
    transformer = PLAIN if request.param == 'random, fused' else GATED
    config = PointSamConfig(
        transformer=transformer, width=64, num_decoder_heads=4, decoder_inner=96
    )
    theirs, ours = their_network(authors, config).eval(), PointSamNet(config).eval()
    if request.param == 'filled':
        request.getfixturevalue('fill').fill_module(ours)
    else:
        fill_plainly(ours)
    theirs.load_state_dict(ours.state_dict())
    return theirs, ours


@pytest.fixture(scope='module')
def clouds():
    """Coordinates and colours (2, N, 3) for the networks, and parts (2, 3, N)."""
    rng = np.random.default_rng(5)
    coords = rng.normal(size=(2, NUM_POINTS, 3)) * [[[1.0, 0.5, 0.3]], [[0.4, 0.6, 0.9]]]
    coords -= coords.mean(axis=1, keepdims=True)
    coords /= np.linalg.norm(coords, axis=2).max(axis=1)[:, None, None]
    from_middles = np.linalg.norm(coords[:, :3, None] - coords[:, None], axis=-1)
    targets = from_middles < [[0.2], [0.3], [0.5]]
    colors = rng.uniform(-1, 1, coords.shape)
    return (
        *(torch.tensor(x, dtype=torch.float32) for x in (coords, colors)),
        torch.tensor(targets),
    )


def encode(net, coords, colors):
    patches = [find_patches(cloud.numpy(), NUM_PATCHES, PATCH_SIZE) for cloud in coords]
    return net.encode(colors, group_points(coords, patches))


@torch.inference_mode()
def test_encodings_agree(networks, clouds, close):
    theirs, ours = networks
    wanted, patches = theirs.pc_encoder(*clouds[:2])
    found = encode(ours, *clouds[:2])
    members = patches['knn_idx'].sort(dim=-1).values
    assert torch.equal(found.groups.centers, patches['centers'])
    assert torch.equal(found.groups.neighbor_idx.sort(dim=-1).values, members)
    close(found.patches, wanted.numpy(), EMBEDDING)
    close(found.patch_code, theirs.point_encoder.pe_layer(patches['centers']).numpy(), EMBEDDING)


@pytest.mark.parametrize('num_sets', [1, 3])
@pytest.mark.parametrize(
    ('labels', 'previous'),
    [
        ([1], None),
        ([1, 0], 5.0),
        ([0, 0, 0], None),
        ([1, 1, 0, 1, 0, 0, 1, 0, 1, 1], None),
        ([0, 1, 1, 0, 1], 50.0),
        ([1, -1, 2], None),
    ],
)
@torch.inference_mode()
def test_answers_agree(networks, clouds, close, num_sets, labels, previous):
    theirs, ours = networks
    rng = torch.Generator().manual_seed(len(labels))
    rows = torch.randint(NUM_POINTS, (2, num_sets, len(labels)), generator=rng)
    rows[:, :, -1] = rows[:, :, 0]  # a place is clicked twice
    clicks = take_rows(clouds[0], rows)
    labels = torch.tensor(labels).expand(rows.shape)
    masks = None
    if previous is not None:
        masks = previous * torch.randn(2, num_sets, NUM_POINTS, generator=rng)
    flat = [x if x is None else x.flatten(0, 1) for x in (clicks, labels, masks)]
    decoded = ours.decode(encode(ours, *clouds[:2]), clicks, labels, masks)
    for several in (True, False):
        logits, iou_pred = theirs.predict_masks(*clouds[:2], *flat, multimask_output=several)
        found = decoded.answers(several=several)
        close(found.mask_logits.flatten(0, 1), logits.numpy(), MASKS)
        close(found.iou_pred.flatten(0, 1), iou_pred.numpy(), IOU)


@torch.inference_mode()
def test_corrective_clicks_and_their_answers_agree(networks, clouds, close):
    theirs, ours = networks
    coords, colors, targets = clouds
    encoded = encode(ours, coords, colors)
    rows, labels, previous = [], [], None
    for wanted in theirs(coords, colors, targets, is_eval=True):
        answers = None if previous is None else previous > 0
        row, label = simulated_clicks(coords, targets, answers, POINT_SAM_CLICKS)
        rows, labels = [*rows, row], [*labels, label]
        clicks = take_rows(coords, torch.stack(rows, dim=-1))
        assert torch.equal(clicks.flatten(0, 1), wanted['prompt_coords'])
        assert torch.equal(torch.stack(labels, -1).flatten(0, 1), wanted['prompt_labels'].long())
        decoded = ours.decode(encoded, clicks, torch.stack(labels, dim=-1), previous)
        found = decoded.answers(several=previous is None)
        close(found.mask_logits.flatten(0, 1), wanted['masks'].numpy(), MASKS)
        close(found.iou_pred.flatten(0, 1), wanted['iou_preds'].numpy(), IOU)
        previous = wanted['prompt_masks'].unflatten(0, targets.shape[:2])


@torch.inference_mode()
def test_metres_colours_and_axes_enter_as_in_their_evaluation(networks, clouds, close):
    theirs, ours = networks
    coords, colors = (x[:1] for x in clouds[:2])
    x, y, z = coords[0].unbind(dim=1)
    points = torch.stack([-x, z, y], dim=1).numpy() * 3 + [5, -4, 2]  # z up
    settings = PointSamSettings(num_patches=NUM_PATCHES, patch_size=PATCH_SIZE)
    system = PointSamSystem(ours, 'cpu', settings=settings)
    embedding = system.encode(PointCloud(points=points, colors=colors[0].numpy() / 2 + 0.5))
    previous = None
    rows, labels = [3, 70, 200], [1, 0, 1]
    for count in (1, 2, 3):
        clicked, signs = rows[:count], labels[:count]
        wanted, iou_pred = theirs.predict_masks(
            *(coords, colors, coords[:, clicked], torch.tensor([signs])),
            *(previous, previous is None),
        )
        found = system.predict(
            embedding,
            PointPrompt(prompt_coords=points[clicked], prompt_labels=signs),
            None if previous is None else previous[0].numpy(),
        )
        close(found.mask_logits, wanted[0].numpy(), MASKS)
        close(found.iou_pred, iou_pred[0].numpy(), IOU)
        previous = wanted[:, iou_pred[0].argmax()]


def test_losses_and_gradients_of_a_training_step_agree(networks, authors, clouds):
    theirs, ours = (net.train() for net in networks)
    coords, colors, targets = clouds
    torch.manual_seed(3)
    drawn = int(torch.randint(1, NUM_CALLS, ()))
    torch.manual_seed(3)
    loss, calls = authors.loss.Criterion()(theirs(*clouds), targets.flatten(0, 1))
    batch = stack_clouds(
        [
            prompt_cloud(
                *(x.numpy() for x in cloud),
                **dict(num_patches=NUM_PATCHES, patch_size=PATCH_SIZE, rule=POINT_SAM_CLICKS),
            )
            for cloud in zip(coords, colors, targets, strict=True)
        ]
    )
    leaf, pairs = detached(ours.encode(batch.colors, batch.groups))
    figures = learn_from_clicks(
        *(ours, leaf, batch),
        num_calls=NUM_CALLS,
        weights=point_sam_weights(NUM_CALLS),
        rule=POINT_SAM_CLICKS,
        precision=contextlib.nullcontext,
        refreshing={NUM_CALLS - 1, drawn},
    )
    backward_through(pairs)
    loss.backward()
    assert figures['loss'] == pytest.approx(loss.item(), rel=LOSS)
    assert figures['iou_last'] == pytest.approx(calls[-1]['iou'].mean().item(), abs=LOSS)
    wanted = {name: p.grad for name, p in theirs.named_parameters() if p.grad is not None}
    for name, parameter in ours.named_parameters():
        if name in wanted:
            limit = GRADIENTS * max(wanted[name].abs().max().item(), 1e-3)
            torch.testing.assert_close(parameter.grad, wanted.pop(name), atol=limit, rtol=0)
    assert not wanted
