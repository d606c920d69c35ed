# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Arrays of HDF5 files."""

import h5py
import numpy as np
import pytest

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.evaluation.layouts.hdf5 import read_hdf5


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / 'a.h5', 'w') as file:
        file['x'] = np.arange(6).reshape(3, 2)
        file['y'] = np.array([b'p', b'q', b'r'])
        file['short'] = np.zeros(2)
        file['one'] = 1
        file.create_group('group')
    return tmp_path / 'a.h5'


def test_all_rows_or_one(path):
    every = read_hdf5(path, ('x', 'y'))
    np.testing.assert_array_equal(every['x'], [[0, 1], [2, 3], [4, 5]])
    assert every['y'].tolist() == [b'p', b'q', b'r']
    row = read_hdf5(path, ('y', 'x'), 1)
    assert row['y'] == b'q'
    np.testing.assert_array_equal(row['x'], [2, 3])


@pytest.mark.parametrize(
    ('keys', 'message'),
    [
        (('x', 'z'), r'has group, one, short, x, y; it must have arrays x, z'),
        (('group',), r'it must have arrays group'),
        (('x', 'short'), r"a row per object each, got \{'x': \(3, 2\), 'short': \(2,\)\}"),
        (('one',), 'a row per object each'),
    ],
)
def test_other_content_is_refused(path, keys, message):
    with pytest.raises(InputError, match=message):
        read_hdf5(path, keys)


def test_missing_and_damaged_files_are_named(path):
    with pytest.raises(InputError, match=r'b\.h5 is missing; it must be a file with arrays x'):
        read_hdf5(path.with_name('b.h5'), ('x',))
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(InputError, match=r'a\.h5 is no readable HDF5'):
        read_hdf5(path, ('x',))


def test_package_that_is_needed_is_named(path, monkeypatch):
    monkeypatch.setitem(__import__('sys').modules, 'h5py', None)
    with pytest.raises(BackendMissingError, match='pip install h5py'):
        read_hdf5(path, ('x',))
