# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The evaluation of a bag: every cloud, one after the other, as the node would answer it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data.part_messages import label_image
from part_seg_ros.errors import InputError, PartSegError
from part_seg_ros.evaluation.bags.frames import (
    Frame,
    SourceCloud,
    check_cloud_topic,
    decode,
    frames,
)
from part_seg_ros.evaluation.bags.looking import Look
from part_seg_ros.evaluation.bags.measuring import measure_every, measure_followed
from part_seg_ros.evaluation.bags.prompts import Prompt
from part_seg_ros.evaluation.bags.reader import Bag
from part_seg_ros.evaluation.bags.results import (
    LOST,
    BagResults,
    FrameResult,
    PartResult,
    RefusedPrompt,
)
from part_seg_ros.evaluation.bags.stability import LabeledPoints, label_stability
from part_seg_ros.evaluation.bags.tracking import Seen, Tracker
from part_seg_ros.evaluation.bags.transforms import read_transforms
from part_seg_ros.evaluation.bags.truth import Truth, read_part_names
from part_seg_ros.geometry.frame_tree import TransformMissingError
from part_seg_ros.geometry.transforms import transform_points
from part_seg_ros.segmenter.following import FollowSettings
from part_seg_ros.segmenter.part_records import PartRecord
from part_seg_ros.segmenter.segmenter import Segmenter


@dataclass(frozen=True, slots=True, kw_only=True)
class BagConfig:
    """Protocol of the evaluation of a bag."""

    topic: str = setting('/camera/points', 'Topic of the clouds.')
    target_frame: str = setting(
        '',
        'Frame in which the scene rests: parts are followed and compared in it. Empty for the root'
        ' of the transforms of the bag.',
    )
    every: int = setting(1, 'Take one of so many clouds.', minimum=1)
    region_radius: float = setting(
        0.0, 'As the parameter region_radius of the node [m].', minimum=0.0
    )
    follow: FollowSettings = field(default_factory=FollowSettings)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FrameAnswer:
    """What was found in one cloud, for whoever keeps it; see `data.part_messages.Parted`.

    Attributes:
        frame: The cloud with what follows it in the bag.
        source: The cloud, decoded; None where it could not be evaluated.
        parts: By message id.
        labels: (N,) uint32 message ids.
        result: What is reported of it.
    """

    frame: Frame
    source: SourceCloud | None
    parts: Mapping[int, PartRecord]
    labels: np.ndarray
    result: FrameResult


Keeper = Callable[[FrameAnswer], object]


def evaluate_bag(
    bag: Bag,
    segmenter: Segmenter,
    config: BagConfig,
    *,
    truth: Truth,
    prompts: Sequence[Prompt] | None = None,
    keep: Sequence[Keeper] = (),
    with_others: bool = False,
) -> BagResults:
    """Evaluate the clouds of a bag.

    Args:
        bag: The bag.
        segmenter: The network.
        config: What is done.
        truth: Tells the true parts.
        prompts: Each opens a part, which is then followed; None to find every part in each cloud.
        keep: Told the answer to each cloud.
        with_others: Whether the frames carry all other messages of the bag along.

    Returns:
        The results; of a damaged bag as far as it goes.

    Raises:
        InputError: the topic has no clouds, the bag does not know the target frame, or none of the
            clouds could be evaluated.
    """
    check_cloud_topic(bag, config.topic)
    run = _Run(bag, segmenter, config, truth, prompts)
    others = tuple(bag.topics) if with_others else ()
    for frame in frames(bag, config.topic, every=config.every, others=others):
        answer = run.evaluate(frame)
        for keeper in keep:
            keeper(answer)
    return run.results()


