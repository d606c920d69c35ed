# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Folders: what is written, refused, reported, skipped and resumed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.data.labeled_meshes import load_folder, load_labeled_mesh
from part_seg_ros.data_engine.folder import Outcome, find_sources, label_folder
from part_seg_ros.data_engine.labels_file import read_provenance
from part_seg_ros.data_engine.native import NativeEngine
from part_seg_ros.data_engine.part_rules import PartRules
from part_seg_ros.errors import ConfigError, InputError

THREE = [((1, 1, 1), (3 * k, 0, 0)) for k in range(3)]


def outcomes(found: list[Outcome]) -> dict[str, str]:
    return {one.source: one.outcome for one in found}


@pytest.fixture
def root(write_scene: Callable[..., Path], tmp_path: Path) -> Path:
    write_scene('in/deep/er/good.glb', THREE, colors=[[255, 0, 0, 255]] * 3)
    write_scene('in/few.glb', THREE[:2])
    (tmp_path / 'in' / 'broken.glb').write_bytes(b'glTF')
    (tmp_path / 'in' / 'notes.txt').write_text('no mesh')
    return tmp_path / 'in'


def test_one_bad_file_is_reported_and_ends_nothing(root: Path, tmp_path: Path) -> None:
    found = list(label_folder(root, tmp_path / 'out', NativeEngine(), seed=3))
    assert outcomes(found) == {
        'broken.glb': 'failed',
        'deep/er/good.glb': 'written',
        'few.glb': 'unsuitable',
    }
    assert 'not a readable glb' in found[0].reason
    assert '2 of its 2 parts' in found[2].reason
    (labeled,) = load_folder(tmp_path / 'out')
    assert labeled.name == 'deep__er__good'
    assert labeled.face_masks is None
    np.testing.assert_allclose(labeled.scales, 1 / 3, atol=1e-6)
    assert sorted(np.bincount(labeled.face_part_ids)) == [12, 12, 12]
    np.testing.assert_allclose(labeled.mesh.vertex_colors, [[1, 0, 0]] * 24)
    provenance = read_provenance(tmp_path / 'out' / 'deep__er__good.npz')
    assert provenance['source'] == 'deep/er/good.glb'
    assert (provenance['engine'], provenance['seed']) == ('native', 3)
    assert provenance['rules']['max_parts'] == 50


def test_what_is_done_is_not_done_again(
    root: Path, tmp_path: Path, write_scene: Callable[..., Path]
) -> None:
    out = tmp_path / 'out'
    list(label_folder(root, out, NativeEngine()))
    before = (out / 'deep__er__good.npz').stat().st_mtime_ns
    write_scene('in/broken.glb', THREE)
    write_scene('in/few.glb', THREE)  # was unsuitable, and is not looked at again
    again = list(label_folder(root, out, NativeEngine()))
    assert outcomes(again) == {
        'broken.glb': 'written',
        'deep/er/good.glb': 'done before',
        'few.glb': 'done before',
    }
    assert (out / 'deep__er__good.npz').stat().st_mtime_ns == before


def test_lost_results_and_broken_off_lines_are_made_good(root: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'
    list(label_folder(root, out, NativeEngine()))
    (out / 'deep__er__good.npz').unlink()
    journal = out / 'journal.jsonl'
    journal.write_text(journal.read_text().rstrip('\n')[:-20])  # few.glb comes last
    again = outcomes(list(label_folder(root, out, NativeEngine())))
    assert again['deep/er/good.glb'] == 'written'
    assert again['few.glb'] == 'unsuitable'
    last = outcomes(list(label_folder(root, out, NativeEngine())))
    assert [last[source] for source in ('deep/er/good.glb', 'few.glb')] == ['done before'] * 2
    entries = [json.loads(line) for line in journal.read_text().splitlines() if '}' in line]
    assert {'source', 'outcome', 'reason', 'num_parts'} == entries[-1].keys()


def test_a_folder_holds_labels_of_one_recipe(root: Path, tmp_path: Path) -> None:
    out = tmp_path / 'out'
    list(label_folder(root, out, NativeEngine()))
    with pytest.raises(ConfigError, match=r'made with other seed;'):
        list(label_folder(root, out, NativeEngine(), seed=1))
    with pytest.raises(ConfigError, match=r'made with other rules;'):
        list(label_folder(root, out, NativeEngine(PartRules(min_parts=2))))


def test_the_same_file_gives_the_same_labels_wherever_the_folder_lies(
    write_scene: Callable[..., Path], tmp_path: Path
) -> None:
    rules = PartRules(
        num_points=1000, min_share=0.33, min_parts=1
    )  # at the edge: the draw decides
    for folder in ('one', 'two'):
        write_scene(f'{folder}/a.glb', THREE)
    labels = []
    for folder, seed in (('one', 0), ('two', 0), ('one', 1), ('one', 2), ('one', 3)):
        out = tmp_path / f'out_{folder}_{seed}'
        list(label_folder(tmp_path / folder, out, NativeEngine(rules), seed=seed))
        labels.append(load_labeled_mesh(out / 'a.npz').face_part_ids.tolist())
    assert labels[0] == labels[1]
    assert any(other != labels[0] for other in labels[2:])


def test_folders_that_cannot_work_are_named(root: Path, tmp_path: Path) -> None:
    (tmp_path / 'empty').mkdir()
    with pytest.raises(InputError, match='no 3D files'):
        find_sources(tmp_path / 'empty')
    with pytest.raises(ConfigError, match='must not lie within'):
        list(label_folder(root, root / 'out', NativeEngine()))
    (root / 'few.obj').write_text('v 0 0 0')
    with pytest.raises(InputError, match=r'few\.glb and few\.obj would both become few\.npz'):
        find_sources(root)
