# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SAM 2 as a model of images; what runs it is skipped where the package is missing."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from part_seg_ros.data_engine.sam2_images import Sam2Images, build_sam2
from part_seg_ros.errors import BackendMissingError, CheckpointError, ConfigError


@pytest.fixture(scope='module')
def sam2_images() -> Sam2Images:
    """The smallest SAM 2.1 with random weights, for pictures of 256 pixels."""
    build_sam = pytest.importorskip('sam2.build_sam')
    torch.manual_seed(0)
    model = build_sam.build_sam2(
        'configs/sam2.1/sam2.1_hiera_t.yaml',
        device='cpu',
        hydra_overrides_extra=['++model.image_size=256'],
    )
    return Sam2Images(model)


def picture(size: int) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.repeat(np.repeat(rng.integers(0, 256, (16, 16, 3)), size // 16, 0), size // 16, 1)


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split('.')[0] == 'sam2']:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, 'sam2', None)
    with pytest.raises(
        BackendMissingError, match=r'needs the Python package sam2; install .*1\.1'
    ):
        build_sam2('tiny', None, 'cpu')


def test_an_unknown_size_is_named() -> None:
    with pytest.raises(ConfigError, match="tiny, small, base_plus, large, got 'huge'"):
        build_sam2('huge', None, 'cpu')


def test_a_first_click_gets_several_masks_and_a_refinement_one(sam2_images: Sam2Images) -> None:
    sam2_images.set_image(picture(256).astype(np.uint8))
    click, label = np.array([[40.0, 200.0]]), np.ones(1, np.int64)
    first = sam2_images.predict(click, label)
    assert first.mask_logits.shape == (3, 256, 256)
    assert first.iou_pred.shape == (3,)
    assert first.feedback.shape == (3, 64, 64)
    refined = sam2_images.predict(click, label, first.feedback[1])
    assert refined.mask_logits.shape == (1, 256, 256)
    other = sam2_images.predict(click, label, first.feedback[2] + 1)
    assert np.abs(refined.mask_logits - other.mask_logits).max() > 1e-6
    two = sam2_images.predict(np.array([[40.0, 200.0], [9.0, 9.0]]), np.array([1, 0]))
    assert two.mask_logits.shape == (1, 256, 256)


def test_a_picture_of_another_size_gives_the_same_masks_at_its_size(
    sam2_images: Sam2Images,
) -> None:
    """Each pixel of the small picture is two by two of the large one, and so are the clicks."""
    large = picture(256).astype(np.uint8)
    label = np.ones(1, np.int64)
    sam2_images.set_image(large)
    wanted = sam2_images.predict(np.array([[80.5, 120.5]]), label)
    sam2_images.set_image(large[::2, ::2])
    found = sam2_images.predict(np.array([[40.0, 60.0]]), label)
    assert found.mask_logits.shape == (3, 128, 128)
    np.testing.assert_allclose(found.iou_pred, wanted.iou_pred, atol=0.05)
    means = wanted.mask_logits.reshape(3, 128, 2, 128, 2).mean(axis=(2, 4))
    assert np.corrcoef(found.mask_logits.ravel(), means.ravel())[0, 1] > 0.98


def test_answers_equal_those_of_the_predictor_of_the_package(sam2_images: Sam2Images) -> None:
    pytest.importorskip('torchvision')
    from sam2.sam2_image_predictor import SAM2ImagePredictor

    theirs = SAM2ImagePredictor(sam2_images.model)
    theirs._bb_feat_sizes = [(64, 64), (32, 32), (16, 16)]  # it knows those of 1024 pixels alone
    for size in (256, 128):
        rgb = picture(size).astype(np.uint8)
        sam2_images.set_image(rgb)
        theirs.set_image(rgb)
        clicks, labels = np.array([[70.0, 60.0], [10.0, 20.0]]), np.array([1, 0])
        for count in (1, 2):
            found = sam2_images.predict(clicks[:count], labels[:count])
            shift = 0.5 - 0.5 * size / 256  # theirs are off the middles where sizes differ
            masks, scores, low_res = theirs.predict(
                clicks[:count] + shift,
                labels[:count],
                multimask_output=count == 1,
                return_logits=True,
            )
            np.testing.assert_allclose(found.mask_logits, masks, atol=1e-5)
            np.testing.assert_allclose(found.iou_pred, scores, atol=1e-5)
            np.testing.assert_allclose(found.feedback, low_res, atol=1e-5)


def test_released_files_load_strictly(sam2_images: Sam2Images, tmp_path: Path) -> None:
    weights = sam2_images.model.state_dict()
    torch.save({'model': weights}, tmp_path / 'tiny.pt')
    built = build_sam2('tiny', tmp_path / 'tiny.pt', 'cpu')
    assert len(built.weights_sha256) == 64
    for name, value in built.model.state_dict().items():
        torch.testing.assert_close(value, weights[name], rtol=0, atol=0)
    del weights['no_mem_embed']
    torch.save({'model': weights}, tmp_path / 'tiny.pt')
    with pytest.raises(CheckpointError, match='does not fit SAM2Base: 1 missing: no_mem_embed'):
        build_sam2('tiny', tmp_path / 'tiny.pt', 'cpu')
