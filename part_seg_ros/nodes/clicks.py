# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From RViz clicks to requests: which part a click is about."""

from __future__ import annotations

from typing import Any

from part_seg_ros.msg import ErrorCode, PartPrompt
from part_seg_ros.nodes.error_codes import RequestError
from part_seg_ros.nodes.requests import Outcome
from part_seg_ros.srv import SegmentPart


class ClickTarget:
    """The part that the clicks of one user are about; used in the worker's thread."""

    def __init__(self) -> None:
        self._session_id = ''
        self._part_id = 0

    def forget(self) -> None:
        """Let the next foreground click begin a part on the latest cloud."""
        self._session_id, self._part_id = '', 0

    def follow(self, outcome: Outcome) -> None:
        """Let background clicks refine the part of `outcome`."""
        self._session_id, self._part_id = outcome.session.session_id, outcome.part_id or 0

    def request(self, click: Any, label: int, click_mode: str) -> SegmentPart.Request:
        """Turn a PointStamped into a request.

        Args:
            click: geometry_msgs/PointStamped in any frame.
            label: 1 for a foreground click, 0 for a background click.
            click_mode: `new` or `add`; see the parameter.

        Raises:
            RequestError: BAD_PROMPT, a background click without a part to refine.
        """
        prompt = PartPrompt(header=click.header, points=[click.point], labels=[label])
        is_new = self._part_id == 0 or (label == PartPrompt.FOREGROUND and click_mode == 'new')
        if not is_new:
            return SegmentPart.Request(
                session_id=self._session_id,
                part_id=self._part_id,
                prompt=prompt,
                prompt_mode=SegmentPart.Request.ADD,
            )
        if label == PartPrompt.BACKGROUND:
            raise RequestError(
                ErrorCode.BAD_PROMPT,
                'a background click refines the part of the last foreground click, but there is'
                ' none; click on the part first',
            )
        return SegmentPart.Request(prompt=prompt)
