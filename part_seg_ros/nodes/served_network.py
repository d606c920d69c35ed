# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The network that a node serves with: what it encoded, what it answers, and counts of both.

Answers are over the points of the source, also where the network looked at the mesh that they were
drawn from.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from part_seg_ros.errors import CanceledError
from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes import answers
from part_seg_ros.nodes.error_codes import failure_is_model_error, invalid_input_is
from part_seg_ros.nodes.sessions import SourceCloud
from part_seg_ros.nodes.worker import Job
from part_seg_ros.segmenter import FindNamedSettings, NamedParts, Prediction
from part_seg_ros.segmenter.by_agreement import Pieces
from part_seg_ros.segmenter.cache import EmbeddingCache
from part_seg_ros.segmenter.carried_parts import carry_parts
from part_seg_ros.segmenter.segment_all import SegmentAllSettings
from part_seg_ros.segmenter.segmenter import EncodedCloud, Segmenter
from part_seg_ros.structures import NamePrompt, PartSegmentation, PointCloud, PointPrompt

T = TypeVar('T')
Report = Callable[[str, float, int], None]

# Share of the progress of "segment all" that is reached when decoding begins.
_DECODING_FROM = 0.3


def tell_nobody(stage: str, progress: float, parts_found: int) -> None:
    """Do nothing: the report of work that nobody waits for."""


@dataclass(slots=True)
class Statistics:
    """Counts and times for diagnostics; written by the worker's thread."""

    num_requests: int = 0
    num_failed: int = 0
    num_encoded: int = 0
    num_cached: int = 0
    encode_ms: float = 0.0
    decode_ms: float = 0.0
    cache_items: int = 0
    cache_bytes: int = 0
    model_error: str = ''


@dataclass(frozen=True, kw_only=True, eq=False)
class Encoding:
    """An embedding, and how it answers about its source.

    Attributes:
        source: What was encoded.
        encoded: Its cloud or its mesh with the embedding.
        is_cached: Whether it was there already.
        encode_ms: Time that encoding took [ms], 0 if cached.
    """

    source: SourceCloud
    encoded: EncodedCloud
    is_cached: bool
    encode_ms: float

    @cached_property
    def _rows(self) -> np.ndarray:
        """(N,) int64, which point of the encoded mesh each point of the source is as."""
        return self.source.surface.rows_in(self.encoded)

    def on_points(self, prediction: Prediction) -> Prediction:
        """Return an answer of the network over the points of the source."""
        if self.encoded.mesh is None:
            return prediction
        candidates = prediction.candidates
        on_points = dataclasses.replace(
            candidates, mask_logits=candidates.mask_logits[:, self._rows]
        )
        return dataclasses.replace(prediction, candidates=on_points)

    def parts_on_points(self, found: PartSegmentation) -> PartSegmentation:
        """Return a segmentation over the points of the source; parts without any are left out."""
        if self.encoded.mesh is None:
            return found
        points = self.source.cloud.points
        return carry_parts(found, found.part_ids[self._rows], lambda is_in: points[is_in])[0]

    def restored(self, answer: answers.Answer) -> answers.Answer:
        """Give an answer of a history its candidates again."""
        answer = answers.restored(answer, self.encoded)
        return dataclasses.replace(answer, prediction=self.on_points(answer.prediction))

    def pieces(self, weight: float) -> Pieces | None:
        """Say on which connected piece of the mesh, if any, lies what the network looked at."""
        surface = self.source.surface
        return None if surface is None else surface.pieces(self.encoded, weight)


