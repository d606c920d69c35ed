# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Where published weights are looked for, and what is said where they are missing."""

import dataclasses
import logging
from pathlib import Path

import pytest

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.file_bytes import file_sha256
from part_seg_ros.models.released_weights import (
    ReleasedFile,
    checked_sha256,
    locate,
    weights_folder,
)

FILE = ReleasedFile(
    repository='someone/Something',
    name='folder/net.pt',
    folder='something',
    size='3 MB',
    license='MIT',
    restriction='non-commercial use only',
)


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path))
    return tmp_path / 'something' / 'folder' / 'net.pt'


def test_the_variable_moves_the_folder(place, monkeypatch):
    assert FILE.place == place
    monkeypatch.delenv('PART_SEG_WEIGHTS')
    assert weights_folder() == Path.home() / '.cache' / 'part_seg_ros'
    monkeypatch.setenv('PART_SEG_WEIGHTS', '~/weights')
    assert weights_folder() == Path.home() / 'weights'


def test_missing_file_is_named_with_its_place_and_the_command_that_fetches_it(place):
    with pytest.raises(CheckpointError) as error:
        locate(FILE)
    command = f'hf download someone/Something folder/net.pt --local-dir {place.parents[1]}'
    assert str(error.value) == (
        f'no weights at {place}; fetch folder/net.pt of someone/Something (3 MB, MIT) with:'
        f' {command}'
    )


def test_the_command_survives_blanks_in_the_path(tmp_path, monkeypatch):
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path / 'my weights'))
    assert FILE.fetch_command.endswith(f"--local-dir '{tmp_path}/my weights/something'")


@pytest.mark.parametrize('given', ['nothing', 'the file', 'its folder'])
def test_it_is_found_in_its_place_or_where_the_caller_says(place, tmp_path, given, caplog):
    elsewhere = tmp_path / 'elsewhere'
    checkpoint = {'nothing': None, 'the file': elsewhere / 'my.pt', 'its folder': elsewhere}[given]
    target = {'nothing': place, 'the file': checkpoint, 'its folder': elsewhere / FILE.name}[given]
    target.parent.mkdir(parents=True)
    target.touch()
    with caplog.at_level(logging.WARNING):
        assert locate(FILE, checkpoint) == target
    assert [record.getMessage() for record in caplog.records] == [
        f'{target}: non-commercial use only'
    ]


def test_the_callers_own_path_is_named_where_nothing_is_there(place, tmp_path):
    with pytest.raises(CheckpointError, match=r'no weights at .*elsewhere\.pt; fetch'):
        locate(FILE, tmp_path / 'elsewhere.pt')


def test_a_file_in_its_place_must_have_the_known_sha256(place, tmp_path):
    place.parent.mkdir(parents=True)
    place.write_bytes(b'weights')
    right = dataclasses.replace(FILE, sha256=file_sha256(place))
    assert checked_sha256(right, place) == right.sha256 == checked_sha256(FILE, place)
    place.write_bytes(b'other weights')
    with pytest.raises(CheckpointError, match=rf'its sha256 is {file_sha256(place)}, wanted is'):
        checked_sha256(right, place)
    own = tmp_path / 'fine_tuned.pt'
    own.write_bytes(b'my weights')
    assert checked_sha256(right, own) == file_sha256(own)
