# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM beside its authors' own code: the same weights and inputs, at a reduced size."""

import contextlib
import dataclasses
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from part_seg_ros.evaluation.metrics import PARTSAM_CLICKS
from part_seg_ros.geometry.block_sampling import block_farthest_point_sample
from part_seg_ros.layers.partfield.config import TrunkConfig
from part_seg_ros.layers.product_neighbors import group_by_products
from part_seg_ros.models.partsam.config import PartSamConfig
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.training.partsam import PartSamRecipe
from part_seg_ros.training.partsam_clouds import PartSamClouds
from part_seg_ros.training.prompted_clouds import PromptedClouds
from part_seg_ros.training.simulated_clicks import simulated_clicks
from tests.parity.originals.partfield_trunk import their_transformer
from tests.parity.originals.torkit3d_stand_ins import STAND_INS, TIMM_STAND_INS

# The authors' code fixes blocks 1 to 3, the grids, the U-Net's widths, the 64 and 448 channels of
# planes and the inner widths of the mask encoder.
TRUNK = TrunkConfig(
    point_blocks=((64, 32), (128, 16), (128, 16), (256, 8)),
    plane_size=32,
    token_width=48,
    token_depth=2,
    num_heads=4,
)
CONFIG = PartSamConfig(
    trunk=TRUNK, num_patches=64, patch_size=16, width=64, num_layers=2, inner=96
)
# As in tests/parity/test_partsam.py: largest differences, and of root mean squares.
LOGITS, IOU, STAGE = 1e-4, 1e-5, 1e-5
NUM_TRIPLETS = 512
BRANCHES = {'partfield': 'PartField', 'partfieldMy': 'PartFieldPath'}


def their_branch(pc_encoder: ModuleType, name: str) -> nn.Module:
    with torch.device('meta'):  # its size is fixed, that of what it is made of is not
        built = getattr(pc_encoder, BRANCHES[name])()
    built.pvcnn = pc_encoder.TriPlanePC2Encoder(
        z_triplane_channels=TRUNK.plane_width,
        z_triplane_resolution=TRUNK.plane_size,
        point_encoder_type='pvcnn',
        device=None,
        shape_min=-1,
        shape_length=2,
        is_My=name == 'partfieldMy',
    )
    built.triplane_transformer = their_transformer(pc_encoder.TriplaneTransformer, TRUNK)
    return built


def their_net(pc_sam: ModuleType, pc_encoder: ModuleType, transformer: ModuleType) -> nn.Module:
    part_width, width = TRUNK.part_width, CONFIG.width
    embed = pc_encoder.PatchEmbed(
        3 + part_width, part_width, CONFIG.num_patches, CONFIG.patch_size
    )
    with torch.device('meta'):
        encoder = pc_encoder.PFEncoderDual(embed)
    for name in BRANCHES:
        setattr(encoder, name, their_branch(pc_encoder, name))
    encoder.partfield.requires_grad_(False)
    two_way = transformer.TwoWayTransformer(
        CONFIG.num_layers, width, CONFIG.num_heads, CONFIG.inner
    )
    decoder = pc_sam.MaskDecoder(width, two_way, iou_head_hidden_dim=width)
    return pc_sam.PartSAM(encoder, pc_sam.MaskEncoder(width), decoder, prompt_iters=3).eval()


@pytest.fixture(scope='module')
def authors(checkout, import_original, partfield_stand_ins) -> SimpleNamespace:
    """Their modules."""
    names = ('pc_sam', 'pc_encoder', 'transformer', 'loss')
    modules = import_original(
        checkout('czvvd+PartSAM'),
        ['PartSAM.model.' + name for name in names],
        STAND_INS | TIMM_STAND_INS | partfield_stand_ins,
    )
    return SimpleNamespace(**dict(zip(names, modules, strict=True)))


@pytest.fixture(scope='module', params=['by name', 'plain'])
def pair(request, authors, fill, fill_plainly) -> SimpleNamespace:
    """Our network and theirs with the same weights."""
    net = PartSamNet(CONFIG).eval()
    fill.fill_module(net) if request.param == 'by name' else fill_plainly(net)
    theirs = their_net(authors.pc_sam, authors.pc_encoder, authors.transformer)
    theirs.load_state_dict(net.state_dict())
    return SimpleNamespace(net=net, theirs=theirs)


