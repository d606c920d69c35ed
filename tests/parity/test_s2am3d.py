# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""S2AM3D against a recording of the original, stage by stage."""

import numpy as np
import pytest
import torch

from part_seg_ros.models.s2am3d.config import PRESETS
from part_seg_ros.models.s2am3d.model import S2am3dNet

# Largest absolute differences, and the largest root mean square relative to the recorded one.
LOGITS, PROBS, STAGE = 1e-4, 2e-5, 1e-5
RUNS = range(3)


@pytest.mark.parametrize('half', ['encoder', 'decoder'])
def test_names_shapes_and_types_are_those_of_the_released_files(check_manifest, half):
    with torch.device('meta'):
        net = S2am3dNet(PRESETS['official'])
    check_manifest({'encoder': net.encoder, 'decoder': net.predictor}[half], f's2am3d_{half}')


@pytest.fixture(scope='module')
def recording(parity_path):
    return np.load(parity_path / 's2am3d_a.npz')


@pytest.fixture(scope='module')
def documented(parity_path, snippets):
    """What the documented calls give: their names, and what the modules saw meanwhile."""
    names: dict[str, object] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('PART_SEG_SHARED', str(parity_path.parent))
        build, encode, decode, system = snippets('S2AM3D')
        exec(build, names)
    encoder = names['net'].encoder
    watched = {
        'points': encoder.pvcnn.pc_encoder,
        'unet': encoder.pvcnn.unet_encoder,
        'tokens': encoder.triplane_transformer.transformer,
    }
    seen: dict[str, torch.Tensor] = {}

    def keeper(name):
        def keep(module, inputs, output):
            seen[f'{name} in'], seen[name] = inputs[0], output

        return keep

    hooks = [module.register_forward_hook(keeper(name)) for name, module in watched.items()]
    exec(encode, names)
    for hook in hooks:
        hook.remove()
    exec(decode, names)
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


def test_every_stage_of_the_encoder(recording, documented, agree):
    seen, pick, encoder = documented['seen'], recording['pick_points'], documented['net'].encoder

    def grid(planes):
        return planes[0].permute(0, 3, 1, 2)[:, :, 3::8, 5::8]

    agree(seen['points'][0, pick, ::2], 'pvcnn_block0')
    agree(seen['unet in'][0].sum((1, 2)), 'scatter_planes_sum')
    agree(grid(seen['unet in'])[:, ::32], 'unet_in_sub')
    with torch.inference_mode():
        unet_output = encoder.unet_output(seen['unet'])
    agree(grid(unet_output)[:, ::32], 'unet_out_sub')
    agree(seen['tokens in'][0, ::64, ::16], 'tokens_in_sub')
    agree(documented['features'][0, pick], 'pf_feat_sub')


def test_the_whole_of_the_planes_that_encoding_computes_in_part(recording, documented, agree):
    seen, encoder = documented['seen'], documented['net'].encoder
    with torch.inference_mode():
        tokens = encoder.tokens_out(seen['tokens in'])
        planes = encoder.to_planes(seen['unet'], tokens)
    agree(tokens[0, ::64, ::16], 'tokens_out_sub')
    agree(planes[0].permute(0, 3, 1, 2)[:, ::64, 3::8, 5::8], 'planes_sub')


@pytest.mark.parametrize('run', RUNS)
def test_every_stage_behind_the_encoder(recording, documented, agree, close, run):
    pick, predictor = recording['pick_points'], documented['net'].predictor
    enhanced = documented['shared'][run].enhanced
    agree(enhanced[0, pick], f'run{run}_enhanced_sub')
    with torch.inference_mode():
        decoded = predictor.decoder(enhanced, enhanced[:, documented['clicks'][run]])
        logits = predictor.seg_head(decoded)
    agree(decoded[0, pick, ::4], f'run{run}_decoded_sub')
    for found in (logits[0], documented['logits'][run]):
        close(found, recording[f'run{run}_logit'], LOGITS)
    close(documented['probs'][run], recording[f'run{run}_prob'], PROBS)


def test_the_system_gives_the_recorded_runs(documented):
    names = dict(documented)
    exec(names['system snippet'], names)
    np.testing.assert_array_equal(names['embedding'].point_features, names['features'][0])
    same, answer = names['same'], names['answers'][names['one']]
    np.testing.assert_array_equal(same.mask_logits, answer.mask_logits)
    limits = {'logits': LOGITS, 'probs': PROBS, 'answers': LOGITS}
    assert names['differences'].keys() == limits.keys()
    for key, limit in limits.items():
        assert 0 < names['differences'][key] <= limit
