# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""One cloud and what was asked about it, without any page."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.models.system import ViewedSystem, ViewPicture
from part_seg_ros.segmenter import NamedParts, SegmentAllSettings, Segmenter, Session
from part_seg_ros.structures import (
    BoxPrompt,
    MaskCandidates,
    NamePrompt,
    PartSegmentation,
    PointCloud,
    PointPrompt,
    ViewClickPrompt,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """What a page shows at one moment.

    Attributes:
        part_ids: (N,) int32 part of every point of the cloud, -1 for none.
        text: What was found, in a sentence.
        session: The clicks on the cloud; None where the answer is none to such clicks.
        view_prompt: The prompt on a view, in its place.
    """

    part_ids: np.ndarray
    text: str
    session: Session | None = None
    view_prompt: ViewClickPrompt | BoxPrompt | None = None

    @property
    def prompt(self) -> PointPrompt | None:
        """The clicks on the cloud, where they stand."""
        return None if self.session is None else self.session.prompt


class Board:
    """Answers what a page asks, one question at a time, and remembers the answers.

    An error leaves what is shown as it was.

    Attributes:
        segmenter: Answers.
        encoded: The cloud.
        shown: What is to be seen now.
    """

    def __init__(self, segmenter: Segmenter, cloud: PointCloud) -> None:
        """Encode a cloud.

        Raises:
            InputError: the system cannot take it.
        """
        self.segmenter = segmenter
        self.encoded = segmenter.encode(cloud)
        nothing = np.full(len(cloud), -1, np.int32)
        self.shown = Shown(part_ids=nothing, text=f'{len(cloud)} points; click on a part')
        self._earlier: list[Shown] = []
        self._lock = threading.RLock()

    @functools.cached_property
    def views(self) -> tuple[ViewPicture, ...]:
        """The rendered views, of a system that is prompted on them; else none."""
        if not self.segmenter.system.capabilities.view_prompts:
            return ()
        system = cast(ViewedSystem, self.segmenter.system)
        return system.view_pictures(self.encoded.embedding)

    @property
    def has_own_way(self) -> bool:
        """Whether the system finds every part by itself, at no wanted fineness."""
        return self.segmenter.system.capabilities.own_segmentation

    def click(self, coord: np.ndarray, label: int) -> Shown:
        """Add a click, on the part (1) or off it (0), at (3,) in the frame of the cloud [m].

        The same click once more changes nothing: a page may send it while the button is down.

        Raises:
            InputError: the system does not take it.
        """
        return self._show(lambda: self._clicked(coord, label))

    def click_view(self, view_idx: int, coord_px: np.ndarray, label: int) -> Shown:
        """Add a click at (2,) [px] of a view; clicks on other views are forgotten.

        Raises:
            InputError: the system does not take it.
        """
        return self._show(lambda: self._clicked_view(view_idx, coord_px, label))

    def box_view(self, view_idx: int, box_px: np.ndarray) -> Shown:
        """Ask for what a box (4,) x0 y0 x1 y1 [px] on a view holds.

        Raises:
            InputError: the system does not take it.
        """
        prompt = BoxPrompt(view_idx=view_idx, box_px=box_px)
        return self._show(lambda: self._answer_view(prompt))

    def find(self, name: str) -> Shown:
        """Find the parts of one name.

        Raises:
            InputError: the system takes no names, or does not know this one.
            PartNotFoundError: there is no such part.
        """
        return self._show(lambda: self._found(name))

    def every_part(self, granularity: float) -> Shown:
        """Find every part, at a fineness in (0, 1] or in the way that is the system's own.

        Raises:
            ConfigError: the granularity is out of range.
        """
        settings = None if self.has_own_way else SegmentAllSettings(granularity=granularity)
        return self._show(
            lambda: _of_parts(self.segmenter.segment_all(self.encoded, settings), 'every part')
        )

    def undo(self) -> Shown:
        """Go back to what was shown before the last answer.

        Raises:
            InputError: there is nothing to take back.
        """
        with self._lock:
            if not self._earlier:
                raise InputError('there is nothing to take back')
            self.shown = self._earlier.pop()
            return self.shown

    def clear(self) -> Shown:
        """Forget all clicks, so that the next one begins another part."""
        with self._lock:
            while self._earlier:
                self.shown = self._earlier.pop()
            return self.shown

    def _show(self, answer: Callable[[], Shown]) -> Shown:
        with self._lock:
            shown = answer()
            if shown is not self.shown:
                self._earlier.append(self.shown)
                self.shown = shown
            return shown

    def _clicked(self, coord: np.ndarray, label: int) -> Shown:
        session = self.shown.session or self.segmenter.open(self.encoded)
        if session.prompt is not None and _is_last(session.prompt, coord, label):
            return self.shown
        most = self.segmenter.system.capabilities.max_points
        is_full = session.prompt is not None and len(session.prompt.prompt_labels) == most
        session = (session.replace if is_full else session.add)(coord, label)
        answer = session.prediction
        assert answer is not None
        name = f'{answer.name}: ' if answer.name else ''
        text = f'{name}{np.count_nonzero(answer.mask)} points, predicted IoU {answer.score:.2f}'
        return Shown(part_ids=_ids(answer.mask), text=text, session=session)

    def _clicked_view(self, view_idx: int, coord_px: np.ndarray, label: int) -> Shown:
        coords, labels = np.float32(coord_px)[None], np.array([label])
        before = self.shown.view_prompt
        if isinstance(before, ViewClickPrompt) and before.view_idx == view_idx:
            coords = np.concatenate([before.coords_px, coords])
            labels = np.append(before.prompt_labels, labels)
        return self._answer_view(
            ViewClickPrompt(view_idx=view_idx, coords_px=coords, prompt_labels=labels)
        )

    def _answer_view(self, prompt: ViewClickPrompt | BoxPrompt) -> Shown:
        found: MaskCandidates = self.segmenter.system.predict(self.encoded.embedding, prompt)
        mask = self.encoded.to_all(found.mask_logits[[found.best_idx]])[0] > 0
        score = found.iou_pred[found.best_idx]
        text = f'{np.count_nonzero(mask)} points, predicted IoU {score:.2f}'
        return Shown(part_ids=_ids(mask), text=text, view_prompt=prompt)

    def _found(self, name: str) -> Shown:
        found: NamedParts = self.segmenter.find_named(self.encoded, NamePrompt(name=name)).check()
        return _of_parts(found.as_segmentation(self.encoded.cloud.points), found.name)


def _is_last(prompt: PointPrompt, coord: np.ndarray, label: int) -> bool:
    return np.array_equal(prompt.prompt_coords[-1], coord) and prompt.prompt_labels[-1] == label


def _ids(mask: np.ndarray) -> np.ndarray:
    return np.where(mask, 0, -1).astype(np.int32)


def _of_parts(found: PartSegmentation, what: str) -> Shown:
    names = sorted({part.name for part in found.parts if part.name})
    listed = f' ({", ".join(names)})' if names else ''
    text = f'{what}: {len(found.parts)} found{listed}'
    return Shown(part_ids=found.part_ids, text=text)
