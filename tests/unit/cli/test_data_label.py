# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg data label` and `data quality` on files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import trimesh

from part_seg_ros.cli.main import main
from part_seg_ros.data.labeled_meshes import load_folder
from part_seg_ros.data_engine.labels_file import read_provenance


def write_boxes(path: Path, count: int, *, as_nodes: bool = True) -> None:
    made = [
        trimesh.creation.box(bounds=[[2.0 * k, 0, 0], [2.0 * k + 1, 1, 1]]) for k in range(count)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    trimesh.Scene(made if as_nodes else [trimesh.util.concatenate(made)]).export(path)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write_boxes(tmp_path / 'in' / 'a' / 'four.glb', 4)
    write_boxes(tmp_path / 'in' / 'two.glb', 2)
    (tmp_path / 'in' / 'broken.glb').write_bytes(b'glTF')
    return tmp_path / 'in'


def test_labels_are_written_failures_told_and_the_rest_skipped(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ['data', 'label', str(root), '-o', str(tmp_path / 'out'), '--engine', 'native']
    assert main(words) == 0
    told = capsys.readouterr().out
    assert 'broken.glb: failed: InputError: ' in told
    assert 'two.glb: unsuitable: 2 of its 2 parts' in told
    assert '3 files: 1 written, 1 unsuitable, 1 failed, 0 done before; 4 parts' in told
    (labeled,) = load_folder(tmp_path / 'out')
    assert (labeled.name, labeled.face_part_ids.max()) == ('a__four', 3)
    assert main(words) == 0
    assert '0 written, 0 unsuitable, 1 failed, 2 done before' in capsys.readouterr().out
    assert main([*words, '--seed', '1']) == 2
    assert 'other seed' in capsys.readouterr().err


def test_two_workers_write_what_one_writes(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ['data', 'label', str(root), '--engine', 'native', '-o']
    assert main([*words, str(tmp_path / 'one')]) == 0
    assert main([*words, str(tmp_path / 'two'), '--workers', '2']) == 0
    one, two = capsys.readouterr().out.replace('/two', '/one').split(' files: ')[1:]
    assert two.splitlines()[0] == one.splitlines()[0]
    written = [(tmp_path / name / 'a__four.npz').read_bytes() for name in ('one', 'two')]
    assert written[0] == written[1]
    entries = [
        {line for line in (tmp_path / name / 'journal.jsonl').read_text().splitlines() if line}
        for name in ('one', 'two')
    ]
    assert entries[0] == entries[1] and len(entries[0]) == 3


def test_settings_come_from_a_file(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'rules.yaml').write_text('min_parts: 2\nnum_points: 500\n')
    words = ['data', 'label', str(root), '-o', str(tmp_path / 'out'), '--engine', 'native']
    assert main([*words, '--config', str(tmp_path / 'rules.yaml')]) == 0
    assert '2 written' in capsys.readouterr().out
    assert read_provenance(tmp_path / 'out' / 'two.npz')['rules']['num_points'] == 500
    (tmp_path / 'rules.yaml').write_text('min_part: 2\n')
    assert main([*words, '--config', str(tmp_path / 'rules.yaml')]) == 2
    assert "did you mean 'min_parts'" in capsys.readouterr().err


def test_a_model_judges_clusters_of_fragments(tmp_path: Path) -> None:
    pytest.importorskip('sklearn')
    write_boxes(tmp_path / 'in' / 'fragments.glb', 60, as_nodes=False)
    (tmp_path / 'all.yaml').write_text(
        'first_iou: -1.0\ncluster_counts: [5, 7]\nsamples_per_face: 1\nrules: {num_points: 600}\n'
    )
    words = ['data', 'label', str(tmp_path / 'in'), '-o', str(tmp_path / 'out')]
    words += ['--engine', 'partsam', '--model', 'partsam-tiny', '--max-points', '600']
    assert main([*words, '--config', str(tmp_path / 'all.yaml')]) == 0
    (labeled,) = load_folder(tmp_path / 'out')
    assert labeled.face_masks.shape[1] == 720
    assert 6 <= len(labeled.face_masks) <= 12
    assert (labeled.face_part_ids == -1).all()
    provenance = read_provenance(tmp_path / 'out' / 'fragments.npz')
    assert (provenance['system'], provenance['settings']['first_iou']) == ('partsam-tiny', -1.0)


def test_labels_are_judged_by_a_classifier_trained_on_two_folders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    mesh = trimesh.util.concatenate(
        [trimesh.creation.box(bounds=[[3.0 * k, 0, 0], [3.0 * k + 1, 1, 1]]) for k in range(4)]
    )
    labels = np.repeat(np.arange(4), 12)
    for kind, of_faces in (('good', labels), ('bad', rng.permutation(labels))):
        for folder in (tmp_path / kind, tmp_path / 'in'):
            folder.mkdir(exist_ok=True)
            np.savez(
                folder / f'{kind}.npz', vertices=mesh.vertices, faces=mesh.faces, labels=of_faces
            )
    (tmp_path / 'short.yaml').write_text('num_steps: 40\nbatch_size: 4\nnum_points: 128\n')
    weights = str(tmp_path / 'quality.safetensors')
    folders = [str(tmp_path / 'good'), str(tmp_path / 'bad')]
    words = ['data', 'quality', *folders, '--config', str(tmp_path / 'short.yaml')]
    assert main([*words, '-o', weights]) == 0
    assert main([*words, '-o', 'quality.pt']) == 2
    capsys.readouterr()
    words = ['data', 'label', str(tmp_path / 'in'), '-o', str(tmp_path / 'out')]
    assert main([*words, '--engine', 's2am3d', '--quality', weights]) == 0
    assert 'bad.npz: unsuitable: its labels score 0.' in capsys.readouterr().out
    (labeled,) = load_folder(tmp_path / 'out')
    assert labeled.name == 'good'
    np.testing.assert_allclose(labeled.scales, 0.25, atol=1e-6)
    assert len(read_provenance(tmp_path / 'out' / 'good.npz')['quality_sha256']) == 64


def test_views_needs_the_weights_of_its_model_of_images(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ['data', 'label', str(root), '-o', str(tmp_path / 'out'), '--engine', 'views']
    assert main(words) == 2
    assert '--image-checkpoint' in capsys.readouterr().err
    assert not (tmp_path / 'out').exists()
