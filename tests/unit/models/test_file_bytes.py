# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The bytes of weights files."""

import pytest

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.file_bytes import file_sha256, reading


def test_sha256_is_that_of_the_bytes(tmp_path):
    path = tmp_path / 'file'
    path.write_bytes(b'abc')
    known = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
    assert file_sha256(path) == known


def test_what_cannot_be_read_is_named(tmp_path):
    (tmp_path / 'memory').symlink_to('/proc/self/mem')  # can be opened, not be read
    for name, message in (
        ('nowhere', r'no weights at .*nowhere; pass the path of a file'),
        ('', 'is a folder; pass the path of the weights file itself'),
        ('memory', r'memory cannot be read \(Input/output error\)'),
    ):
        with pytest.raises(CheckpointError, match=message), reading(tmp_path / name) as file:
            file.read(1)
