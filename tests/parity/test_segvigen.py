# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SegviGen against a recording of the original, stage by stage."""

import numpy as np
import pytest
import torch

from part_seg_ros.models.segvigen.config import OFFICIAL, SHAPE_DECODER
from part_seg_ros.models.segvigen.flow_model import SegvigenFlow
from part_seg_ros.models.segvigen.image_encoder import ImageEncoder
from part_seg_ros.models.segvigen.voxel_decoder import VoxelDecoder
from part_seg_ros.models.segvigen.voxel_encoder import VoxelEncoder

# Largest absolute differences.
FLOW, SAMPLED, LATENT, DECODED, COLOR, TURN = 2e-5, 5e-5, 5e-5, 3e-4, 1e-5, 5e-6
OFFICIAL_SIZE = {
    'flow': lambda: SegvigenFlow(OFFICIAL.flow),
    'shape_encoder': lambda: VoxelEncoder(OFFICIAL.encoder),
    'tex_encoder': lambda: VoxelEncoder(OFFICIAL.encoder),
    'shape_decoder': lambda: VoxelDecoder(SHAPE_DECODER),
    'tex_decoder': lambda: VoxelDecoder(OFFICIAL.decoder),
    'dinov3_vitl16': lambda: ImageEncoder(OFFICIAL.image),
}
TAPS = {
    'flow_tap_t_emb': 't_embedder',
    'flow_tap_modulation': 'adaLN_modulation',
    'flow_tap_block0_self_attn': 'blocks.0.self_attn',
    'flow_tap_block0_cross_attn': 'blocks.0.cross_attn',
    'flow_tap_block0_out': 'blocks.0',
}


@pytest.mark.parametrize('network', OFFICIAL_SIZE)
def test_names_shapes_and_types_are_those_of_the_released_files(check_manifest, network):
    with torch.device('meta'):
        check_manifest(OFFICIAL_SIZE[network](), f'segvigen_{network}')


@pytest.fixture(scope='module')
def recording(parity_path):
    return np.load(parity_path / 'segvigen_a.npz')


@pytest.fixture(scope='module')
def documented(parity_path, snippets):
    """What the documented calls give."""
    names: dict[str, object] = {}
    was_enabled = torch.is_grad_enabled()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('PART_SEG_SHARED', str(parity_path.parent))
        try:
            for snippet in snippets('SegviGen'):
                exec(snippet, names)
        finally:
            torch.set_grad_enabled(was_enabled)
    return names


def test_voxels_of_a_mesh(recording, documented):
    voxels = documented['voxels']
    np.testing.assert_array_equal(voxels.coords, recording['vox_coords'])
    np.testing.assert_array_equal(voxels.crossed, recording['vox_intersected_bool'])
    for name in ('base_color', 'metallic', 'roughness', 'alpha'):
        difference = np.abs(voxels.attributes[name] - recording[f'vox_{name}_u8'].astype(int))
        assert difference.max() <= 1, name
    wanted = recording['vox_dual_vertices_u8'].astype(int)
    difference = np.abs(voxels.attributes['dual_vertices'] - wanted).max(axis=1)
    assert (difference <= 1).mean() >= 0.98
    wanted = 64 * recording['vox_dual_vertex_unit'] - voxels.coords
    difference = np.abs(voxels.dual_places - wanted).max(axis=1)
    assert (difference <= 1e-3).mean() >= 0.999 and (difference <= 2e-2).mean() >= 0.999


def test_voxel_files_are_read_and_written_to_the_byte(recording, documented):
    read = documented['read']
    np.testing.assert_array_equal(read.coords, recording['vxz_read_coords'])
    np.testing.assert_array_equal(
        read.attributes['dual_vertices'], recording['vxz_read_dual_vertices_u8']
    )
    assert documented['written'] == recording['vxz_bytes'].tobytes()


