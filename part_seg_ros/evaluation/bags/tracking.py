# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts that prompts opened, followed through the clouds of a bag."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.errors import InputError, PartSegError
from part_seg_ros.evaluation.bags.looking import Look
from part_seg_ros.evaluation.bags.prompts import Prompt
from part_seg_ros.evaluation.bags.results import FOLLOWED, LOST, OPENED
from part_seg_ros.geometry.frame_tree import FrameTree
from part_seg_ros.geometry.transforms import transform_points
from part_seg_ros.segmenter.following import (
    FollowSettings,
    PartSight,
    agreeing,
    click_inside,
    expected_mask,
    see_part,
)
from part_seg_ros.segmenter.part_records import PartRecord, record
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.structures import NamePrompt, PointPrompt


@dataclass(slots=True, kw_only=True, eq=False)
class TrackedPart:
    """A part that is followed.

    Attributes:
        part_id: Message id, from 1 in the order of the prompts.
        given_name: What the prompt called it, '' for nothing.
        sight: Where it was last seen, in the target frame.
        true_id: The true part that was prompted, -1 where it is not known.
    """

    part_id: int
    given_name: str
    sight: PartSight
    true_id: int = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """A followed part in one cloud: its state, and its record unless it is lost."""

    part: TrackedPart
    state: str
    record: PartRecord | None


@dataclass(slots=True, kw_only=True, eq=False)
class Tracker:
    """Opens parts and finds them again in every later cloud.

    A prompt is answered as the node answers it on the same cloud. In a later cloud the part is
    expected where it was last seen in the target frame. The network refines what is expected,
    with a click deepest within it; a system without such feedback answers the click alone. Of the
    masks that come the one is taken that is most like what is expected.

    Attributes:
        settings: How parts are found again.
        parts: All so far.
    """

    settings: FollowSettings = field(default_factory=FollowSettings)
    parts: list[TrackedPart] = field(default_factory=list)

    def open(
        self,
        look: Look,
        prompt: Prompt,
        transforms: FrameTree,
        T_target_cloud: np.ndarray,
        truth: np.ndarray | None,
    ) -> Seen:
        """Answer a prompt on a cloud, and follow the part from now on.

        Args:
            look: The cloud.
            prompt: In any frame that the bag joins to that of the cloud.
            transforms: Of the bag.
            T_target_cloud: (4, 4) pose of the cloud in the target frame.
            truth: (N,) true part of each point, -1 for none; None where it is not known.

        Raises:
            PartSegError: the prompt cannot be answered; the node would refuse it.
        """
        prediction = _answer(look, prompt, transforms)
        part = TrackedPart(
            part_id=len(self.parts) + 1,
            given_name=prompt.name,
            sight=self._see(look, prediction, T_target_cloud),
            true_id=-1 if truth is None else _prompted_part(look, prediction, truth),
        )
        self.parts.append(part)
        return Seen(part=part, state=OPENED, record=_describe(part, look, prediction))

    def follow(self, look: Look, T_target_cloud: np.ndarray) -> list[Seen]:
        """Find all parts again in a cloud."""
        T_cloud_target = np.linalg.inv(T_target_cloud)
        return [self._follow(part, look, T_target_cloud, T_cloud_target) for part in self.parts]

    def _follow(
        self, part: TrackedPart, look: Look, T_target_cloud: np.ndarray, T_cloud_target: np.ndarray
    ) -> Seen:
        settings, points = self.settings, look.source.cloud.points
        expected = expected_mask(points, part.sight.moved(T_cloud_target), settings.radius)
        lost = Seen(part=part, state=LOST, record=None)
        if np.count_nonzero(expected) < settings.min_points:
            return lost
        try:
            prediction = look.answer(click_inside(points, expected), part.given_name, expected)
        except InputError:  # too few points around it
            return lost
        agreed = agreeing(prediction, expected, settings.min_agreement)
        if agreed is None:
            return lost
        part.sight = self._see(look, agreed, T_target_cloud)
        return Seen(part=part, state=FOLLOWED, record=_describe(part, look, agreed))

    def _see(self, look: Look, prediction: Prediction, T_target_cloud: np.ndarray) -> PartSight:
        points = look.source.cloud.points
        return see_part(points, prediction.mask, self.settings.radius).moved(T_target_cloud)


def _describe(part: TrackedPart, look: Look, prediction: Prediction) -> PartRecord:
    return record(part.part_id, look.source.cloud, prediction, part.given_name)


def _answer(look: Look, prompt: Prompt, transforms: FrameTree) -> Prediction:
    """Answer a prompt; the chosen mask has a point.

    Raises:
        PartSegError: there is no transform, or no answer.
    """
    cloud = look.source.cloud
    T_cloud_prompt = np.eye(4)
    if prompt.frame_id and (len(prompt.coords) or prompt.near is not None):
        T_cloud_prompt = transforms.lookup(
            cloud.frame_id.lstrip('/'), prompt.frame_id, cloud.stamp_ns
        )
    if not len(prompt.labels):
        near = prompt.near
        return look.find(
            NamePrompt(
                name=prompt.name,
                near=None if near is None else transform_points(T_cloud_prompt, near),
                granularity=prompt.granularity,
            )
        )
    if len(prompt.point_idx) and not (
        0 <= prompt.point_idx.min() <= prompt.point_idx.max() < len(cloud)
    ):
        raise InputError(
            f'prompt indices must lie in 0 … {len(cloud) - 1}, got {prompt.point_idx.tolist()}'
        )
    coords = [transform_points(T_cloud_prompt, prompt.coords), cloud.points[prompt.point_idx]]
    clicks = PointPrompt(
        prompt_coords=np.concatenate(coords),
        prompt_labels=prompt.labels,
        granularity=prompt.granularity,
    )
    prediction = look.answer(clicks, prompt.name).with_points()
    if prediction is None:
        raise PartSegError('the network found no part at these clicks')
    return prediction


def _prompted_part(look: Look, prediction: Prediction, truth: np.ndarray) -> int:
    """Return the true part at the first click on the part; of a search, most of the mask's."""
    clicks = prediction.prompt
    coord = clicks.prompt_coords[(clicks.prompt_labels == 1).argmax()]
    is_there = (look.source.cloud.points == coord).all(axis=1)
    return int(truth[is_there.argmax()]) if is_there.any() else -1
