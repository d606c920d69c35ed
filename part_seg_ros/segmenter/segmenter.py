# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Prompts in metres in, masks over every input point out, around any system."""

from __future__ import annotations

import dataclasses
import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import InputError
from part_seg_ros.models.system import System, check_prompt
from part_seg_ros.segmenter.by_agreement import Pieces
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud, content_key
from part_seg_ros.segmenter.find_named import (
    FindNamedSettings,
    NamedParts,
    find_named,
)
from part_seg_ros.segmenter.network_input import network_cloud, network_rows, valid_rows
from part_seg_ros.segmenter.own_segmentation import segment_by_system
from part_seg_ros.segmenter.part_name import known_name, name_scores
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.segmenter.propagation import Propagation
from part_seg_ros.segmenter.proposals import Progress, silent
from part_seg_ros.segmenter.segment_all import (
    SegmentAllSettings,
    segment_all,
    segment_levels,
)
from part_seg_ros.segmenter.session import Session
from part_seg_ros.structures import Mesh, NamePrompt, PartSegmentation, PointCloud, PointPrompt

__all__ = ['EncodedCloud', 'Prediction', 'Segmenter', 'SegmenterConfig']


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmenterConfig:
    """How clouds and clicks are prepared for a network."""

    max_points: int = setting(
        10_000,
        'Points given to the network; the answer is carried to the others.',
        minimum=16,
        maximum=1_000_000,
    )
    seed: int = setting(0, 'Seed of the choice of points where a cloud has more.', minimum=0)
    snap_radius: float = setting(
        0.05, 'Farthest that a click may be from the nearest point [m]; 0 for no limit.'
    )
    min_name_probability: float = setting(
        0.5,
        'Parts that were not asked for by name get the name that the network holds most probable,'
        ' if it is at least this probable.',
        minimum=0.0,
        maximum=1.0,
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


class Segmenter:
    """Encodes clouds and answers prompts with one system.

    It keeps no state: what was computed is in the values that it returns, so several clouds and
    several users never mix.

    The protocol of clicks: the first prompt on a part is answered with several candidates, best
    first, because one click may mean a part or a part of it. Each later prompt holds all clicks so
    far and the previous answer, whose chosen candidate the network refines. `Session` does this
    book-keeping.
    """

    def __init__(self, system: System, config: SegmenterConfig | None = None) -> None:
        """Wrap `system`, with the default configuration if none is given."""
        self.system = system
        self.config = config or SegmenterConfig()

    def content_key(self, shape: PointCloud | Mesh) -> str:
        """Return the key under which the encoding of `shape` by this segmenter may be kept."""
        config = self.config
        return content_key(
            shape,
            self.system.name,
            self.system.weights_sha256,
            self.system.device,
            config.max_points,
            config.seed,
        )

    def encode(self, cloud: PointCloud) -> EncodedCloud:
        """Encode a cloud once, for many prompts.

        Args:
            cloud: N points, invalid rows allowed.

        Returns:
            The encoded cloud.

        Raises:
            InputError: the cloud is empty, has fewer than 16 finite points, all points coincide,
                or the system cannot take it.
        """
        start = time.perf_counter()
        valid_idx = valid_rows(cloud)
        network_idx = network_rows(
            cloud, valid_idx, max_points=self.config.max_points, seed=self.config.seed
        )
        embedding = self.system.encode(network_cloud(cloud, network_idx))
        key = self.content_key(cloud)
        return EncodedCloud(
            cloud=cloud,
            valid_idx=valid_idx,
            network_idx=network_idx,
            embedding=embedding,
            propagation=Propagation(cloud.points, valid_idx, network_idx),
            content_key=key,
            encode_ms=1e3 * (time.perf_counter() - start),
        )

    def encode_mesh(self, mesh: Mesh) -> EncodedCloud:
        """Encode a mesh once, for a system with `Capabilities.meshes`.

        Args:
            mesh: F >= 1 faces.

        Returns:
            The points of the embedding as a cloud; `face_idx` says on which faces they lie.

        Raises:
            InputError: the system looks at points alone, or cannot take this mesh.
        """
        if not self.system.capabilities.meshes:
            raise InputError(
                f'{self.system.name} looks at points; encode points drawn from the mesh'
            )
        start = time.perf_counter()
        embedding = self.system.encode(mesh)
        cloud = PointCloud(points=embedding.points, frame_id=mesh.frame_id)
        rows = np.arange(len(cloud))
        return EncodedCloud(
            cloud=cloud,
            valid_idx=rows,
            network_idx=rows,
            embedding=embedding,
            propagation=Propagation(cloud.points, rows, rows),
            content_key=self.content_key(mesh),
            encode_ms=1e3 * (time.perf_counter() - start),
            mesh=mesh,
        )

    def open(
        self, encoded: EncodedCloud, *, granularity: float | None = None, name: str = ''
    ) -> Session:
        """Begin to ask for one part; see `Session`, and `predict` for `name`."""
        predict = functools.partial(self.predict, name=name) if name else self.predict
        return Session(predict=predict, encoded=encoded, granularity=granularity)

    def known_name(self, wording: str) -> str:
        """Return the part name of the system that free wording means.

        Raises:
            InputError: the system takes no names, or knows none of that meaning; the message lists
                those that it knows.
        """
        return known_name(self.system, wording)

    def knows_name(self, wording: str) -> bool:
        """Return whether the system has a part name that free wording, perhaps '', means."""
        try:
            return bool(wording and self.known_name(wording))
        except InputError:
            return False

    def predict(
        self,
        encoded: EncodedCloud,
        prompt: PointPrompt,
        previous: Prediction | None = None,
        *,
        name: str = '',
    ) -> Prediction:
        """Answer a prompt.

        Args:
            encoded: From `encode` of this segmenter.
            prompt: All clicks on the part so far, in the frame of the cloud [m]; each is snapped
                to the nearest valid point of the full cloud, or place on the mesh.
            previous: Answer to refine, on the same cloud; None for the first prompt.
            name: What the clicked part is called, in free wording, to choose among the candidates;
                '' to let the predicted IoU alone decide.

        Returns:
            The answer over all input points, candidates by descending `iou_pred`, with a name by
            `part_name.name_scores` (equal ones in the order of the system).

        Raises:
            PromptTooFarError: a click is farther than `snap_radius` from every valid point.
            InputError: no click is on the part, the system does not take the prompt or does not
                know the name, or `previous` belongs to another cloud.
        """
        start = time.perf_counter()
        check_prompt(self.system.name, self.system.capabilities, prompt)
        wanted_name = self.known_name(name) if name else ''
        if not (prompt.prompt_labels == 1).any():
            raise InputError(
                'a prompt needs at least one foreground click (label 1), got'
                f' {len(prompt.prompt_labels)} on the background only'
            )
        feedback = self._feedback(encoded, previous)
        snapped, distances = encoded.snap(prompt, self.config.snap_radius)
        found = self.system.predict(encoded.embedding, snapped, feedback)
        scores = found.iou_pred
        if wanted_name:
            scores = name_scores(found, self.system.part_names.index(wanted_name))
        found = found.select(np.argsort(-scores, kind='stable'))
        return Prediction(
            candidates=dataclasses.replace(found, mask_logits=encoded.to_all(found.mask_logits)),
            network_logits=found.mask_logits,
            prompt=snapped,
            snap_distances=distances,
            decode_ms=1e3 * (time.perf_counter() - start),
            part_names=self.system.part_names,
            min_name_probability=self.config.min_name_probability,
            wanted_name=wanted_name,
        )

    def find_named(
        self,
        encoded: EncodedCloud,
        prompt: NamePrompt,
        settings: FindNamedSettings | None = None,
        *,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
    ) -> NamedParts:
        """Find the parts of one name; see `find_named.find_named`.

        Args:
            encoded: From `encode` of this segmenter.
            prompt: The name in free wording, and perhaps near what, in the frame of the cloud [m].
            settings: Thresholds; the defaults if None.
            progress: As for `segment_all`.
            should_stop: As for `segment_all`.

        Returns:
            The parts, best or nearest first, perhaps none; `check` makes an error of that.

        Raises:
            CanceledError: `should_stop` said so.
            InputError: the system takes no names, or does not know this one.
        """
        return find_named(
            self.system,
            encoded,
            prompt,
            settings or FindNamedSettings(),
            min_name_probability=self.config.min_name_probability,
            progress=progress or silent,
            should_stop=should_stop or (lambda: False),
        )

    def segment_all(
        self,
        encoded: EncodedCloud,
        settings: SegmentAllSettings | None = None,
        *,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
        pieces: Pieces | None = None,
    ) -> PartSegmentation:
        """Find every part; see `segment_all.segment_all`.

        Args:
            encoded: From `encode` of this segmenter.
            settings: Thresholds. None for the system's own way, where it has one, else for the
                defaults.
            progress: Told the stage, the share of the work done in [0, 1], which never falls, and
                the number of candidates kept so far.
            should_stop: Asked between chunks of work; True ends it.
            pieces: Connection of the surface, where the cloud is a sample of a mesh; see
                `mesh_parts`.

        Returns:
            Part ids of all N input points, and the parts.

        Raises:
            CanceledError: `should_stop` said so.
            InputError: the system does not take point prompts.
        """
        if settings is None and self.system.capabilities.own_segmentation:
            return segment_by_system(
                self.system,
                encoded,
                progress=progress or silent,
                should_stop=should_stop or (lambda: False),
            )
        return segment_all(
            self.system,
            encoded,
            settings or SegmentAllSettings(),
            min_name_probability=self.config.min_name_probability,
            progress=progress or silent,
            should_stop=should_stop or (lambda: False),
            pieces=pieces,
        )

    def segment_levels(
        self,
        encoded: EncodedCloud,
        granularities: Sequence[float],
        settings: SegmentAllSettings | None = None,
        *,
        progress: Progress | None = None,
        should_stop: Callable[[], bool] | None = None,
        pieces: Pieces | None = None,
        nested: bool = True,
    ) -> tuple[PartSegmentation, ...]:
        """Find every part at several granularities; see `segment_all.segment_levels`.

        Args:
            encoded: From `encode` of this segmenter.
            granularities: Ascending, each in (0, 1].
            settings: Thresholds; None for the defaults.
            progress: As for `segment_all`.
            should_stop: As for `segment_all`.
            pieces: As for `segment_all`.
            nested: Keep every part within one of the level before, which it then knows
                (`SegmentedPart.parent_id`); else each level is the best by itself.

        Returns:
            One segmentation for each granularity, coarse to fine.

        Raises:
            CanceledError: `should_stop` said so.
            InputError: the granularities do not ascend, or the system takes no point prompts.
        """
        return segment_levels(
            self.system,
            encoded,
            settings or SegmentAllSettings(),
            granularities,
            min_name_probability=self.config.min_name_probability,
            progress=progress or silent,
            should_stop=should_stop or (lambda: False),
            pieces=pieces,
            nested=nested,
        )

    def _feedback(self, encoded: EncodedCloud, previous: Prediction | None) -> np.ndarray | None:
        if previous is None or not self.system.capabilities.mask_feedback:
            return None
        if previous.feedback.shape != encoded.network_idx.shape:
            raise InputError(
                f'the previous answer is over {len(previous.feedback)} network points, this cloud'
                f' has {len(encoded.network_idx)}; refine an answer on its own cloud'
            )
        return previous.feedback
