# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What results depend on besides the item, so that those of different runs are not mixed."""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import scipy
import torch

_PACKAGE = Path(__file__).resolve().parents[2]
_ROOMS = ('data', 'evaluation', 'geometry', 'layers', 'models', 'names', 'segmenter')


def software() -> dict[str, Any]:
    """Return the versions of what computes, and a digest of our own source."""
    return {
        'numpy': np.__version__,
        'scipy': scipy.__version__,
        'torch': torch.__version__,
        'part_seg_ros': _source_digest(),
    }


@functools.cache
def _source_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(path for room in _ROOMS for path in (_PACKAGE / room).rglob('*.py')):
        digest.update(path.relative_to(_PACKAGE).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
