# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Files that are no weights of a system, for every system: each is refused with clear words."""

import importlib.util
import os
import tempfile
from pathlib import Path

import pytest
import torch

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models import build_model
from part_seg_ros.models.partsam.config import PRESETS as PARTSAM
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.models.point_sam.config import PRESETS as POINT_SAM
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.models.s2am3d.config import PRESETS as S2AM3D
from part_seg_ros.models.s2am3d.model import S2am3dNet
from part_seg_ros.models.weights_file import load_preset

# Each file of each system, by its place among the system's files.
FILES = [('point_sam', 0), ('partsam', 0), ('s2am3d', 0), ('s2am3d', 1)]
FILES += [('geosam2', 0)] if importlib.util.find_spec('sam2') else []
BAD_FILES = (
    *('truncated', 'pickled code', 'another system', 'missing key', 'unexpected key'),
    *('wrong shape', 'wrong type', 'folder', 'empty', 'unreadable'),
)


@pytest.mark.parametrize('kind', BAD_FILES)
@pytest.mark.parametrize(('system', 'which'), FILES)
def test_a_wrong_file_is_named_with_what_is_wrong(
    system, which, kind, write_weights, spoil, tmp_path
):
    weights = write_weights(f'{system}-tiny', tmp_path)
    bad = spoil(*list(weights.files.items())[which], kind)
    checkpoint = weights.checkpoint if weights.checkpoint == tmp_path else bad.path
    if kind == 'folder' and checkpoint != tmp_path:
        (bad.path / ('geosam2.pt' if system == 'geosam2' else 'model.safetensors')).mkdir()
    with pytest.raises(CheckpointError, match=bad.words) as error:
        build_model(f'{system}-tiny', checkpoint, 'cpu')
    assert str(bad.path) in str(error.value)
    assert bad.canary is None or not bad.canary.exists()


def test_the_canary_would_tell(write_weights, spoil, tmp_path):
    weights = write_weights('point_sam-tiny', tmp_path)
    bad = spoil(*next(iter(weights.files.items())), 'pickled code')
    torch.load(bad.path, weights_only=False)
    assert bad.canary.exists()


@pytest.mark.parametrize('system', ['point_sam', 'partsam', 's2am3d'])
def test_weights_of_the_tiny_preset_are_recognised(system, write_weights, tmp_path):
    checkpoint = write_weights(f'{system}-tiny', tmp_path).checkpoint
    message = r"fits the preset 'tiny', .*of another shape: .* instead of "
    with pytest.raises(CheckpointError, match=message):
        build_model(system, checkpoint, 'cpu')


@pytest.mark.parametrize(
    ('make', 'presets', 'wanted', 'given'),
    [
        (PointSamNet, POINT_SAM, 'large', 'base'),
        (PointSamNet, POINT_SAM, 'tiny', 'large'),
        (PointSamNet, POINT_SAM, 'base', 'giant'),
        (PartSamNet, PARTSAM, 'tiny', 'official'),
        (S2am3dNet, S2AM3D, 'tiny', 'official'),
    ],
)
def test_weights_of_any_other_preset_are_recognised(make, presets, wanted, given, tmp_path):
    with torch.device('meta'):
        tensors = make(presets[given]).state_dict()
    path = tmp_path / 'net.pt'
    with pytest.raises(CheckpointError, match=f"fits the preset '{given}'"):
        load_preset(make, presets[wanted], tensors, path, presets)
    loaded = load_preset(make, presets[given], tensors, path, presets)
    assert loaded.config == presets[given] and not loaded.training


@pytest.fixture
def open_folder():
    """A folder that all users may look into."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize(('system', 'which'), FILES)
def test_a_file_without_permission_is_named(system, which, write_weights, open_folder):
    weights = write_weights(f'{system}-tiny', open_folder)
    path = list(weights.files)[which]
    path.chmod(0)
    is_superuser = os.geteuid() == 0
    if is_superuser:
        os.seteuid(65534)
    try:
        with pytest.raises(CheckpointError, match=rf'{path} cannot be read \(Permission denied\)'):
            build_model(f'{system}-tiny', weights.checkpoint, 'cpu')
    finally:
        if is_superuser:
            os.seteuid(0)


@pytest.mark.parametrize('system', ['point_sam', 'partsam', 's2am3d'])
def test_a_folder_means_the_files_in_it(system, write_weights, tmp_path):
    weights = write_weights(f'{system}-tiny', tmp_path)
    from_folder = build_model(f'{system}-tiny', tmp_path, 'cpu')
    from_file = build_model(f'{system}-tiny', next(iter(weights.files)), 'cpu')
    assert from_folder.weights_sha256 == from_file.weights_sha256 != ''
