# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Warnings of the core in the log of the node."""

from __future__ import annotations

import logging

from rclpy.node import Node


class RosLogHandler(logging.Handler):
    """Writes warnings and errors that the package logs to the log of a node, until it is closed.

    Args:
        node: Owner of the log.
    """

    def __init__(self, node: Node) -> None:
        super().__init__(logging.WARNING)
        self._node = node
        self._source = logging.getLogger('part_seg_ros')
        self._source.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        if not self._node.context.ok():  # the node is being shut down
            return
        if record.levelno >= logging.ERROR:
            self._node.get_logger().error(record.getMessage())
        else:
            self._node.get_logger().warning(record.getMessage())

    def close(self) -> None:
        """Write no more."""
        self._source.removeHandler(self)
        super().close()
