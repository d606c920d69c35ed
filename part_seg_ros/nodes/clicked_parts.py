# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Asks the node for the parts clicked on, again and again, each time on its newest cloud.

That is what a robot does which has to keep an eye on some parts while the camera moves. One
question is open at a time; clouds that come meanwhile are never asked about.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from part_seg_ros.evaluation.bags.transforms import stamp_ns
from part_seg_ros.geometry.frame_tree import FrameTree, TransformMissingError
from part_seg_ros.geometry.transforms import transform_points
from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes.client import point_prompt
from part_seg_ros.nodes.replay_report import Answer


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Click:
    """A point on something that stands still.

    Attributes:
        frame_id: Frame of `coord`.
        stamp_ns: When it was made [ns].
        coord: (3,) float64 [m].
    """

    frame_id: str
    stamp_ns: int
    coord: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cloud:
    stamp_ns: int
    frame_id: str


class ClickedParts:
    """Keeps the questions going; everything happens in callbacks of the node that is spun.

    Args:
        segment_part: Of a `PartSegClient`.
        tree: Transforms between the frames of clicks and clouds; clicks are sent in the frame of
            the cloud, so that the node needs no transforms.

    Attributes:
        answers: So far, in the order of their arrival.
        num_too_early: Questions that reached the node before any of these clouds did.
    """

    def __init__(self, segment_part: Callable[..., Any], tree: FrameTree) -> None:
        self.answers: list[Answer] = []
        self.num_too_early = 0
        self._segment_part = segment_part
        self._tree = tree
        self._clicks: list[Click] = []
        self._published_s: dict[int, float] = {}
        self._newest: _Cloud | None = None
        self._asked_stamp_ns = -1
        self._is_waiting = False

    def is_done(self, last_stamp_ns: int) -> bool:
        """Whether the cloud with this stamp [ns] has come and nothing is left to be asked."""
        newest = self._newest
        has_come = newest is not None and newest.stamp_ns >= last_stamp_ns
        return has_come and not self._is_waiting and not self._has_question

    @property
    def _has_question(self) -> bool:
        newest = self._newest
        return bool(self._clicks) and newest is not None and newest.stamp_ns > self._asked_stamp_ns

    def add_click(self, click: Click) -> None:
        """Ask for one more part from now on."""
        self._clicks.append(click)
        self._begin_round()

    def note_publication(self, cloud_stamp_ns: int) -> None:
        """Tell that the cloud with this stamp [ns] is being published: its age counts from now."""
        self._published_s[cloud_stamp_ns] = time.monotonic()

    def add_cloud(self, cloud_stamp_ns: int, frame_id: str) -> None:
        """Tell that a cloud has come through the topic, as it did to the node."""
        self._newest = _Cloud(stamp_ns=cloud_stamp_ns, frame_id=frame_id)
        self._begin_round()

    def _begin_round(self) -> None:
        if self._newest is not None and self._has_question and not self._is_waiting:
            self._asked_stamp_ns = self._newest.stamp_ns
            self._ask(0, self._newest, '')

    def _ask(self, click_idx: int, cloud: _Cloud, session_id: str) -> None:
        """Ask for one part; an empty session takes the newest cloud that the node has."""
        asked_s = time.monotonic()
        self._is_waiting = True
        try:
            coord = self._in_cloud(self._clicks[click_idx], cloud)
        except TransformMissingError as error:
            self._record(click_idx, cloud, asked_s, error_code=ErrorCode.TF_ERROR, text=str(error))
            self._go_on(click_idx, cloud, session_id)
            return
        prompt = point_prompt([coord], frame_id=cloud.frame_id)
        future = self._segment_part(prompt, session_id=session_id)
        future.add_done_callback(
            lambda done: self._on_answer(done, click_idx, cloud, session_id, asked_s)
        )

    def _in_cloud(self, click: Click, cloud: _Cloud) -> np.ndarray:
        frame_id = cloud.frame_id.lstrip('/')
        fixed = self._tree.root_of(frame_id)
        T_fixed_click = self._tree.lookup(fixed, click.frame_id.lstrip('/'), click.stamp_ns)
        T_cloud_fixed = self._tree.lookup(frame_id, fixed, cloud.stamp_ns)
        return transform_points(T_cloud_fixed @ T_fixed_click, click.coord)

    def _on_answer(
        self, done: Any, click_idx: int, cloud: _Cloud, session_id: str, asked_s: float
    ) -> None:
        if done.exception() is not None:
            text = str(done.exception())
            self._record(click_idx, cloud, asked_s, error_code=ErrorCode.TIMEOUT, text=text)
            self._go_on(click_idx, cloud, session_id)
            return
        reply = done.result()
        if reply.success:
            # Another cloud may have been the node's newest when the question reached it.
            cloud = replace(cloud, stamp_ns=stamp_ns(reply.part.header))
        if reply.error_code == ErrorCode.NO_CLOUD or cloud.stamp_ns not in self._published_s:
            self.num_too_early += 1
            self._is_waiting = False  # the next cloud begins the next round
            return
        self._asked_stamp_ns = max(self._asked_stamp_ns, cloud.stamp_ns)
        self._record(
            click_idx, cloud, asked_s, error_code=reply.error_code, text=reply.message, reply=reply
        )
        self._go_on(click_idx, cloud, reply.session_id or session_id)

    def _record(
        self,
        click_idx: int,
        cloud: _Cloud,
        asked_s: float,
        *,
        error_code: int,
        text: str,
        reply: Any = None,
    ) -> None:
        now_s = time.monotonic()
        is_encoded = reply is not None and reply.success and not reply.embedding_cached
        self.answers.append(
            Answer(
                click_idx=click_idx,
                cloud_stamp_ns=cloud.stamp_ns,
                error_code=int(error_code),
                message=text,
                num_points=0 if reply is None else int(reply.part.num_points),
                age_ms=1e3 * (now_s - self._published_s[cloud.stamp_ns]),
                round_trip_ms=1e3 * (now_s - asked_s),
                encode_ms=_milliseconds(reply.encode_time) if is_encoded else None,
                decode_ms=None if reply is None else _milliseconds(reply.decode_time),
            )
        )

    def _go_on(self, click_idx: int, cloud: _Cloud, session_id: str) -> None:
        """Ask for the next part of the same cloud, or begin with the newest one."""
        if click_idx + 1 < len(self._clicks):
            self._ask(click_idx + 1, cloud, session_id)
        else:
            self._is_waiting = False
            self._begin_round()


def _milliseconds(duration: Any) -> float:
    return duration.sec * 1e3 + duration.nanosec * 1e-6
