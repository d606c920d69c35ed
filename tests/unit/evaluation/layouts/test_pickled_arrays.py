# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pickled arrays are read; pickled code is not run."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.pickled_arrays import read_array_dict


class Toucher:
    """What makes a file when it is unpickled without care."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def save(path, value, protocol):
    """Write as numpy.save does, with any protocol."""
    array = np.array(value, dtype=object)
    with path.open('wb') as stream:
        np.lib.format.write_array_header_1_0(
            stream, np.lib.format.header_data_from_array_1_0(array)
        )
        pickle.dump(array, stream, protocol=protocol)


@pytest.mark.parametrize('protocol', range(6))
def test_arrays_of_every_protocol_are_read(tmp_path, protocol):
    kept = {'a': np.arange(300), 'b': np.float32([[0.5]]), 'c': np.int64(3)}
    save(tmp_path / 'x.npy', kept, protocol)
    read = read_array_dict(tmp_path / 'x.npy', ('a', 'b'))
    assert read.keys() == kept.keys()
    for name, value in kept.items():
        np.testing.assert_array_equal(read[name], value)


@pytest.mark.parametrize('protocol', [2, 4])
def test_code_is_refused_and_not_run(tmp_path, protocol):
    trace = tmp_path / 'trace'
    save(tmp_path / 'x.npy', {'a': Toucher(trace)}, protocol)
    with pytest.raises(InputError, match='is no array.*must be a .npy of a dictionary'):
        read_array_dict(tmp_path / 'x.npy', ('a',))
    assert not trace.exists()


def test_what_is_no_dictionary_is_named(tmp_path):
    np.save(tmp_path / 'x.npy', np.array([None, None])[0])
    with pytest.raises(InputError, match='has NoneType; it must'):
        read_array_dict(tmp_path / 'x.npy', ('a',))
    (tmp_path / 'x.npy').write_bytes(b'cut')
    with pytest.raises(InputError, match='cannot be read'):
        read_array_dict(tmp_path / 'x.npy', ('a',))
