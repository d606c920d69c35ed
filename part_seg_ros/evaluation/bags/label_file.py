# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Labels of many clouds in one .npz, written one after the other."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.evaluation.bags.protocol import FrameAnswer
from part_seg_ros.segmenter.part_ids import to_library_ids


class LabelFile:
    """An .npz with the parts of every evaluated cloud, as `truth.FileTruth` reads it; use `with`.

    Each array is (N,) int32, -1 for no part, part k of the library being part k + 1 of messages.
    Its name is the stamp of the cloud [ns]; of clouds with the same stamp the first counts.

    Args:
        path: The file to write.
    """

    def __init__(self, path: Path) -> None:
        self._file = zipfile.ZipFile(path, 'w', zipfile.ZIP_DEFLATED)
        self._names: set[str] = set()

    def __enter__(self) -> LabelFile:
        return self

    def __exit__(self, *error: Any) -> None:
        self._file.close()

    def keep(self, answer: FrameAnswer) -> None:
        """Write the labels of a cloud."""
        name = f'{answer.frame.stamp_ns}.npy'
        if answer.source is None or name in self._names:
            return
        self._names.add(name)
        with self._file.open(name, 'w', force_zip64=True) as entry:
            np.lib.format.write_array(entry, to_library_ids(answer.labels))