def clouds_of(*kinds: str, num_points: int = 1200) -> list[Tensor]:
    """Return coordinates, colours and normals, each (B, N, 3)."""
    rng = np.random.default_rng(len(kinds))
    clouds = []
    for kind in kinds:
        points = rng.uniform(-0.9, 0.9, (num_points, 3))
        if kind == 'faces':  # of the cube that bounds all: exactly at -1 and 1
            axis = rng.integers(0, 3, num_points)
            points[np.arange(num_points), axis] = rng.choice([-1.0, 1.0], num_points)
        if kind == 'crowded':  # many points in each of a few voxels
            points = points[rng.integers(0, 30, num_points)]
            points += rng.uniform(-0.005, 0.005, points.shape)
        normals = rng.normal(size=points.shape)
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        clouds.append((points, rng.random(points.shape), normals))
    return [torch.from_numpy(np.float32(np.stack(arrays))) for arrays in zip(*clouds, strict=True)]


def patches_of(coords: Tensor):
    centers = [block_farthest_point_sample(own.numpy(), CONFIG.num_patches) for own in coords]
    return group_by_products(coords, torch.from_numpy(np.stack(centers)), CONFIG.patch_size)


def agree(found: Tensor, wanted: Tensor, name: str) -> None:
    assert found.shape == wanted.shape, name
    found, wanted = found.double(), wanted.double()
    error = ((found - wanted).square().mean() / wanted.square().mean()).sqrt()
    assert error < STAGE, f'{name}: {error:.3g} of the root mean square'


@pytest.mark.parametrize('kind', ['faces', 'crowded'])
@torch.inference_mode()
def test_every_stage_of_the_encoder(pair, kind):
    """Planes have their channels last in ours."""
    coords, colors, normals = clouds_of(kind)
    seen: dict[str, Tensor] = {}
    hooks = []
    for branch in BRANCHES:
        trunk = getattr(pair.theirs.pc_encoder, branch)
        stages = {'points': trunk.pvcnn.pc_encoder, 'unet': trunk.pvcnn.unet_encoder}
        stages |= {'tokens': trunk.triplane_transformer.transformer, 'planes': trunk}
        for stage, module in stages.items():

            def keep(_, inputs, output, name=f'{branch} {stage}'):
                seen[name], seen[f'{name} in'] = output, inputs[0]

            hooks.append(module.register_forward_hook(keep))
    patches, part_features, part_planes = pair.theirs.pc_encoder(coords, colors, normals)
    for hook in hooks:
        hook.remove()

    for branch in BRANCHES:
        ours = getattr(pair.net.pc_encoder, branch)
        extra = torch.cat([colors, normals], -1) if branch == 'partfieldMy' else None
        points = ours.point_features(coords, coords, extra)
        scattered = ours.scatter(points, coords)
        hidden = ours.unet_hidden(scattered)
        tokens_in = ours.tokens_in(hidden)
        tokens_out = ours.tokens_out(tokens_in)
        agree(points, seen[f'{branch} points'][1][0].transpose(1, 2), 'points')
        agree(scattered, seen[f'{branch} unet in'].movedim(2, -1), 'scattered planes')
        agree(ours.unet_output(hidden), seen[f'{branch} unet'].movedim(2, -1), 'U-Net')
        agree(tokens_in, seen[f'{branch} tokens in'], 'tokens')
        agree(tokens_out, seen[f'{branch} tokens'], 'tokens out')
        planes = ours.to_planes(hidden, tokens_out)
        agree(planes, seen[f'{branch} planes'].movedim(2, -1), 'planes')
    groups = patches_of(coords)
    assert torch.equal(groups.centers, patches['centers'])
    assert torch.equal(groups.neighbor_idx.sort(-1)[0], patches['knn_idx'].sort(-1)[0])
    encoded = pair.net.encode(coords, colors, normals, groups)
    agree(encoded.planes, part_planes.movedim(2, -1), 'part planes')
    agree(encoded.part_features, part_features, 'part features')
    embeddings = pair.net.pc_encoder.patch_embed(encoded.part_features, groups)
    agree(embeddings, patches['embeddings'], 'patches')


def decode_as_released(net: PartSamNet, encoded, clicks: Tensor, labels: Tensor, previous):
    """Read clicks of set m on cloud b in the planes of cloud (b M + m) mod B."""
    num_clouds, num_sets = labels.shape[:2]
    answers = []
    for m in range(num_sets):
        planes = encoded.planes[(torch.arange(num_clouds) * num_sets + m) % num_clouds]
        mixed = dataclasses.replace(encoded, planes=planes)
        masks = None if previous is None else previous[:, [m]]
        answers.append(net.decode(mixed, clicks[:, [m]], labels[:, [m]], masks))
    return answers


