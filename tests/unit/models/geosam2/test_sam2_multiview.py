# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Plain SAM 2 on the views: the network is that of the package `sam2`, fed with normals."""

import dataclasses
from collections import OrderedDict

import numpy as np
import pytest
import torch
from sam2 import build_sam

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models import MODEL_SPECS, build_model
from part_seg_ros.models.geosam2.checkpoint import load_network
from part_seg_ros.models.geosam2.config import PRESETS
from part_seg_ros.models.geosam2.model import GeoSam2Net
from part_seg_ros.models.geosam2.propagation import Slots, plan_round, propagate
from part_seg_ros.models.geosam2.sam2_modules import TablesWithValues
from part_seg_ros.structures import PointPrompt

PACKAGE_CONFIGS = {
    'sam2_base_plus': 'sam2.1_hiera_b+',
    'sam2_large': 'sam2.1_hiera_l',
    'sam2_small': 'sam2.1_hiera_s',
    'sam2_hiera_tiny': 'sam2.1_hiera_t',
}
SIZE = 128
NUM_VIEWS = 6


@pytest.mark.parametrize('preset', PACKAGE_CONFIGS)
def test_names_shapes_and_types_are_those_of_the_package(preset):
    with torch.device('meta'), TablesWithValues():
        config = f'configs/sam2.1/{PACKAGE_CONFIGS[preset]}.yaml'
        wanted = build_sam.build_sam2(config, device='meta').state_dict()
        found = GeoSam2Net(PRESETS[preset]).state_dict()
    assert {k: (v.shape, v.dtype) for k, v in found.items()} == {
        k: (v.shape, v.dtype) for k, v in wanted.items()
    }


def test_the_released_files_are_those_that_the_package_names():
    named = {
        (repository, checkpoint)
        for repository, (_, checkpoint) in build_sam.HF_MODEL_ID_TO_FILENAMES.items()
        if 'sam2.1' in repository
    }
    specs = [spec for name, spec in MODEL_SPECS.items() if name.startswith('sam2_multiview')]
    assert {(file.repository, file.name) for spec in specs for file in spec.released} == named


@pytest.fixture(scope='module')
def predictor():
    """The video predictor of the package, random, at a small image size."""
    torch.manual_seed(3)
    predictor = build_sam.build_sam2_video_predictor(
        'configs/sam2.1/sam2.1_hiera_t.yaml',
        device='cpu',
        hydra_overrides_extra=[f'++model.image_size={SIZE}', '++model.fill_hole_area=0'],
    )
    torch.nn.init.constant_(predictor.sam_mask_decoder.pred_obj_score_head.layers[-1].bias, 2.0)
    return predictor


def by_the_package(predictor, normals, click):
    """Follow a click on the first view, which comes twice, through all; (V + 1, S, S) logits."""
    frames = torch.cat([normals[:1], normals])
    state = {
        'images': frames,
        'num_frames': len(frames),
        'offload_video_to_cpu': False,
        'offload_state_to_cpu': False,
        'video_height': SIZE,
        'video_width': SIZE,
        'device': torch.device('cpu'),
        'storage_device': torch.device('cpu'),
        'cached_features': {},
        'constants': {},
        'obj_id_to_idx': OrderedDict(),
        'obj_idx_to_id': OrderedDict(),
        'obj_ids': [],
        **{
            name: {}
            for name in (
                *('point_inputs_per_obj', 'mask_inputs_per_obj', 'output_dict_per_obj'),
                *('temp_output_dict_per_obj', 'frames_tracked_per_obj'),
            )
        },
    }
    predictor.add_new_points_or_box(
        state, frame_idx=0, obj_id=1, points=np.float32([click]), labels=np.int32([1])
    )
    return torch.cat([masks[0] for _, _, masks in predictor.propagate_in_video(state)])


@torch.inference_mode()
def test_a_click_is_followed_as_by_the_package(predictor, tmp_path):
    path = tmp_path / 'sam2.1_hiera_tiny.pt'
    torch.save({'model': predictor.state_dict()}, path)
    config = dataclasses.replace(PRESETS['sam2_hiera_tiny'], image_size=SIZE)
    net = load_network(config, path)
    normals = torch.randn(NUM_VIEWS, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(5))
    click = (40.0, 70.0)
    wanted = by_the_package(predictor, normals, click)
    features = net.encode(normals, torch.zeros_like(normals))
    decoded = net.decode_clicks(features.view(0), torch.tensor([[click]]), torch.ones(1, 1).int())
    plan = plan_round(NUM_VIEWS, 0, Slots.PLAIN)
    steps = list(propagate(net, features, net.choose(decoded), plan))
    found = torch.cat([masks.at_size(SIZE)[0] for _, masks in steps])
    assert wanted.std() > 1e-2
    torch.testing.assert_close(found, wanted, atol=2e-3, rtol=0)


def test_a_released_file_of_another_size_or_system_is_told(predictor, tmp_path, write_weights):
    path = tmp_path / 'sam2.1_hiera_base_plus.pt'
    torch.save({'model': predictor.state_dict()}, path)
    with pytest.raises(CheckpointError, match="fits the preset 'sam2_hiera_tiny'"):
        build_model('sam2_multiview', tmp_path, 'cpu')
    with pytest.raises(CheckpointError, match='of SAM 2, wanted is one of GeoSAM2'):
        build_model('geosam2', path, 'cpu')
    other = write_weights('geosam2-tiny', tmp_path).checkpoint
    with pytest.raises(CheckpointError, match='of GeoSAM2, wanted is one of SAM 2'):
        build_model('sam2_multiview-tiny', other, 'cpu')


@pytest.mark.parametrize('size', ['', '-large', '-small', '-hiera_tiny'])
def test_the_released_file_is_asked_for(size, tmp_path, monkeypatch):
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path))
    (file,) = MODEL_SPECS[f'sam2_multiview{size}'].released
    with pytest.raises(CheckpointError, match=f'hf download {file.repository} {file.name} '):
        build_model(f'sam2_multiview{size}', device='cpu')


def test_the_small_one_answers_from_its_file_and_sees_no_points(write_weights, tmp_path, mesh):
    path = write_weights('sam2_multiview-tiny', tmp_path).checkpoint
    system = build_model('sam2_multiview-tiny', path, 'cpu')
    assert system.name == 'sam2_multiview-tiny'
    assert not any('linear_a' in name or 'pos_map' in name for name in system.net.state_dict())
    embedding = system.encode(mesh)
    prompt = PointPrompt(prompt_coords=embedding.points[:1], prompt_labels=[1])
    answer = system.predict(embedding, prompt)
    assert answer.mask_logits.shape == (1, len(mesh.faces))
    normals = torch.randn(1, 3, SIZE, SIZE)
    features = [
        system.net.encode(normals, points).coarse
        for points in (torch.zeros_like(normals), torch.rand_like(normals))
    ]
    assert torch.equal(*features)