def test_meshes_of_voxels_and_colours_at_points(recording, documented, close):
    np.testing.assert_array_equal(documented['quads'], recording['ovox_mesh_faces'])
    np.testing.assert_array_equal(documented['faces'], recording['dec_pred_mesh_faces'])
    close(documented['vertices'], recording['dec_pred_mesh_vertices'], DECODED)
    close(documented['query_colors'], recording['query_color01'], COLOR)


def test_latents(recording, documented, close):
    close(documented['stored'].texture_values, recording['vae_tex_input'], 1e-6)
    cells = documented['steps'][-1].coarse.coords
    np.testing.assert_array_equal(cells, recording['lat_coords'])
    close(documented['shape'].mean, recording['lat_shape'], LATENT)
    close(documented['texture'].mean, recording['lat_tex'], LATENT)
    close(documented['texture'].log_variance, recording['lat_tex_logvar'], LATENT)


def test_decoding_into_the_true_voxels(recording, documented, close):
    fine = documented['true_steps'][-1].fine.coords
    np.testing.assert_array_equal(fine, recording['dec_oracle_coords'])
    close(documented['oracle'], recording['dec_oracle_tex'], DECODED)


def test_decoding_into_chosen_voxels(recording, documented, close):
    chosen = documented['chosen']
    np.testing.assert_array_equal(chosen.steps[-1].fine.coords, recording['dec_pred_coords'])
    close(chosen.values, recording['dec_pred_shape7'], DECODED)
    for level, logits in enumerate(chosen.logits):
        close(logits, recording[f'dec_pred_sub{level}'], DECODED)
    close(documented['decoded'], recording['dec_pred_tex01'], DECODED)


def test_predictions_of_the_flow(recording, documented, close):
    assert len(documented['velocities']) == 3
    for name, velocity in documented['velocities'].items():
        close(velocity, recording[name], FLOW)


def test_stages_of_the_flow(recording, documented, close):
    net, seen = documented['interactive'].flow_model, {}

    def keeper(name):
        def keep(module, inputs, output):
            seen[name] = output
            if name == 'flow_tap_block0_out':
                seen['flow_tap_block0_in'] = inputs[0]

        return keep

    hooks = [
        net.get_submodule(path).register_forward_hook(keeper(name)) for name, path in TAPS.items()
    ]
    with torch.inference_mode():
        documented['interactive'](
            documented['tensor']('flow_x_t'),
            documented['time'],
            documented['clicked'],
            documented['memory'],
        )
    for hook in hooks:
        hook.remove()
    assert seen.keys() == TAPS.keys() | {'flow_tap_block0_in'}
    for name, found in seen.items():
        close(found, recording[name], FLOW)


def test_sampling(recording, documented, close):
    for name, latent in documented['sampled'].items():
        close(latent, recording[name], SAMPLED)
    close(np.array(documented['times']), recording['sampler_t_seq_12_rescale3'], 1e-12)


def test_any_number_of_zero_tokens_is_one(recording, documented, close):
    full, names = documented['full'], documented
    many = full.remember([torch.zeros_like(names['picture'][0])])
    with torch.inference_mode():
        velocity = full(names['tensor']('flow_x_t'), names['time'], names['unclicked'], many)
    close(velocity, recording['flow_pred_full_nullcond'], FLOW)


@pytest.mark.parametrize('name', ['few', 'many'])
def test_clicks(recording, documented, name):
    coords, labels = documented['packed'][name]
    np.testing.assert_array_equal(coords, recording[f'click_{name}_point_coords'][:, 1:])
    np.testing.assert_array_equal(labels, recording[f'click_{name}_point_labels'][:, 0])


def test_image_tokens_turns_and_waves(recording, documented, close):
    close(documented['tokens'], recording['dino_tokens'], FLOW)
    close(documented['rotated'], recording['rope128_out'], TURN)
    close(documented['features'], recording['tfreq_256'], 5e-5)


def test_palette(recording, documented):
    np.testing.assert_array_equal(documented['palette'], recording['palette_out'])
    np.testing.assert_array_equal(documented['labels'], recording['palette_labels'])
