# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-SAM against recordings of the original, stage by stage."""

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from part_seg_ros.evaluation.metrics import next_click
from part_seg_ros.geometry.block_sampling import block_farthest_point_sample
from part_seg_ros.geometry.normalization import fit_unit_sphere
from part_seg_ros.geometry.patches import Patches, find_patches
from part_seg_ros.layers.grouping import group_points
from part_seg_ros.layers.prompted_network import EncodedPatches
from part_seg_ros.models.point_sam.config import PRESETS
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.models.point_sam.preparation import network_colors
from part_seg_ros.training.call_losses import call_losses, point_sam_weights

# Largest absolute differences, float32 on a CPU.
MASKS, IOU, EMBEDDING, TRANSFORMER, WEIGHTS = 2e-4, 2e-5, 5e-5, 2e-4, 2e-4
GROUPS = {'g128': (128, 32), 'g512': (512, 64)}
ROUNDS = [*(f'g128/r{i}' for i in range(1, 6)), 'g512/r1', 'g512/r2']


@pytest.fixture(scope='module')
def recording(parity_path):
    return np.load(parity_path / 'point_sam_large_a.npz')


@pytest.fixture(scope='module')
def net(filled):
    return filled(lambda: PointSamNet(PRESETS['large']))


def test_names_shapes_and_types_are_those_of_the_released_file(check_manifest):
    with torch.device('meta'):
        check_manifest(PointSamNet(PRESETS['large']), 'point_sam_large')


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Encoding:
    """A cloud on its way through the encoder."""

    patches: Patches
    encoded: EncodedPatches
    stages: dict[str, torch.Tensor]


@pytest.fixture(scope='module')
def encodings(recording, net):
    """Encode each recorded cloud once, and keep what the stages give."""
    done: dict[str, Encoding] = {}

    def encode(name: str) -> Encoding:
        if name in done:
            return done[name]
        coords = torch.from_numpy(recording[f'{name}/coords'])[None]
        colors = torch.from_numpy(recording[f'{name}/features'])[None]
        patches = find_patches(coords[0].numpy(), *GROUPS[name])
        encoder = net.pc_encoder
        watched = {
            'patch_tokens': encoder.patch_embed,
            'vit_block0': encoder.transformer.blocks[0],
            'vit_last': encoder.transformer.blocks[-1],
        }
        with watching(watched) as stages, torch.inference_mode():
            encoded = net.encode(colors, group_points(coords, [patches]))
        done[name] = Encoding(patches=patches, encoded=encoded, stages=stages)
        return done[name]

    return encode


class watching:
    """Keep the inputs and outputs of modules while they run."""

    def __init__(self, modules):
        self.modules = modules
        self.seen = {}

    def __enter__(self):
        def keeper(name):
            def keep(module, inputs, output):
                self.seen[f'{name} in'], self.seen[name] = inputs[0], output

            return keep

        self.hooks = [m.register_forward_hook(keeper(n)) for n, m in self.modules.items()]
        return self.seen

    def __exit__(self, *error):
        for hook in self.hooks:
            hook.remove()


@pytest.mark.parametrize('name', GROUPS)
def test_every_discrete_choice_of_the_grouping_is_the_same(recording, close, name):
    coords = recording[f'{name}/coords']
    patches = find_patches(coords, *GROUPS[name])
    np.testing.assert_array_equal(patches.center_idx, recording[f'{name}/fps_idx'])
    np.testing.assert_array_equal(coords[patches.center_idx], recording[f'{name}/centers'])
    members = np.sort(patches.neighbor_idx, axis=1)
    np.testing.assert_array_equal(members, recording[f'{name}/knn_idx_sorted'])
    order = np.argsort(patches.interp_idx, axis=1)
    nearest = np.take_along_axis(patches.interp_idx, order, axis=1)
    np.testing.assert_array_equal(nearest, recording[f'{name}/interp_idx_sorted'])
    weights = np.take_along_axis(patches.interp_weights, order, axis=1)
    close(weights, recording[f'{name}/interp_weight'], WEIGHTS)


def test_ties_of_a_lattice_are_settled_as_by_the_cuda_operator(recording):
    wanted = recording['fps_ties/idx']
    picked = block_farthest_point_sample(recording['fps_ties/coords'], len(wanted))
    np.testing.assert_array_equal(picked, wanted)


def test_clouds_are_normalised_as_for_training(recording, close):
    points = recording['g128/raw_xyz']
    close(fit_unit_sphere(points).apply(points), recording['g128/coords'], 1e-6)
    colors = network_colors(recording['g128/raw_rgb'] / np.float32(255), len(points))
    close(colors, recording['g128/features'], 1e-6)


