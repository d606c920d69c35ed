# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures of a cloud with its clicks and parts, as PNG by matplotlib without a display."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.cli.perspective import View, choose_view
from part_seg_ros.geometry.normals import estimate_normals
from part_seg_ros.structures import PointCloud, PointPrompt

MOST_DRAWN_POINTS = 120_000
_DPI = 100
_PANEL_HEIGHT_IN = 4.0
_TITLE_SHARE = 0.1  # height of a title over that of its panel
_SHEET_HEIGHT_IN = 24.0  # panels shrink when they would make a sheet higher
_PLAIN = np.array([0.74, 0.76, 0.79])
_PALETTE = np.array(
    [
        (0.94, 0.43, 0.18),
        (0.16, 0.50, 0.79),
        (0.26, 0.66, 0.36),
        (0.62, 0.36, 0.70),
        (0.90, 0.72, 0.15),
        (0.13, 0.67, 0.71),
        (0.88, 0.35, 0.52),
        (0.55, 0.42, 0.30),
        (0.45, 0.55, 0.20),
        (0.40, 0.42, 0.78),
        (0.75, 0.22, 0.22),
        (0.50, 0.72, 0.86),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Panel:
    """One drawing of the cloud.

    Attributes:
        title: Text above it.
        part_ids: (N,) int part of every point, -1 for none; None draws the plain cloud.
        prompt: Clicks to mark, green + on the part and red - off it; None for no mark.
    """

    title: str
    part_ids: np.ndarray | None = None
    prompt: PointPrompt | None = None


def draw(
    path: str | Path, cloud: PointCloud, panels: list[Panel], *, focus: np.ndarray | None = None
) -> None:
    """Draw `cloud` once per panel, side by side, and write the PNG `path`.

    Args:
        path: The picture; missing folders are made.
        cloud: (N, 3) points; non-finite rows are left out.
        panels: What to show, left to right.
        focus: (S,) indices or (N,) bool of the points that fill the frame, all by default.
    """
    scene = _prepare(cloud, focus)
    _write(path, [(scene, panel) for panel in panels], columns=len(panels))


def draw_sheet(
    path: str | Path, entries: list[tuple[PointCloud, Panel]], *, columns: int | None = None
) -> None:
    """Draw a different cloud in every panel, row by row, and write the PNG `path`.

    Args:
        path: The picture; missing folders are made.
        entries: A cloud and how to show it, for every panel.
        columns: Panels in a row; by default 4, or as many as there are rows if that is more.
    """
    scenes = [(_prepare(cloud, None), panel) for cloud, panel in entries]
    columns = max(4, math.isqrt(max(len(scenes) - 1, 0)) + 1) if columns is None else columns
    _write(path, scenes, columns=min(columns, len(scenes)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scene:
    """A cloud ready to be drawn: what is seen of it, from where, how bright and how large."""

    cloud: PointCloud
    view: View
    image: np.ndarray  # (N, 2)
    low: np.ndarray  # (2,) lower corner of the frame
    high: np.ndarray  # (2,) upper corner
    point_idx: np.ndarray  # (S,) drawn points, the farthest first
    shade: np.ndarray  # (S,)
    disc_share: float  # diameter of a point / height of the frame


def _prepare(cloud: PointCloud, focus: np.ndarray | None) -> _Scene:
    view = choose_view(cloud)
    image, depth = view.project(cloud.points)
    trimmed_percent = 0.0 if cloud.viewpoint is None else 0.5  # a camera sees stray points
    low, high = _frame(image if focus is None else image[focus], trimmed_percent)
    point_idx = _drawn_points(image, low, high)
    point_idx = point_idx[np.argsort(-depth[point_idx])]
    points = cloud.points[point_idx]
    return _Scene(
        cloud=cloud,
        view=view,
        image=image,
        low=low,
        high=high,
        point_idx=point_idx,
        shade=_shade(cloud, point_idx, view),
        disc_share=_disc_diameter(points, depth[point_idx]) / (high - low)[1],
    )


def _write(path: str | Path, entries: list[tuple[_Scene, Panel]], columns: int) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = -(-len(entries) // columns)
    widest = max((scene.high - scene.low)[0] / (scene.high - scene.low)[1] for scene, _ in entries)
    row_in = min((1 + _TITLE_SHARE) * _PANEL_HEIGHT_IN, _SHEET_HEIGHT_IN / rows)
    panel_in = row_in / (1 + _TITLE_SHARE)
    figure = Figure(figsize=(widest * panel_in * columns, row_in * rows), dpi=_DPI)
    for idx, (scene, panel) in enumerate(entries):
        row, column = divmod(idx, columns)
        height = panel_in / row_in / rows
        axes = figure.add_axes((column / columns, 1 - (row + 1) / rows, 1 / columns, height))
        _draw_panel(axes, scene, panel, panel_in)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure).print_png(str(path), pil_kwargs={'optimize': True})


def _draw_panel(axes: Any, scene: _Scene, panel: Panel, height_in: float) -> None:
    diameter_pt = np.clip(scene.disc_share * height_in * 72, 0.7, 14)
    colors = _colors(scene.cloud, panel.part_ids, scene.point_idx, scene.shade)
    axes.scatter(*scene.image[scene.point_idx].T, s=diameter_pt**2, c=colors, linewidths=0)
    _mark_clicks(axes, panel.prompt, scene.view)
    axes.set(
        xlim=(scene.low[0], scene.high[0]), ylim=(scene.low[1], scene.high[1]), aspect='equal'
    )
    axes.set_title(panel.title, fontsize=11 * min(1, height_in / 2.5), color='0.15')
    axes.set_axis_off()


def _frame(image: np.ndarray, trimmed_percent: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the lower and upper corner of the image area to show, between 3:4 and 3:2 wide."""
    finite = image[np.isfinite(image).all(axis=1)]
    low, high = np.percentile(finite, [trimmed_percent, 100 - trimmed_percent], axis=0)
    center, half = (low + high) / 2, np.maximum((high - low) / 2 * 1.08, 1e-6)
    half = np.maximum(half, [0.75 * half[1], half[0] / 1.5])
    return center - half, center + half


def _drawn_points(image: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    with np.errstate(invalid='ignore'):
        inside = ((image >= low) & (image <= high)).all(axis=1)
    point_idx = np.flatnonzero(inside)
    if len(point_idx) <= MOST_DRAWN_POINTS:
        return point_idx
    return np.random.default_rng(0).choice(point_idx, MOST_DRAWN_POINTS, replace=False)


def _shade(cloud: PointCloud, point_idx: np.ndarray, view: View) -> np.ndarray:
    """Return (S,) brightness of the points under a lamp left above the eye."""
    points = cloud.points[point_idx]
    if cloud.normals is None:
        rng = np.random.default_rng(0)
        some = rng.choice(len(points), min(len(points), 20_000), replace=False)
        sparse = estimate_normals(points[some], viewpoint=view.eye.astype(np.float32))
        normals = sparse[cKDTree(points[some]).query(points)[1]]
    else:
        normals = cloud.normals[point_idx]
    towards_eye = view.eye - points
    facing = np.sign(np.einsum('nc,nc->n', normals, towards_eye))
    right, up, forward = view.axes
    lamp = -0.9 * forward + 0.6 * up - 0.45 * right
    lit = np.clip(facing * (normals @ (lamp / np.linalg.norm(lamp))), 0, 1)
    return 0.48 + 0.52 * np.nan_to_num(lit)


def _disc_diameter(points: np.ndarray, depth: np.ndarray) -> float:
    """Return the diameter, in units of the image, at which the discs of a surface just close."""
    rng = np.random.default_rng(0)
    some = rng.choice(len(points), min(len(points), 2000), replace=False)
    spacing = cKDTree(points).query(points[some], k=min(4, len(points)))[0]
    return float(2.0 * np.median(spacing.reshape(len(some), -1)[:, -1] / depth[some]))


def _colors(
    cloud: PointCloud, part_ids: np.ndarray | None, point_idx: np.ndarray, shade: np.ndarray
) -> np.ndarray:
    base = np.broadcast_to(_PLAIN, (len(point_idx), 3))
    if cloud.colors is not None:
        base = 0.25 * _PLAIN + 0.75 * cloud.colors[point_idx]
    if part_ids is not None:
        ids = part_ids[point_idx]
        grey = 0.75 * _PLAIN + 0.25 * base.mean(axis=1, keepdims=True)
        base = np.where(ids[:, None] >= 0, _PALETTE[ids % len(_PALETTE)], grey)
    return np.clip(base * shade[:, None] * 1.08, 0, 1)


def _mark_clicks(axes: Any, prompt: PointPrompt | None, view: View) -> None:
    from matplotlib.patheffects import withStroke

    if prompt is None:
        return
    outline = [withStroke(linewidth=6, foreground='white')]
    image, _ = view.project(prompt.prompt_coords)
    for (x, y), label in zip(image, prompt.prompt_labels, strict=True):
        marker, color = ('+', '#0a9a2f') if label else ('_', '#d4151b')
        axes.plot(
            x, y, marker, color=color, markersize=15, markeredgewidth=3.5, path_effects=outline
        )