@dataclass(slots=True, kw_only=True, eq=False)
class ServedNetwork:
    """A segmenter with the cache of its embeddings.

    Attributes:
        segmenter: The network.
        cache: Its embeddings.
        statistics: Counts and times so far.
    """

    segmenter: Segmenter
    cache: EmbeddingCache
    statistics: Statistics = field(default_factory=Statistics)

    def replace(self, job: Job, build: Callable[[], Segmenter]) -> None:
        """Serve with another network, if it can be built; else nothing changes.

        Raises:
            CanceledError: the job was cancelled meanwhile.
            PartSegError: from `build`.
        """
        segmenter = build()
        job.check_canceled()
        self.segmenter = segmenter
        self.cache.clear()
        self.statistics.cache_items = self.statistics.cache_bytes = 0

    def known_name(self, wording: str) -> str:
        """Return the network's name for what the caller calls a part.

        Raises:
            RequestError: BAD_PROMPT, it knows none of that meaning.
        """
        with invalid_input_is(ErrorCode.BAD_PROMPT):
            return self.segmenter.known_name(wording)

    def encode(self, job: Job, source: SourceCloud, region: PointCloud | None = None) -> Encoding:
        """Encode a source, unless it was encoded before.

        Args:
            job: Asked whether to stop.
            source: What to encode.
            region: Its cloud where only a part of the points counts; None for all. A network that
                looks at meshes gets a mesh as a whole.

        Raises:
            RequestError: EMPTY_CLOUD, the network cannot take it; or the job is to stop.
        """
        job.check()
        shape = source.cloud if region is None else region
        if source.surface is not None and self.segmenter.system.capabilities.meshes:
            shape = source.surface.mesh
        with failure_is_model_error(), invalid_input_is(ErrorCode.EMPTY_CLOUD):
            encoded, is_cached = self.cache.get_or_encode(self.segmenter, shape)
        # The cache is for this thread only; others read these copies.
        self.statistics.cache_items = len(self.cache)
        self.statistics.cache_bytes = self.cache.num_bytes
        job.check()
        if is_cached:
            self.statistics.num_cached += 1
        else:
            self.statistics.num_encoded += 1
            self.statistics.encode_ms = encoded.encode_ms
        return Encoding(
            source=source,
            encoded=encoded,
            is_cached=is_cached,
            encode_ms=0.0 if is_cached else encoded.encode_ms,
        )

    def predict(
        self, encoding: Encoding, prompt: PointPrompt, previous: Prediction | None, name: str
    ) -> Prediction:
        """Answer clicks; see `Segmenter.predict`. A name that the network does not know is unused.

        Raises:
            RequestError: BAD_PROMPT, or the network failed.
        """
        with failure_is_model_error(), invalid_input_is(ErrorCode.BAD_PROMPT):
            prediction = self.segmenter.predict(
                encoding.encoded,
                prompt,
                previous=previous,
                name=name if self.segmenter.knows_name(name) else '',
            )
        self.statistics.decode_ms = prediction.decode_ms
        return encoding.on_points(prediction)

    def segment_all(
        self,
        job: Job,
        encoding: Encoding,
        wanted: SegmentAllSettings,
        *,
        connectivity: float,
        report: Report,
    ) -> PartSegmentation:
        """Find every part; a system with a way of its own takes it unless a threshold is set.

        Args:
            job: Asked whether to stop.
            encoding: From `encode`.
            wanted: Thresholds.
            connectivity: Weight of the pieces of a mesh.
            report: Told stage name, progress in [0, 1] and number of parts found so far.

        Raises:
            CanceledError: the job is to stop.
        """
        thresholds = None if wanted == SegmentAllSettings() else wanted
        found = self._decode(
            job,
            lambda: self.segmenter.segment_all(
                encoding.encoded,
                thresholds,
                progress=_progress(report),
                should_stop=job.should_stop,
                pieces=encoding.pieces(connectivity),
            ),
        )
        return encoding.parts_on_points(found)

    def find_named(
        self,
        job: Job,
        encoding: Encoding,
        prompt: NamePrompt,
        wanted: FindNamedSettings,
        report: Report = tell_nobody,
    ) -> NamedParts:
        """Find the parts of a name; arguments as for `segment_all`.

        Raises:
            CanceledError: the job is to stop.
            PartNotFoundError: there is none.
        """
        found = self._decode(
            job,
            lambda: self.segmenter.find_named(
                encoding.encoded,
                prompt,
                wanted,
                progress=_progress(report),
                should_stop=job.should_stop,
            ),
        ).check()
        parts = tuple(encoding.on_points(part) for part in found.parts)
        return dataclasses.replace(found, parts=parts)

    def _decode(self, job: Job, work: Callable[[], T]) -> T:
        """Do long work of the network that asks `job` whether to stop."""
        start = time.perf_counter()
        try:
            with failure_is_model_error():
                found = work()
        except CanceledError:
            job.check()  # tells a time-out from a cancel
            raise
        job.check()
        self.statistics.decode_ms = 1e3 * (time.perf_counter() - start)
        return found


def _progress(report: Report) -> Callable[[Any, float, int], None]:
    """Tell the progress of decoding as progress of the whole."""
    return lambda stage, share, parts_found: report(
        stage.name, _DECODING_FROM + (1.0 - _DECODING_FROM) * share, parts_found
    )
