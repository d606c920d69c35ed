# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Arrays of HDF5 files, read when they are asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from part_seg_ros.errors import BackendMissingError, InputError
from part_seg_ros.evaluation.layouts.files import need_file


def read_hdf5(path: Path, keys: tuple[str, ...], row: int | None = None) -> dict[str, np.ndarray]:
    """Read some arrays of a file, or one row of each.

    Args:
        path: The file.
        keys: Names of arrays at the top of the file, all with the same number of rows.
        row: Which row; None for all.

    Returns:
        {name: array}, without the first dimension where a row is asked for.

    Raises:
        BackendMissingError: h5py is not installed.
        InputError: the file is missing or no HDF5, lacks an array, or has arrays of different
            numbers of rows.
    """
    try:
        import h5py
    except ModuleNotFoundError as error:
        raise BackendMissingError(
            'HDF5 files are read by h5py; install it with pip install h5py'
        ) from error
    wanted = f'arrays {", ".join(keys)}'
    need_file(path, wanted)
    try:
        with h5py.File(path, 'r') as file:
            missing = [key for key in keys if not isinstance(file.get(key), h5py.Dataset)]
            if missing:
                raise InputError(
                    f'{path} has {", ".join(file) or "nothing"}; it must have {wanted}'
                )
            shapes = {key: file[key].shape for key in keys}
            if len({shape[:1] for shape in shapes.values()}) != 1 or () in shapes.values():
                raise InputError(f'{path}: arrays must have a row per object each, got {shapes}')
            return {key: file[key][() if row is None else row] for key in keys}
    except OSError as error:
        raise InputError(f'{path} is no readable HDF5 ({error}); it must have {wanted}') from None
