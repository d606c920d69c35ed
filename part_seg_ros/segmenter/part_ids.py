# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The one place where part ids of the library meet those of messages.

The label field of a cloud is unsigned and 0 means "no part" there; the library says -1. So library
id k becomes message id k + 1, and back.
"""

from __future__ import annotations

import numpy as np

NO_PART = 0
"""Message id of points that belong to no part."""


def to_message_ids(part_ids: np.ndarray) -> np.ndarray:
    """Turn (N,) int32 library ids (-1 none) into (N,) uint32 message ids (0 none)."""
    return (np.asarray(part_ids, dtype=np.int64) + 1).astype(np.uint32)


def to_library_ids(message_ids: np.ndarray) -> np.ndarray:
    """Turn (N,) uint32 message ids (0 none) into (N,) int32 library ids (-1 none)."""
    return (np.asarray(message_ids, dtype=np.int64) - 1).astype(np.int32)
