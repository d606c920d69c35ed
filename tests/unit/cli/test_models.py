# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The table of systems, and what it says of weights that others publish."""

from __future__ import annotations

from pathlib import Path

import pytest

from part_seg_ros.cli.main import main
from part_seg_ros.models import MODEL_SPECS


@pytest.fixture
def listing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[Path, list[str]]:
    """What is printed where the weights of point_sam lie in their place and all others lack."""
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path))
    (tmp_path / 'point_sam').mkdir()
    (tmp_path / 'point_sam' / 'model.safetensors').touch()
    assert main(['models']) == 0
    return tmp_path, capsys.readouterr().out.splitlines()


def test_every_system_has_a_row_with_its_state(listing):
    _, lines = listing
    rows = {line.split()[0]: line for line in lines[2 : 2 + len(MODEL_SPECS)]}
    assert rows.keys() == MODEL_SPECS.keys()
    assert rows['compact-tiny'].endswith('ready')
    assert rows['point_sam'].endswith('found')
    assert rows['partsam'].endswith('missing, see below')
    assert rows['point_sam-base'].endswith('pass the path of your own as checkpoint')


def test_published_files_are_listed_with_licence_place_and_command(listing):
    folder, lines = listing
    blocks = '\n'.join(lines).split('\n\n')
    of_point_sam = next(block for block in blocks if block.startswith('point_sam: '))
    assert of_point_sam.splitlines() == [
        'point_sam: model.safetensors of yuchen0187/Point-SAM, 1.24 GB, Apache-2.0',
        f'  place    {folder}/point_sam/model.safetensors (found)',
        '  sha256   not known, so not checked',
        '  fetch    hf download yuchen0187/Point-SAM model.safetensors --local-dir'
        f' {folder}/point_sam',
    ]
    of_partsam = next(block for block in blocks if block.startswith('partsam: '))
    assert '(missing)' in of_partsam and '  licence  ' in of_partsam
    of_partfield = next(block for block in blocks if 'model_objaverse.ckpt' in block)
    assert of_partfield.startswith('training of s2am3d, training of partsam: ')
    assert 'NVIDIA licence allows non-commercial research and education only' in of_partfield
    files = {f for spec in MODEL_SPECS.values() for f in (*spec.released, *spec.begins_with)}
    assert all(any(file.fetch_command in line for line in lines) for file in files)


def test_modes_are_told_where_not_all_files_are_needed(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path))
    spec = MODEL_SPECS['segvigen']

    def state_with(files):
        for file in files:
            file.place.parent.mkdir(parents=True, exist_ok=True)
            file.place.touch()
        assert main(['models']) == 0
        lines = capsys.readouterr().out.splitlines()
        row = next(line for line in lines if line.startswith('segvigen '))
        begin = lines.index('segvigen by mode:') + 1
        return row, {line.split()[0]: line for line in lines[begin : begin + 3]}

    row, lacks = state_with(())
    assert row.endswith('0 of 7 files, able to do nothing yet, see below')
    assert lacks.keys() == {'interactive', 'full', 'guided'}
    assert lacks['full'].split('lacks ')[1].count('.safetensors') == 3
    row, lacks = state_with(spec.modes['full'])
    assert row.endswith('4 of 7 files, able to do full, see below')
    assert lacks['full'].endswith('has its files')
    assert lacks['interactive'].endswith(' lacks interactive_seg.ckpt')
    assert lacks['guided'].endswith(' lacks full_seg_w_2d_map.ckpt, model.safetensors')
    row, _ = state_with(spec.released)
    assert row.endswith('7 of 7 files, able to do interactive, full, guided')
