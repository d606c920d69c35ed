# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Encoded clouds and meshes kept for reuse."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict

from part_seg_ros.errors import ConfigError
from part_seg_ros.models.system import System
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.segmenter import Segmenter
from part_seg_ros.structures import Mesh, PointCloud


class EmbeddingCache:
    """Encodings by the content of cloud or mesh; the least recently used go first. One thread.

    Args:
        max_items: Most clouds kept.
        max_bytes: Most memory kept [bytes]; a single cloud that needs more is not kept.
    """

    def __init__(self, *, max_items: int, max_bytes: int) -> None:
        """Begin empty.

        Raises:
            ConfigError: a limit is below 1.
        """
        if max_items < 1 or max_bytes < 1:
            raise ConfigError(
                f'max_items and max_bytes must be at least 1, got {max_items} and {max_bytes}'
            )
        self._max_items = max_items
        self._max_bytes = max_bytes
        # The system is part of the entry, so that its id is not given to another one meanwhile.
        self._entries: OrderedDict[tuple[int, str], tuple[System, EncodedCloud]] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of clouds kept."""
        return len(self._entries)

    @property
    def num_bytes(self) -> int:
        """Memory of the clouds kept [bytes]."""
        return sum(encoded.num_bytes for _, encoded in self._entries.values())

    def get_or_encode(
        self, segmenter: Segmenter, shape: PointCloud | Mesh
    ) -> tuple[EncodedCloud, bool]:
        """Return the encoding of a cloud or mesh, from the cache if the same was encoded before.

        Args:
            segmenter: Encodes it if need be. Encodings by another system or configuration are
                never returned.
            shape: The cloud, or the mesh for a system with `Capabilities.meshes`.

        Returns:
            The encoding, which refers to `shape` with its frame and stamp; and whether it came
            from the cache.

        Raises:
            InputError: it cannot be encoded.
        """
        key = (id(segmenter.system), segmenter.content_key(shape))
        if key in self._entries:
            self._entries.move_to_end(key)
            return _referring_to(shape, self._entries[key][1]), True
        if isinstance(shape, Mesh):
            encoded = segmenter.encode_mesh(shape)
        else:
            encoded = segmenter.encode(shape)
        self._entries[key] = (segmenter.system, encoded)
        self._evict()
        return encoded, False

    def clear(self) -> None:
        """Drop everything."""
        self._entries.clear()

    def _evict(self) -> None:
        while len(self._entries) > self._max_items or self.num_bytes > self._max_bytes:
            self._entries.popitem(last=False)


def _referring_to(shape: PointCloud | Mesh, kept: EncodedCloud) -> EncodedCloud:
    """Return the encoding of a shape of the same content."""
    if isinstance(shape, PointCloud):
        return dataclasses.replace(kept, cloud=shape)
    cloud = dataclasses.replace(kept.cloud, frame_id=shape.frame_id)
    return dataclasses.replace(kept, mesh=shape, cloud=cloud)
