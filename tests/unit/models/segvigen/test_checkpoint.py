# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights of SegviGen: the files of the releases, and single files of ours."""

import dataclasses
import json

import pytest
import torch
from safetensors.torch import save_file

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models import build_model
from part_seg_ros.models.registry import SEGVIGEN_AUTOENCODERS, SEGVIGEN_FLOWS
from part_seg_ros.models.segvigen.checkpoint import (
    find_released,
    is_released,
    load_own,
    load_released,
    released_sha256,
)
from part_seg_ros.models.segvigen.config import OFFICIAL, SHAPE_DECODER, TINY, FlowConfig
from part_seg_ros.models.segvigen.model import SegvigenNet
from part_seg_ros.models.segvigen.published_config import (
    decoder_config,
    encoder_config,
    flow_config,
    read_arguments,
)

# As the release stores them: autoencoders wholly in 16 bits.
HALF = dataclasses.replace(
    TINY,
    encoder=dataclasses.replace(TINY.encoder, dtype='float16'),
    decoder=dataclasses.replace(TINY.decoder, dtype='float16'),
    flow=dataclasses.replace(TINY.flow, dtype='bfloat16'),
)
BLOCKS = {
    'block_type': ['SparseConvNeXtBlock3d'] * 5,
    'down_block_type': ['SparseResBlockS2C3d'] * 4,
    'use_fp16': True,
}


@pytest.fixture(scope='module')
def net():
    torch.manual_seed(0)
    return SegvigenNet(HALF)


def put(folder, net, modes=tuple(SEGVIGEN_FLOWS)):
    """Write the files of the releases."""
    for name, file in SEGVIGEN_AUTOENCODERS.items():
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        tensors = net.get_submodule(name).state_dict()
        save_file({key: value.half() for key, value in tensors.items()}, path)
    for mode in modes:
        tensors = {f'gen3dseg.{k}': v for k, v in net.flows[mode].state_dict().items()}
        trained = {'state_dict': tensors, 'epoch': 1, 'optimizer_states': [{'lr': 1e-4}]}
        torch.save(trained, folder / SEGVIGEN_FLOWS[mode].name)
    return folder


def same(found, wanted):
    assert found.state_dict().keys() == wanted.state_dict().keys()
    for name, tensor in found.state_dict().items():
        assert tensor.dtype == wanted.state_dict()[name].dtype, name
        torch.testing.assert_close(tensor.half(), wanted.state_dict()[name].half())


def test_a_folder_of_released_files(tmp_path, net):
    files = find_released(put(tmp_path, net))
    assert [name for name in files if name.startswith('flows')] == [
        'flows.interactive',
        'flows.full',
        'flows.guided',
    ]
    found = load_released(HALF, files)
    assert found.image_encoder is None
    digest = released_sha256(files)
    assert len(digest) == 64 and digest == released_sha256(find_released(tmp_path))
    for name in SEGVIGEN_AUTOENCODERS:
        same(found.get_submodule(name), net.get_submodule(name))
    for mode in SEGVIGEN_FLOWS:
        same(found.flow(mode), net.flow(mode))


def test_one_mode_alone_and_the_image_encoder(tmp_path, net):
    put(tmp_path, net, ['full', 'interactive'])
    (tmp_path / 'dinov3').mkdir()
    save_file(net.image_encoder.state_dict(), tmp_path / 'dinov3' / 'model.safetensors')
    files = find_released(tmp_path / 'full_seg.ckpt')
    found = load_released(HALF, files)
    assert list(found.flows) == ['full']
    same(found.image_encoder, net.image_encoder)


def test_missing_files_are_named(tmp_path, net):
    with pytest.raises(CheckpointError, match='shape_enc.*hf download microsoft/TRELLIS'):
        find_released(tmp_path)
    put(tmp_path, net, [])
    with pytest.raises(CheckpointError, match='interactive_seg.ckpt.*hf download fenghora'):
        find_released(tmp_path)


def test_the_file_of_another_mode_is_refused(tmp_path, net):
    put(tmp_path, net)
    (tmp_path / 'full_seg.ckpt').replace(tmp_path / 'interactive_seg.ckpt')
    with pytest.raises(CheckpointError, match='interactive_seg.ckpt.*seg_embeddings.weight'):
        load_released(HALF, find_released(tmp_path))


