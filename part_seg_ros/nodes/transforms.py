# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Transforms between frames: tf2 where it is installed, given static ones everywhere."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np

from part_seg_ros.errors import ConfigError
from part_seg_ros.geometry.frame_tree import FrameTree, TransformMissingError
from part_seg_ros.geometry.transforms import rigid_transform
from part_seg_ros.msg import ErrorCode
from part_seg_ros.nodes.error_codes import RequestError


def has_tf2() -> bool:
    """Return whether tf2_ros can be imported here."""
    return importlib.util.find_spec('tf2_ros') is not None


class StaticTransforms:
    """Transforms that never change, chained through common frames.

    Args:
        text: `parent child x y z qx qy qz qw` [m], several separated by `;`, as
            static_transform_publisher takes them: the pose of the child in the parent.

    Raises:
        ConfigError: an entry cannot be read.
    """

    def __init__(self, text: str) -> None:
        self._tree = FrameTree()
        for entry in filter(None, (part.strip() for part in text.split(';'))):
            self._tree.set_static(*_parse(entry))

    def lookup(self, target: str, source: str) -> np.ndarray | None:
        """Return the 4x4 `T_target_source`, or None where no chain joins the frames."""
        try:
            return self._tree.lookup(target, source)
        except TransformMissingError:
            return None


class FrameResolver:
    """Finds `T_target_source` at a time.

    Args:
        static: Transforms from parameters; they are asked first.
        tf: A tf2 listener, or None where tf2_ros is not installed.
    """

    def __init__(self, static: StaticTransforms, tf: Tf2Listener | None = None) -> None:
        self._static = static
        self._tf = tf

    def lookup(self, target: str, source: str, stamp: Any, timeout: float) -> np.ndarray:
        """Return the 4x4 float64 `T_target_source` at `stamp`.

        May wait for `timeout` seconds, so call it in the worker's thread only. An empty frame on
        either side counts as the other one.

        Raises:
            RequestError: TF_ERROR naming both frames.
        """
        if target == source or not target or not source:
            return np.eye(4)
        found = self._static.lookup(target, source)
        if found is not None:
            return found
        if self._tf is None:
            raise RequestError(
                ErrorCode.TF_ERROR,
                f'no transform from frame {source!r} to {target!r}: tf2_ros is not installed here;'
                f' send points in frame {target!r}, install tf2_ros, or set the parameter'
                ' static_transforms',
            )
        return self._tf.lookup(target, source, stamp, timeout)


class Tf2Listener:
    """The tf2 buffer of a node; tf2_ros is imported here and nowhere else."""

    def __init__(self, node: Any) -> None:
        import tf2_ros

        self._tf2_ros = tf2_ros
        self._buffer = tf2_ros.Buffer()
        self._listener = tf2_ros.TransformListener(self._buffer, node)

    def close(self) -> None:
        """Unsubscribe."""
        self._listener.unregister()

    def lookup(self, target: str, source: str, stamp: Any, timeout: float) -> np.ndarray:
        """Return `T_target_source`; see `FrameResolver.lookup`."""
        from rclpy.duration import Duration
        from rclpy.time import Time

        try:
            found = self._buffer.lookup_transform(
                target, source, Time.from_msg(stamp), timeout=Duration(seconds=timeout)
            )
        except self._tf2_ros.TransformException as error:
            raise RequestError(
                ErrorCode.TF_ERROR,
                f'no transform from frame {source!r} to {target!r} at the stamp of the cloud'
                f' within {timeout:g} s: {error}',
            ) from error
        translation, rotation = found.transform.translation, found.transform.rotation
        return rigid_transform(
            [translation.x, translation.y, translation.z],
            [rotation.x, rotation.y, rotation.z, rotation.w],
        )


def _parse(entry: str) -> tuple[str, str, np.ndarray]:
    words = entry.split()
    try:
        if len(words) != 9:
            raise ValueError(f'{len(words)} words')
        numbers = np.array([float(word) for word in words[2:]])
        norm = np.linalg.norm(numbers[3:])
        if not np.isfinite(numbers).all() or norm < 1e-6:
            raise ValueError('numbers must be finite and the quaternion not zero')
    except ValueError as error:
        raise ConfigError(
            'static_transforms needs "parent child x y z qx qy qz qw", several separated by ";",'
            f' got {entry!r} ({error})'
        ) from error
    return words[0], words[1], rigid_transform(numbers[:3], numbers[3:] / norm)