@pytest.mark.parametrize('name', GROUPS)
def test_every_stage_of_the_encoder(recording, encodings, close, name):
    encoding = encodings(name)
    stages = {key: value[0, :8] for key, value in encoding.stages.items()}
    close(stages['patch_tokens'], recording[f'{name}/patch_tokens_first8'], EMBEDDING)
    close(stages['vit_block0 in'], recording[f'{name}/vit_in_first8'], EMBEDDING)
    close(stages['vit_block0'], recording[f'{name}/vit_block0_first8'], EMBEDDING)
    close(stages['vit_last'], recording[f'{name}/vit_last_first8'], TRANSFORMER)
    close(encoding.encoded.patches[0], recording[f'{name}/pc_embeddings'], EMBEDDING)
    close(encoding.encoded.patch_code[0, :8], recording[f'{name}/pc_pe_first8'], EMBEDDING)


@pytest.mark.parametrize('key', ROUNDS)
def test_every_stage_of_a_round(recording, net, encodings, close, key):
    encoded = encodings(key.split('/')[0]).encoded
    coords, labels, masks = (
        torch.from_numpy(recording[f'{key}/{name}'])[None]
        if f'{key}/{name}' in recording
        else None
        for name in ('prompt_coords', 'prompt_labels', 'prompt_masks')
    )
    watched = {
        'sparse': net.point_encoder,
        'dense': net.mask_encoder,
        'attended': net.mask_decoder.transformer,
    }
    with watching(watched) as stages, torch.inference_mode():
        decoded = net.decode(encoded, coords, labels, masks)
        tokens, patches = stages['attended']
        upscaled = net.mask_decoder.upscale(patches[0, -1], encoded.groups, 0)
    close(stages['sparse'][0], recording[f'{key}/sparse_embeddings'], EMBEDDING)
    dense = recording[f'{key}/dense_embeddings']
    found = stages['dense'][0].expand(len(dense), encoded.patches.shape[1], -1)
    close(found[:, : dense.shape[1]], dense, EMBEDDING)
    close(tokens[0], recording[f'{key}/decoder_tokens_out'], TRANSFORMER)
    close(patches[0, :, :8], recording[f'{key}/decoder_src_out_first8'], TRANSFORMER)
    close(upscaled[:8], recording[f'{key}/upscaled_first8'][-1], TRANSFORMER)
    for several, kind in ((True, 'multi'), (False, 'single')):
        answers = decoded.answers(several=several)
        close(answers.mask_logits[0], recording[f'{key}/{kind}_masks'], MASKS)
        close(answers.iou_pred[0], recording[f'{key}/{kind}_iou'], IOU)


@pytest.mark.parametrize('row', [0, 1])
@pytest.mark.parametrize('call', ['first', 'next', 'perfect'])
def test_simulated_clicks(recording, row, call):
    points, target = recording['g128/coords'], recording['click/gt_masks'][row] > 0
    answer = {
        'first': None,
        'next': recording['click/pred_logits'][row] > 0,
        'perfect': target,
    }[call]
    clicked, label = next_click(points, target, answer)
    np.testing.assert_array_equal(points[clicked], recording[f'click/{call}_coords'][row, 0])
    assert label == recording[f'click/{call}_labels'][row, 0]


def test_losses(recording, close):
    targets = torch.from_numpy(recording['loss/gt']) > 0
    calls = []
    for i in range(3):
        logits, iou_pred = (
            torch.from_numpy(recording[f'loss/{n}{i}']) for n in ('logits', 'iou_pred')
        )
        calls.append(call_losses(logits, iou_pred, targets))
        close(calls[i].mask, recording[f'loss/mask_loss{i}'], 1e-6)
        close(calls[i].iou_pred, recording[f'loss/iou_loss{i}'], 1e-6)
        close(calls[i].iou, recording[f'loss/iou{i}'], 1e-6)
    close(point_sam_weights(len(calls)).total(calls), recording['loss/total'], 1e-6)


def test_the_documented_calls_run_and_agree(recording, parity_path, snippets, monkeypatch, close):
    monkeypatch.setenv('PART_SEG_SHARED', str(parity_path.parent))
    names: dict[str, object] = {}
    for snippet in snippets('Point-SAM'):
        exec(snippet, names)
    for key, limit in (('masks', MASKS), ('qualities', IOU), ('refined', 2 * MASKS)):
        assert 0 < names['differences'][key] <= limit
    close(names['both'].mask_logits[0], recording['g128/r4/single_masks'], MASKS)
    assert names['differences']['clicks'] == 0
    assert names['differences']['loss'] <= 1e-6