def test_convolutions_of_another_name_are_refused(tmp_path, net):
    files = find_released(put(tmp_path, net))
    tensors = net.tex_decoder.state_dict()
    renamed = {key.replace('.conv.', '.conv.conv.'): t.half() for key, t in tensors.items()}
    save_file(renamed, files['tex_decoder'])
    with pytest.raises(CheckpointError, match=r'tex_dec.*missing: blocks\.0\.0\.conv\.weight'):
        load_released(HALF, files)


def test_json_files_beside_the_weights_are_heeded(tmp_path, net):
    files = find_released(put(tmp_path, net))
    encoder = {
        'model_channels': list(HALF.encoder.widths),
        'num_blocks': list(HALF.encoder.num_blocks),
        'latent_channels': 32,
        **BLOCKS,
    }
    path = files['shape_encoder'].with_suffix('.json')
    path.write_text(json.dumps({'name': 'Encoder', 'args': encoder}))
    load_released(HALF, files)
    encoder['num_blocks'] = [0, 1, 1, 1, 2]
    path.write_text(json.dumps({'name': 'Encoder', 'args': encoder}))
    with pytest.raises(CheckpointError, match='other sizes'):
        load_released(HALF, files)
    path.write_text('{"name": "Encoder"')
    with pytest.raises(CheckpointError, match='no JSON'):
        load_released(HALF, files)


def test_published_arguments_give_the_official_sizes():
    encoder = {
        'in_channels': 6,
        'model_channels': [64, 128, 256, 512, 1024],
        'num_blocks': [0, 4, 8, 16, 4],
        'latent_channels': 32,
        **BLOCKS,
    }
    assert encoder_config(encoder) == OFFICIAL.encoder
    decoder = {key: value[::-1] for key, value in encoder.items() if isinstance(value, list)}
    decoder |= {'latent_channels': 32, 'use_fp16': True}
    decoder['up_block_type'] = ['SparseResBlockC2S3d'] * 4
    del decoder['down_block_type']
    assert decoder_config({**decoder, 'out_channels': 6, 'pred_subdiv': False}) == OFFICIAL.decoder
    assert decoder_config({**decoder, 'out_channels': 7}) == SHAPE_DECODER
    flow = {
        'in_channels': 64,
        'out_channels': 32,
        'model_channels': 1536,
        'cond_channels': 1024,
        'num_blocks': 30,
        'num_heads': 12,
        'mlp_ratio': 5.3334,
        'pe_mode': 'rope',
        'dtype': 'bfloat16',
    }
    assert flow_config(flow, has_points=True) == FlowConfig()
    assert FlowConfig().mlp_width == 8192
    with pytest.raises(CheckpointError, match='pe_mode'):
        flow_config({**flow, 'pe_mode': 'ape'}, has_points=True)
    with pytest.raises(CheckpointError, match='num_heads'):
        flow_config({k: v for k, v in flow.items() if k != 'num_heads'}, has_points=True)
    with pytest.raises(CheckpointError, match='SparseConvNeXtBlock3d'):
        encoder_config({**encoder, 'block_type': ['Other'] * 5})


def test_single_files_hold_what_they_hold(tmp_path, net):
    path = tmp_path / 'own.safetensors'
    kept = {k: v for k, v in net.state_dict().items() if not k.startswith(('flows.g', 'image'))}
    save_file(kept, path)
    found = load_own(HALF, path)
    assert set(found.flows) == {'interactive', 'full'} and found.image_encoder is None
    same(found.tex_encoder, net.tex_encoder)
    assert is_released(None) and is_released(tmp_path) and not is_released(path)


@pytest.mark.parametrize(
    ('change', 'reason'),
    [
        (lambda t: {'encoder.weight': torch.zeros(1)}, 'no weights of a flow network'),
        (lambda t: {k: v for k, v in t.items() if 'to_latent' not in k}, 'missing: .*to_latent'),
        (lambda t: t | {'flows.other.x': torch.zeros(1)}, 'no weights of a flow network'),
    ],
)
def test_single_files_of_something_else_are_refused(tmp_path, net, change, reason):
    path = tmp_path / 'wrong.safetensors'
    save_file(change(net.state_dict()), path)
    with pytest.raises(CheckpointError, match=reason):
        load_own(HALF, path)


def test_folders_are_for_the_official_preset(tmp_path):
    with pytest.raises(CheckpointError, match='preset official'):
        build_model('segvigen-tiny', checkpoint=tmp_path, device='cpu')


def test_arguments_must_be_a_mapping(tmp_path):
    path = tmp_path / 'net.json'
    path.write_text('{"args": 3}')
    with pytest.raises(CheckpointError, match='args'):
        read_arguments(path)
