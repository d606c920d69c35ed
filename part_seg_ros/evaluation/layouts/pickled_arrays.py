# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Arrays in pickled `.npy` files, without running what a pickle may hold."""

from __future__ import annotations

import codecs
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.errors import InputError

_ALLOWED: dict[str, Any] = {
    '_reconstruct': np.empty(0).__reduce__()[0],
    '_frombuffer': np.empty(0).__reduce_ex__(5)[0],
    'scalar': np.float32(0).__reduce__()[0],
    'ndarray': np.ndarray,
    'dtype': np.dtype,
    'encode': codecs.encode,  # how old protocols write bytes
}
_MODULES = {'numpy', '_codecs'} | {
    f'numpy.{core}.{module}' for core in ('core', '_core') for module in ('multiarray', 'numeric')
}


class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module not in _MODULES or name not in _ALLOWED:
            raise pickle.UnpicklingError(f'{module}.{name} is no array')
        return _ALLOWED[name]


def read_array_dict(path: Path, keys: tuple[str, ...]) -> dict[str, Any]:
    """Read a dictionary of arrays that `numpy.save` wrote.

    Args:
        path: The `.npy`.
        keys: What it must have.

    Raises:
        InputError: the file is unreadable, holds anything but arrays, or lacks a key.
    """
    wanted = f'it must be a .npy of a dictionary with arrays {", ".join(keys)}'
    try:
        with path.open('rb') as stream:
            version = np.lib.format.read_magic(stream)
            read_header = {
                (1, 0): np.lib.format.read_array_header_1_0,
                (2, 0): np.lib.format.read_array_header_2_0,
            }[version]
            shape, _, dtype = read_header(stream)
            if shape != () or dtype != np.dtype(object):
                raise InputError(f'{path} is an array {dtype} {shape}; {wanted}')
            found = _ArrayUnpickler(stream).load().item()
    except InputError:
        raise
    except Exception as error:  # a malformed pickle raises whatever its bytes lead to
        raise InputError(f'{path} cannot be read ({error}); {wanted}') from None
    if not isinstance(found, dict) or not set(keys) <= found.keys():
        held = ', '.join(map(str, found)) if isinstance(found, dict) else type(found).__name__
        raise InputError(f'{path} has {held}; {wanted}')
    return found