@torch.inference_mode()
def test_five_rounds_of_clicks_of_both_kinds(pair):
    """Two clouds, three prompt sets on each, clicks in the open, too."""
    rng = torch.Generator().manual_seed(4)
    coords, *rest = clouds_of('faces', 'crowded')
    encoded = pair.net.encode(coords, *rest, patches_of(coords))
    clicks = torch.empty(2, 3, 0, 3)
    labels = torch.empty(2, 3, 0, dtype=torch.long)
    previous = None
    pair.theirs.pc_embeddings = None
    for num_new in (1, 1, 2, 1, 5):
        new = 2 * torch.rand(2, 3, num_new, 3, generator=rng) - 1
        clicks = torch.cat([clicks, new], 2)
        some = torch.randint(0, 2, (2, 3, num_new), generator=rng)
        labels = torch.cat([labels, some], 2)
        answers = decode_as_released(pair.net, encoded, clicks, labels, previous)
        for several in (True, False):
            masks, iou = pair.theirs.predict_masks(
                coords,
                *rest,
                None,
                None,
                None,
                clicks.flatten(0, 1),
                None,
                labels.flatten(0, 1),
                None if previous is None else previous.flatten(0, 1),
                multimask_output=several,
            )
            ours = [answer.answers(several=several) for answer in answers]
            found = torch.cat([answer.mask_logits for answer in ours], 1).flatten(0, 1)
            found_iou = torch.cat([answer.iou_pred for answer in ours], 1).flatten(0, 1)
            torch.testing.assert_close(found, masks, atol=LOGITS, rtol=0)
            torch.testing.assert_close(found_iou, iou, atol=IOU, rtol=0)
        previous = masks.squeeze(1).unflatten(0, (2, 3))


@pytest.mark.parametrize('pair', ['plain'], indirect=True)
def test_losses_and_gradients_of_training(pair, authors, snippets, monkeypatch):
    """Three rounds on two clouds with two parts each, on the same triplets."""
    rng = torch.Generator().manual_seed(9)
    coords, colors, normals = clouds_of('faces', 'crowded')
    seeds = coords[:, [3, 700]]
    targets = torch.cdist(seeds, coords) < torch.tensor([[[0.6], [1.1]]])
    sides = torch.stack([targets, targets, ~targets], dim=2).float()
    rows = sides.flatten(0, 2).multinomial(NUM_TRIPLETS, replacement=True, generator=rng)
    rows = rows.unflatten(0, sides.shape[:3])
    triplets = torch.stack([own[idx] for own, idx in zip(coords, rows, strict=True)])
    monkeypatch.setattr(
        authors.pc_sam, 'sample_triplets', lambda *_: triplets.flatten(2, 3).flatten(0, 1)
    )
    pair.theirs.zero_grad()
    outputs = pair.theirs(coords, colors, normals, targets)
    wanted, _ = authors.loss.Criterion()(outputs, targets.flatten(0, 1))
    wanted.backward()
    names = {'np': np, 'torch': torch}
    exec(snippets('PartSAM')[-1], names)
    rounds = [(output['masks'].detach(), output['iou_preds'].detach()) for output in outputs]
    features = outputs[0]['triplets'].detach()
    total = names['training_loss'](rounds, targets.flatten(0, 1), features)
    torch.testing.assert_close(total, wanted.detach(), atol=1e-6, rtol=1e-6)

    first, _ = simulated_clicks(coords, targets, None, PARTSAM_CLICKS)
    clouds = PromptedClouds(
        points=coords, colors=colors, targets=targets, first_rows=first, groups=patches_of(coords)
    )
    recipe = object.__new__(PartSamRecipe)  # made without clouds to draw from
    recipe.net, recipe.precision = pair.net, contextlib.nullcontext
    recipe.config = SimpleNamespace(num_calls=3, triplet_weight=0.1)
    pair.net.zero_grad()
    figures = recipe.learn(
        PartSamClouds(prompted=clouds, normals=normals, triplet_rows=rows), torch.Generator()
    )
    assert figures['loss'] == pytest.approx(wanted.item(), abs=1e-5)
    theirs = dict(pair.theirs.named_parameters())
    pairs = [
        (value.grad, theirs[name].grad)
        for name, value in pair.net.named_parameters()
        if value.grad is not None and value.grad.any()
    ]
    assert len(pairs) > 200
    whole = torch.stack([grad.norm() for _, grad in pairs]).norm()
    assert torch.stack([(own - grad).norm() for own, grad in pairs]).norm() < 3e-4 * whole
