# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM against a recording of the original, stage by stage."""

import numpy as np
import pytest
import torch

from part_seg_ros.models.partsam.config import PRESETS
from part_seg_ros.models.partsam.model import PartSamNet

# Largest absolute differences, and the largest root mean square relative to the recorded one.
LOGITS, IOU, STAGE = 1e-4, 1e-5, 1e-5
BRANCHES = {'frozen': 'partfield', 'learn': 'partfieldMy'}


def test_names_shapes_and_types_are_those_of_the_released_file(check_manifest):
    with torch.device('meta'):
        check_manifest(PartSamNet(PRESETS['official']), 'partsam')


@pytest.fixture(scope='module')
def recording(parity_path):
    return np.load(parity_path / 'partsam_a.npz')


@pytest.fixture(scope='module')
def documented(parity_path, snippets):
    """What the documented calls give: their names, and what the modules saw meanwhile."""
    names: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('PART_SEG_SHARED', str(parity_path.parent))
        build, encode, decode, system, _ = snippets('PartSAM')
        exec(build, names)
    net = names['net']
    watched = {'patches': net.pc_encoder.patch_embed, 'dense': net.mask_encoder}
    for short, name in BRANCHES.items():
        branch = getattr(net.pc_encoder, name)
        watched[f'{short} points'] = branch.pvcnn.pc_encoder
        watched[f'{short} unet'] = branch.pvcnn.unet_encoder
        watched[f'{short} tokens'] = branch.triplane_transformer.transformer
    watched['extra'] = net.pc_encoder.partfieldMy.pvcnn.pc_encoder.add_layer[0]
    seen: dict[str, torch.Tensor] = {}

    def keeper(name):
        def keep(module, inputs, output):
            seen[f'{name} in'], seen[name] = inputs[0], output

        return keep

    hooks = [module.register_forward_hook(keeper(name)) for name, module in watched.items()]
    exec(encode, names)
    exec(decode, names)
    for hook in hooks:
        hook.remove()
    return names | {'seen': seen, 'system snippet': system}


@pytest.fixture
def agree(recording):
    """Compare a stage with its recording by the root mean square of the difference."""

    def check(found: torch.Tensor, name: str) -> None:
        wanted = recording[name].astype(np.float64)
        assert found.shape == wanted.shape
        error = np.sqrt(np.square(found.numpy() - wanted).mean() / np.square(wanted).mean())
        assert error < STAGE, f'{name}: {error:.3g} of the root mean square'

    return check


pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]


def test_every_discrete_choice_of_the_patches_is_the_same(recording, documented):
    np.testing.assert_array_equal(documented['center_idx'], recording['fps_idx'])
    members = documented['groups'].neighbor_idx[0, ::8].sort(-1)[0]
    np.testing.assert_array_equal(members, recording['knn_idx_sorted_sub'])


@pytest.mark.parametrize('short', BRANCHES)
def test_every_stage_of_a_branch(recording, documented, agree, short):
    seen, pick = documented['seen'], recording['pick_points']
    branch = getattr(documented['net'].pc_encoder, BRANCHES[short])

    def grid(planes):
        return planes[0].permute(0, 3, 1, 2)[:, :, 3::8, 5::8]

    agree(seen[f'{short} points'][0, pick, ::2], f'{short}_pvcnn_block0')
    scattered = seen[f'{short} unet in']
    agree(scattered[0].sum((1, 2)), f'{short}_scatter_planes_sum')
    agree(grid(scattered)[:, ::32], f'{short}_unet_in_sub')
    hidden = seen[f'{short} unet']
    with torch.inference_mode():
        unet_output = branch.unet_output(hidden)
        planes = branch.to_planes(hidden, seen[f'{short} tokens'])
    agree(grid(unet_output)[:, ::32], f'{short}_unet_out_sub')
    agree(seen[f'{short} tokens in'][0, ::64, ::16], f'{short}_tokens_in_sub')
    agree(seen[f'{short} tokens'][0, ::64, ::16], f'{short}_tokens_out_sub')
    agree(grid(planes)[:, ::64], f'{short}_planes_sub')


def test_extra_channels_part_features_and_patches(recording, documented, agree):
    seen, pick = documented['seen'], recording['pick_points']
    agree(seen['extra'][0, pick, ::4], 'learn_add_layer_sub')
    agree(documented['encoded'].part_features[0, pick], 'pf_feat_sub')
    agree(seen['patches'][0, ::16], 'patch_embeddings_sub')


def test_both_rounds(recording, documented, agree, close):
    clicks, labels = (
        torch.from_numpy(recording[f'r1_prompt_{name}'])[None] for name in ('coords', 'labels')
    )
    with torch.inference_mode():
        codes = documented['net'].encode_clicks(documented['encoded'], clicks, labels)
    agree(codes[0], 'r1_sparse_embeddings')
    agree(documented['seen']['dense'][0, :, ::16], 'r2_dense_embeddings_sub')
    for key, answers in (('r1', documented['first']), ('r2', documented['second'])):
        close(answers.mask_logits[0], recording[f'{key}_logits'], LOGITS)
        close(answers.iou_pred[0], recording[f'{key}_iou'], IOU)


def test_the_system_gives_the_recorded_rounds(documented):
    names = dict(documented)
    exec(names['system snippet'], names)
    np.testing.assert_array_equal(
        names['embedding'].point_features, names['encoded'].part_features[0]
    )
    limits = {'logits': LOGITS, 'iou': IOU, 'refined': LOGITS, 'refined iou': IOU}
    assert names['differences'].keys() == limits.keys()
    for key, limit in limits.items():
        assert 0 < names['differences'][key] <= limit
