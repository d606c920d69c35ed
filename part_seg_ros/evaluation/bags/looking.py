# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Asking the network about one cloud, with account of time and of the points it did not see."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.evaluation.bags.frames import SourceCloud
from part_seg_ros.segmenter.cache import EmbeddingCache
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.following import remembered
from part_seg_ros.segmenter.part_records import PartRecord, part_records
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.segmenter.segmenter import Segmenter
from part_seg_ros.structures import NamePrompt, PointCloud, PointPrompt

# Regions of one cloud that are kept encoded.
_MAX_REGIONS = 16
_MAX_BYTES = 2**30


@dataclass(slots=True, kw_only=True, eq=False)
class Look:
    """What the network is asked about one cloud, as the node asks it.

    Attributes:
        segmenter: The network.
        source: The cloud.
        region_radius: As the parameter of the node [m]: clicks look at the points this near.
        encode_ms: Time of encoding so far [ms].
        predict_ms: Time of answers so far [ms].
    """

    segmenter: Segmenter
    source: SourceCloud
    region_radius: float = 0.0
    encode_ms: float = 0.0
    predict_ms: float = 0.0
    _cache: EmbeddingCache = field(
        default_factory=lambda: EmbeddingCache(max_items=_MAX_REGIONS, max_bytes=_MAX_BYTES)
    )
    _is_in_region: np.ndarray = field(init=False)
    _is_seen: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self._is_in_region = np.zeros(len(self.source.cloud), bool)
        self._is_seen = np.zeros(len(self.source.cloud), bool)

    def answer(
        self, prompt: PointPrompt, name: str = '', expected: np.ndarray | None = None
    ) -> Prediction:
        """Answer clicks in the frame of the cloud.

        Args:
            prompt: The clicks.
            name: What the part is called; one that the network knows chooses among the masks.
            expected: (N,) bool where the part is expected, for networks that refine masks; None
                for a first answer.

        Raises:
            InputError: as `Segmenter.predict`; `PromptTooFarError` among it.
        """
        encoded = self._encode(prompt.region_of(self.source.cloud, self.region_radius))
        known = name if self.segmenter.knows_name(name) else ''
        previous = None
        if expected is not None:
            previous = remembered(prompt, expected, encoded.network_idx)
        prediction = self.segmenter.predict(encoded, prompt, previous, name=known)
        self.predict_ms += prediction.decode_ms
        return prediction

    def find(self, prompt: NamePrompt) -> Prediction:
        """Find the best, or nearest, part of a name.

        Raises:
            InputError: the network does not know the name.
            PartNotFoundError: no part of the name is probable enough.
        """
        cloud = self.source.cloud
        if prompt.near is not None and self.region_radius > 0.0:
            cloud = cloud.within(prompt.near, self.region_radius)
        encoded = self._encode(cloud)
        start = time.perf_counter()
        found = self.segmenter.find_named(encoded, prompt).check().parts[0]
        self.predict_ms += 1e3 * (time.perf_counter() - start)
        return found

    def every_part(self) -> dict[int, PartRecord]:
        """Find every part as `~/enable` does by default; by message id.

        Raises:
            InputError: the cloud cannot be encoded.
        """
        encoded = self._encode(self.source.cloud)
        start = time.perf_counter()
        found = self.segmenter.segment_all(encoded)
        parts = part_records(found, self.source.cloud)
        self.predict_ms += 1e3 * (time.perf_counter() - start)
        return parts

    def dropped(self) -> dict[str, int]:
        """Count the points that the network did not see, by why: fields of `FrameResult`.

        Where nothing was asked, only those count that are not finite.
        """
        is_finite = np.isfinite(self.source.cloud.points).all(axis=1)
        is_outside = is_finite & ~self._is_in_region & self.is_asked
        return {
            'not_finite': int((~is_finite).sum()),
            'outside_region': int(is_outside.sum()),
            'not_sampled': int((self._is_in_region & ~self._is_seen).sum()),
        }

    @property
    def is_asked(self) -> bool:
        """Whether the network was asked anything."""
        return bool(self._is_seen.any())

    def _encode(self, cloud: PointCloud) -> EncodedCloud:
        encoded, is_cached = self._cache.get_or_encode(self.segmenter, cloud)
        if not is_cached:
            self.encode_ms += encoded.encode_ms
        self._is_in_region[encoded.valid_idx] = True
        self._is_seen[encoded.network_idx] = True
        return encoded
