# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Frozen values that every room of the package exchanges: shapes, prompts, results.

Arrays are NumPy, lengths are metres, frames are right-handed. Nothing here needs torch or ROS.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from part_seg_ros.errors import InputError, PromptTooFarError


def _float_array(value: object, name: str, *, optional_rows: int | None = None) -> np.ndarray:
    array = np.asarray(value, dtype=np.float32)
    if array.ndim != 2 or array.shape[1] != 3:
        raise InputError(f'{name} must be (N, 3), got {array.shape}; pass one shape at a time')
    if optional_rows is not None and len(array) != optional_rows:
        raise InputError(f'{name} must have one row per point: {optional_rows}, got {len(array)}')
    return array


def _check_granularity(granularity: float | None) -> None:
    if granularity is not None and not 0.0 < granularity <= 1.0:
        raise InputError(
            f'granularity must lie in (0, 1], got {granularity}; leave it out to let the model'
            ' decide'
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointCloud:
    """One object or scene as points.

    Attributes:
        points: (N, 3) float32 xyz [m] in `frame_id`; may hold non-finite rows (invalid pixels).
        colors: (N, 3) float32 rgb in [0, 1], or None.
        normals: (N, 3) float32 unit normals in `frame_id`, or None; they are then estimated.
        viewpoint: (3,) float32 sensor origin in `frame_id`, or None for a scan of all sides.
            Estimated normals are turned towards it.
        frame_id: Coordinate frame of `points`.
        stamp_ns: Time of the measurement [ns], 0 when unknown.

    Raises:
        InputError: an array has the wrong shape.
    """

    points: np.ndarray
    colors: np.ndarray | None = None
    normals: np.ndarray | None = None
    viewpoint: np.ndarray | None = None
    frame_id: str = ''
    stamp_ns: int = 0

    def __post_init__(self) -> None:
        points = _float_array(self.points, 'points')
        object.__setattr__(self, 'points', points)
        for name in ('colors', 'normals'):
            value = getattr(self, name)
            if value is not None:
                array = _float_array(value, name, optional_rows=len(points))
                object.__setattr__(self, name, array)
        if self.viewpoint is not None:
            viewpoint = np.asarray(self.viewpoint, dtype=np.float32)
            if viewpoint.shape != (3,) or not np.isfinite(viewpoint).all():
                raise InputError(f'viewpoint must be 3 finite numbers, got {self.viewpoint}')
            object.__setattr__(self, 'viewpoint', viewpoint)

    def __len__(self) -> int:
        """Return the number of points N, invalid rows included."""
        return len(self.points)

    def select(self, point_idx: np.ndarray) -> PointCloud:
        """Return the cloud of the rows `point_idx` ((S,) integer or (N,) bool)."""
        return PointCloud(
            points=self.points[point_idx],
            colors=None if self.colors is None else self.colors[point_idx],
            normals=None if self.normals is None else self.normals[point_idx],
            viewpoint=self.viewpoint,
            frame_id=self.frame_id,
            stamp_ns=self.stamp_ns,
        )

    def within(self, center: np.ndarray, radius: float) -> PointCloud:
        """Return the cloud with the points farther than `radius` from `center` made invalid (NaN).

        Rows keep their place, so results still refer to the whole cloud.

        Args:
            center: (3,) in the frame of the cloud [m].
            radius: Positive [m].

        Raises:
            PromptTooFarError: no valid point lies within.
        """
        distances = np.linalg.norm(self.points - np.asarray(center, np.float32), axis=1)
        is_inside = distances <= radius
        if not is_inside.any():
            near = np.min(distances, where=np.isfinite(distances), initial=np.inf)
            raise PromptTooFarError(
                f'no point lies within {radius:g} m of {np.round(center, 4).tolist()}; the nearest'
                f' is {near:.3g} m away'
            )
        points = np.where(is_inside[:, None], self.points, np.float32(np.nan))
        return replace(self, points=points)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mesh:
    """A triangle mesh.

    Attributes:
        vertices: (V, 3) float32 [m] in `frame_id`.
        faces: (F, 3) int32 vertex indices, counter-clockwise seen from outside.
        vertex_colors: (V, 3) float32 in [0, 1], or None.
        frame_id: Coordinate frame of `vertices`.

    Raises:
        InputError: an array has the wrong shape or a face names a missing vertex.
    """

    vertices: np.ndarray
    faces: np.ndarray
    vertex_colors: np.ndarray | None = None
    frame_id: str = ''

    def __post_init__(self) -> None:
        vertices = _float_array(self.vertices, 'vertices')
        faces = np.asarray(self.faces, dtype=np.int32)
        if faces.ndim != 2 or faces.shape[1] != 3:
            raise InputError(
                f'faces must be (F, 3), got {faces.shape}; triangulate the mesh first'
            )
        if faces.size and (faces.min() < 0 or faces.max() >= len(vertices)):
            raise InputError(f'faces must index {len(vertices)} vertices, got up to {faces.max()}')
        object.__setattr__(self, 'vertices', vertices)
        object.__setattr__(self, 'faces', faces)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointPrompt:
    """Clicks on one part.

    Attributes:
        prompt_coords: (Q, 3) float32 [m] in the frame of the prompted shape.
        prompt_labels: (Q,) int8, 1 on the part (foreground), 0 off it (background).
        granularity: Wanted fineness in (0, 1], 0+ coarse to 1 fine; None lets the model decide.

    Raises:
        InputError: shapes, labels or granularity out of range, or no point at all.
    """

    prompt_coords: np.ndarray
    prompt_labels: np.ndarray
    granularity: float | None = None

    def __post_init__(self) -> None:
        coords = _float_array(self.prompt_coords, 'prompt_coords')
        labels = np.asarray(self.prompt_labels)
        if len(coords) == 0:
            raise InputError('a point prompt needs at least one point, got none')
        if labels.shape != (len(coords),):
            raise InputError(
                f'prompt_labels must have one entry per point: {len(coords)}, got {labels.shape}'
            )
        if not np.isfinite(coords).all():
            raise InputError('prompt_coords must be finite; a click returned NaN or infinity')
        if not np.isin(labels, (0, 1)).all():
            raise InputError(f'prompt_labels must be 1 or 0, got {sorted(set(labels.tolist()))}')
        _check_granularity(self.granularity)
        object.__setattr__(self, 'prompt_coords', coords)
        object.__setattr__(self, 'prompt_labels', labels.astype(np.int8))

    def with_point(self, coord: np.ndarray, label: int) -> PointPrompt:
        """Return this prompt with one more click (`coord` (3,), `label` 1 or 0)."""
        return PointPrompt(
            prompt_coords=np.concatenate([self.prompt_coords, np.reshape(coord, (1, 3))]),
            prompt_labels=np.append(self.prompt_labels, label),
            granularity=self.granularity,
        )

    def region_of(self, cloud: PointCloud, radius: float) -> PointCloud:
        """Return what lies around the first foreground click; see `PointCloud.within`.

        Args:
            cloud: The prompted cloud.
            radius: In the unit of the cloud; all of the cloud if not positive.

        Raises:
            PromptTooFarError: no valid point lies within.
        """
        is_foreground = self.prompt_labels == 1
        if radius <= 0.0 or not is_foreground.any():
            return cloud
        return cloud.within(self.prompt_coords[is_foreground.argmax()], radius)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewClickPrompt:
    """Clicks on a rendered view.

    Attributes:
        view_idx: The view.
        coords_px: (Q, 2) float32 x to the right, y down, from the top left corner [px].
        prompt_labels: (Q,) int8, 1 on the part, 0 off it.

    Raises:
        InputError: shapes or labels are wrong, or there is no click on the part.
    """

    view_idx: int
    coords_px: np.ndarray
    prompt_labels: np.ndarray

    def __post_init__(self) -> None:
        coords = np.asarray(self.coords_px, np.float32)
        labels = np.asarray(self.prompt_labels)
        if coords.ndim != 2 or coords.shape[1] != 2 or labels.shape != (len(coords),):
            raise InputError(
                'clicks on a view must be (Q, 2) with (Q,) labels, got'
                f' {coords.shape} and {labels.shape}'
            )
        if not np.isin(labels, (0, 1)).all() or not (labels == 1).any():
            raise InputError(
                f'labels must be 1 or 0, at least one of them 1, got {labels.tolist()}'
            )
        object.__setattr__(self, 'coords_px', coords)
        object.__setattr__(self, 'prompt_labels', labels.astype(np.int8))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoxPrompt:
    """A box drawn on a rendered view: `box_px` (4,) x0 y0 x1 y1 [px] in view `view_idx`."""

    view_idx: int
    box_px: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskPrompt:
    """A mask drawn on a rendered view: `mask` (H, W) bool in view `view_idx`."""

    view_idx: int
    mask: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamePrompt:
    """A part asked for by name.

    Attributes:
        name: Such as `handle`, in free wording.
        near: (3,) float32 [m] in the frame of the prompted shape, or None. Of several parts of
            that name the one nearest to it is meant; it may lie anywhere.
        granularity: As in `PointPrompt`.

    Raises:
        InputError: the name is empty, `near` is not 3 finite numbers, granularity out of range.
    """

    name: str
    near: np.ndarray | None = None
    granularity: float | None = None

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise InputError('a name prompt needs a name such as handle, got an empty one')
        if self.near is not None:
            near = np.asarray(self.near, dtype=np.float32)
            if near.shape != (3,) or not np.isfinite(near).all():
                raise InputError(f'near must be 3 finite numbers, got {self.near}')
            object.__setattr__(self, 'near', near)
        _check_granularity(self.granularity)


Prompt = PointPrompt | ViewClickPrompt | BoxPrompt | MaskPrompt | NamePrompt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskCandidates:
    """Masks proposed for one prompt, best first when a segmenter returns them.

    Attributes:
        mask_logits: (O, N) float32, unbounded; a point is in the mask where the logit is > 0.
        iou_pred: (O,) float32, the model's own estimate of each mask's IoU.
        name_probs: (O, V) float32, how probable each name of the system's vocabulary is for each
            mask; rows sum to one. None where the system knows no names.
    """

    mask_logits: np.ndarray
    iou_pred: np.ndarray
    name_probs: np.ndarray | None = None

    @property
    def masks(self) -> np.ndarray:
        """(O, N) bool masks."""
        return self.mask_logits > 0

    @property
    def best_idx(self) -> int:
        """Index of the candidate with the highest `iou_pred`."""
        return int(np.argmax(self.iou_pred))

    def select(self, idx: np.ndarray) -> MaskCandidates:
        """Return the candidates `idx` ((K,) integer or (O,) bool), in that order."""
        return MaskCandidates(
            mask_logits=self.mask_logits[idx],
            iou_pred=self.iou_pred[idx],
            name_probs=None if self.name_probs is None else self.name_probs[idx],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OrientedBox:
    """An oriented bounding box and the principal axes it follows.

    Attributes:
        center: (3,) float64 [m].
        axes: (3, 3) float64 right-handed rotation, columns are the box axes (R_cloud_box).
        size: (3,) float64 full extents along the axes [m].
    """

    center: np.ndarray
    axes: np.ndarray
    size: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentedPart:
    """One part of a segmentation.

    Attributes:
        part_id: Its id in `PartSegmentation.part_ids`.
        score: Quality estimate in [0, 1].
        name: Part name, '' when unknown.
        name_probability: How probable the system holds that name to be; 0 when unknown.
        box: Oriented box of the part's points, or None.
        prompt_coord: (3,) the point that prompted it [m], or None.
        parent_id: Id of the part that it lies within, in the next coarser of several nested
            segmentations; -1 where there is none.
    """

    part_id: int
    score: float
    name: str = ''
    name_probability: float = 0.0
    box: OrientedBox | None = None
    prompt_coord: np.ndarray | None = None
    parent_id: int = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartSegmentation:
    """A labelling of all points.

    Attributes:
        part_ids: (N,) int32 part of every point, -1 where none covers it.
        parts: One entry per id in `part_ids`, ids ascending from 0.
        is_complete: False if the time ran out before all of the search was done.
    """

    part_ids: np.ndarray
    parts: tuple[SegmentedPart, ...]
    is_complete: bool = True