class _Run:
    """What is known after the frames so far."""

    def __init__(
        self,
        bag: Bag,
        segmenter: Segmenter,
        config: BagConfig,
        truth: Truth,
        prompts: Sequence[Prompt] | None,
    ) -> None:
        self._bag = bag
        self._segmenter = segmenter
        self._config = config
        self._truth = truth
        self._transforms = read_transforms(bag)
        self._part_names = read_part_names(bag)
        self._tracker = None if prompts is None else Tracker(settings=config.follow)
        self._waiting = list(prompts or ())
        self._target_frame = config.target_frame
        self._first_stamp_ns: int | None = None
        self._previous: LabeledPoints | None = None
        self._frames: list[FrameResult] = []
        self._parts: list[PartResult] = []
        self._refused: list[RefusedPrompt] = []

    def evaluate(self, frame: Frame) -> FrameAnswer:
        """Evaluate the next frame; one that cannot be evaluated says so in its result."""
        start = time.perf_counter()
        if self._first_stamp_ns is None:
            self._first_stamp_ns = frame.stamp_ns
        try:
            source = decode(frame)
            truth = self._truth.labels(frame)
            T_target_cloud = self._pose(source)
            look = Look(
                segmenter=self._segmenter,
                source=source,
                region_radius=self._config.region_radius,
            )
            parts, rows = self._look(look, frame, T_target_cloud, truth)
        except PartSegError as error:
            return self._failed(frame, str(error))
        labels = label_image(parts.values(), len(source.cloud))
        total_ms = 1e3 * (time.perf_counter() - start)
        result = FrameResult(
            frame_idx=frame.idx,
            stamp_ns=frame.stamp_ns,
            num_points=len(source.cloud),
            num_parts=len(parts),
            encode_ms=look.encode_ms,
            predict_ms=look.predict_ms,
            total_ms=total_ms,
            stability=self._stability(source, labels, T_target_cloud),
            has_transform=T_target_cloud is not None,
            **look.dropped(),
        )
        self._frames.append(result)
        self._parts += rows
        return FrameAnswer(frame=frame, source=source, parts=parts, labels=labels, result=result)

    def results(self) -> BagResults:
        """Return all that was measured.

        Raises:
            InputError: nothing was.
        """
        found = BagResults(
            frames=tuple(self._frames),
            parts=tuple(self._parts),
            refused=tuple(self._refused),
            num_unreached=len(self._waiting),
            damage=self._bag.damage,
            target_frame=self._target_frame,
            is_tracked=self._tracker is not None,
        )
        if not found.evaluated:
            reasons = list(dict.fromkeys(filter(None, (f.problem for f in self._frames))))
            raise InputError(
                f'none of {len(self._frames)} clouds on {self._config.topic} could be evaluated:'
                f' {"; ".join([*reasons[:3], *filter(None, [found.damage])]) or "there is none"}'
            )
        return found

    def _look(
        self,
        look: Look,
        frame: Frame,
        T_target_cloud: np.ndarray | None,
        truth: np.ndarray | None,
    ) -> tuple[dict[int, PartRecord], list[PartResult]]:
        """Find the parts of a cloud, and measure them."""
        if self._tracker is None:
            parts = look.every_part()
            return parts, measure_every(frame, parts, truth, self._part_names)
        seen = self._track(self._tracker, look, frame, T_target_cloud, truth)
        rows = [measure_followed(frame, one, truth, self._part_names) for one in seen]
        return {s.part.part_id: s.record for s in seen if s.record is not None}, rows

    def _track(
        self,
        tracker: Tracker,
        look: Look,
        frame: Frame,
        T_target_cloud: np.ndarray | None,
        truth: np.ndarray | None,
    ) -> list[Seen]:
        """Follow the parts so far, then open those of the prompts that are due."""
        if T_target_cloud is None:  # prompts wait for a cloud whose place is known
            return [Seen(part=part, state=LOST, record=None) for part in tracker.parts]
        seen = tracker.follow(look, T_target_cloud)
        for prompt in self._due(frame):
            try:
                seen.append(tracker.open(look, prompt, self._transforms, T_target_cloud, truth))
            except PartSegError as error:
                self._refused.append(RefusedPrompt(frame_idx=frame.idx, reason=str(error)))
        return seen

    def _due(self, frame: Frame) -> list[Prompt]:
        """Take the prompts for which `frame` is the newest cloud, or was missed before."""
        assert self._first_stamp_ns is not None
        next_stamp_ns = frame.next_stamp_ns
        if next_stamp_ns is None and self._bag.damage:
            # Beyond the break of a bag nobody knows which clouds came before a prompt.
            next_stamp_ns = frame.stamp_ns + 1
        due = [
            prompt
            for prompt in self._waiting
            if prompt.is_due(
                first_stamp_ns=self._first_stamp_ns,
                next_stamp_ns=next_stamp_ns,
                next_idx=frame.idx + self._config.every,
            )
        ]
        self._waiting = [prompt for prompt in self._waiting if prompt not in due]
        return due

    def _pose(self, source: SourceCloud) -> np.ndarray | None:
        """Return the (4, 4) pose of a cloud in the target frame; None where it is not known.

        Raises:
            InputError: the bag does not know the target frame at all.
        """
        frame_id = source.cloud.frame_id.lstrip('/')
        if not self._target_frame:
            self._target_frame = self._transforms.root_of(frame_id)
        if self._target_frame not in (frame_id, *self._transforms.frames):
            raise InputError(
                f'the bag does not know the frame {self._target_frame!r}; its clouds are in'
                f' {frame_id!r}, its transforms join'
                f' {", ".join(self._transforms.frames) or "nothing"}'
            )
        try:
            return self._transforms.lookup(self._target_frame, frame_id, source.cloud.stamp_ns)
        except TransformMissingError:
            return None

    def _stability(
        self, source: SourceCloud, labels: np.ndarray, T_target_cloud: np.ndarray | None
    ) -> float:
        """Compare a cloud with the one before; NaN where either has no place."""
        before, self._previous = self._previous, None
        if T_target_cloud is None:
            return float('nan')
        is_finite = np.isfinite(source.cloud.points).all(axis=1)
        points = transform_points(T_target_cloud, source.cloud.points[is_finite])
        self._previous = LabeledPoints(points=points, labels=labels[is_finite])
        if before is None:
            return float('nan')
        return label_stability(
            before,
            self._previous,
            radius=self._config.follow.radius,
            same_ids=self._tracker is not None,
        )

    def _failed(self, frame: Frame, problem: str) -> FrameAnswer:
        result = FrameResult(frame_idx=frame.idx, stamp_ns=frame.stamp_ns, problem=problem)
        self._frames.append(result)
        self._previous = None
        return FrameAnswer(
            frame=frame, source=None, parts={}, labels=np.zeros(0, np.uint32), result=result
        )
