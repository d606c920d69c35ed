# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Frames joined by transforms, constant ones and ones that change with time."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections import deque

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from part_seg_ros.errors import InputError


class TransformMissingError(InputError):
    """No transform joins two frames at a time; the message names both."""


class FrameTree:
    """Transforms between frames, chained through common ones.

    A transform that changes is interpolated between its two nearest times: the translation on a
    line, the rotation at constant speed. Outside of its times it is unknown, as in tf2.
    """

    def __init__(self) -> None:
        self._edges: dict[tuple[str, str], _Edge] = {}
        self._neighbors: dict[str, list[str]] = {}
        self._parents: dict[str, str] = {}

    @property
    def frames(self) -> tuple[str, ...]:
        """The frames that any transform names, sorted."""
        return tuple(sorted(self._neighbors))

    def root_of(self, frame: str) -> str:
        """Return the frame at the end of the chain of parents; `frame` itself without one."""
        seen = {frame}
        while frame in self._parents and self._parents[frame] not in seen:
            frame = self._parents[frame]
            seen.add(frame)
        return frame

    def set_static(self, parent: str, child: str, T_parent_child: np.ndarray) -> None:
        """Join two frames for all times by the (4, 4) pose of `child` in `parent`."""
        self._edge(parent, child).fixed = np.asarray(T_parent_child, dtype=np.float64)

    def add(self, parent: str, child: str, stamp_ns: int, T_parent_child: np.ndarray) -> None:
        """Tell the (4, 4) pose of `child` in `parent` at a time [ns]; times in any order."""
        poses = self._edge(parent, child).poses
        poses[stamp_ns] = np.asarray(T_parent_child, dtype=np.float64)

    def lookup(self, target: str, source: str, stamp_ns: int = 0) -> np.ndarray:
        """Return the (4, 4) float64 `T_target_source` at a time [ns].

        Raises:
            TransformMissingError: no chain joins the frames, or one of its transforms is not known
                at that time.
        """
        T_target_source = np.eye(4)
        path = self._path(target, source)
        for frame, neighbor in itertools.pairwise(path):
            is_forward = (frame, neighbor) in self._edges
            edge = self._edges[(frame, neighbor) if is_forward else (neighbor, frame)]
            found = edge.at(stamp_ns)
            if found is None:
                raise TransformMissingError(
                    f'no transform from frame {source!r} to {target!r} at {_seconds(stamp_ns)}:'
                    f' how {frame!r} and {neighbor!r} are joined is known {edge.times} only'
                )
            T_target_source = T_target_source @ (found if is_forward else np.linalg.inv(found))
        return T_target_source

    def _edge(self, parent: str, child: str) -> _Edge:
        if (parent, child) not in self._edges:
            self._edges[parent, child] = _Edge()
            self._neighbors.setdefault(parent, []).append(child)
            self._neighbors.setdefault(child, []).append(parent)
            self._parents[child] = parent
        return self._edges[parent, child]

    def _path(self, target: str, source: str) -> list[str]:
        """Return the frames from `target` to `source`, both included."""
        before = {target: target}
        frontier = deque([target])
        while frontier and source not in before:
            frame = frontier.popleft()
            for neighbor in self._neighbors.get(frame, []):
                if neighbor not in before:
                    before[neighbor] = frame
                    frontier.append(neighbor)
        if source not in before:
            known = ', '.join(self.frames) or 'none'
            raise TransformMissingError(
                f'no transform from frame {source!r} to {target!r}; joined are the frames: {known}'
            )
        path = [source]
        while path[-1] != target:
            path.append(before[path[-1]])
        return path[::-1]


class _Edge:
    """The pose of one frame in another: at all times, or at some."""

    def __init__(self) -> None:
        self.fixed: np.ndarray | None = None
        self.poses: dict[int, np.ndarray] = {}
        self._stamps: list[int] = []

    @property
    def times(self) -> str:
        """From when to when it is known."""
        return f'from {_seconds(min(self.poses))} to {_seconds(max(self.poses))}'

    def at(self, stamp_ns: int) -> np.ndarray | None:
        """Return the (4, 4) pose at a time [ns], None where it is not known."""
        if self.fixed is not None:
            return self.fixed
        if stamp_ns in self.poses:
            return self.poses[stamp_ns]
        if len(self._stamps) != len(self.poses):
            self._stamps = sorted(self.poses)
        after = bisect_left(self._stamps, stamp_ns)
        if after in (0, len(self._stamps)):
            return None
        begin, end = self._stamps[after - 1 : after + 1]
        share = (stamp_ns - begin) / (end - begin)
        return _between(self.poses[begin], self.poses[end], share)


def _between(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """Interpolate two (4, 4) poses: 0 is the first, 1 the second."""
    ends = Rotation.from_matrix(np.stack([first[:3, :3], second[:3, :3]]))
    matrix = np.eye(4)
    matrix[:3, :3] = Slerp([0.0, 1.0], ends)(share).as_matrix()
    matrix[:3, 3] = (1.0 - share) * first[:3, 3] + share * second[:3, 3]
    return matrix


def _seconds(stamp_ns: int) -> str:
    return f'{stamp_ns // 10**9}.{stamp_ns % 10**9:09d} s'
