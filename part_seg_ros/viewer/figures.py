# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What is shown, as Plotly figures in plain values."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np

from part_seg_ros.data.part_messages import part_colors
from part_seg_ros.geometry.normals import estimate_normals
from part_seg_ros.models.system import ViewPicture
from part_seg_ros.structures import BoxPrompt, PointCloud, PointPrompt, ViewClickPrompt

_PLAIN = 0.8  # grey of points without colours
_DARKEST = 0.35
_LAMP = np.array([0.5, -0.6, 0.62])  # unit vector towards it
_TINT = 0.75  # share of a part's colour where it lies on a picture
_MARKS = {1: '#0a0', 0: '#d00'}
_BLANK_AXIS = {'visible': False}


def shading(cloud: PointCloud) -> np.ndarray:
    """Return (M,) how bright the M finite points of a cloud are under a lamp that stays."""
    normals = cloud.normals
    if normals is None:
        normals = estimate_normals(cloud.points, viewpoint=cloud.viewpoint)
    return _DARKEST + (1 - _DARKEST) * np.abs(normals @ _LAMP)


def cloud_figure(
    cloud: PointCloud,
    brightness: np.ndarray,
    part_ids: np.ndarray,
    prompt: PointPrompt | None,
) -> dict[str, Any]:
    """Draw a cloud, its parts in colours of their own, and the clicks.

    Args:
        cloud: M finite points.
        brightness: (M,) in [0, 1], from `shading`.
        part_ids: (M,) int32 part of every point, -1 for none.
        prompt: Clicks to mark, or None.

    Returns:
        A figure with a trace of points and a trace of clicks. Its camera stays as the user left
        it.
    """
    own = np.full((len(cloud), 3), _PLAIN) if cloud.colors is None else cloud.colors
    colors = np.where((part_ids >= 0)[:, None], part_colors(part_ids), own)
    traces = [
        {
            'type': 'scatter3d',
            'mode': 'markers',
            **_coordinates(cloud.points),
            'marker': {'size': 2.5, 'color': _css(brightness[:, None] * colors)},
            'hoverinfo': 'none',
        },
        {
            'type': 'scatter3d',
            'mode': 'markers',
            **_coordinates(np.empty((0, 3)) if prompt is None else prompt.prompt_coords),
            'marker': {
                'size': 7,
                'symbol': 'cross',
                'color': [] if prompt is None else [_MARKS[k] for k in prompt.prompt_labels],
            },
            'hoverinfo': 'skip',
        },
    ]
    scene = {f'{axis}axis': _BLANK_AXIS for axis in 'xyz'}
    layout = {
        'scene': {**scene, 'aspectmode': 'data'},
        'margin': dict.fromkeys('lrtb', 0),
        'showlegend': False,
        'uirevision': 'kept',
    }
    return {'data': traces, 'layout': layout}


def view_figure(
    view: ViewPicture,
    part_ids: np.ndarray,
    prompt: ViewClickPrompt | BoxPrompt | None,
    *,
    side: int,
    draws_boxes: bool,
) -> dict[str, Any]:
    """Draw a view, the rest of it in grey where there are parts.

    Args:
        view: S rows and columns.
        part_ids: (N,) int32 part of every point that the view may show, -1 for none.
        prompt: Clicks or box to mark where they are on this view, or None.
        side: Rows and columns of the picture that is sent [px], at most S.
        draws_boxes: The mouse draws boxes; else it clicks, which Plotly does not tell meanwhile.

    Returns:
        A figure whose coordinates are pixels of the view, y down.
    """
    size = len(view.picture)
    step = max(1, size // side)
    picture = view.picture[::step, ::step]
    shown = view.point_idx[::step, ::step]
    ids = np.where(shown < 0, -1, part_ids[shown])
    if (part_ids >= 0).any():
        grey = picture.mean(axis=-1, keepdims=True)
        tinted = (1 - _TINT) * grey + _TINT * 255 * part_colors(ids)
        picture = np.where((ids >= 0)[..., None], tinted, grey).astype(np.uint8)
    image = {
        'type': 'image',
        'source': _data_uri(picture),
        'dx': step,
        'dy': step,
        'x0': step / 2,
        'y0': step / 2,
        'hoverinfo': 'none',
    }
    layout = {
        'title': {'text': f'view {view.view_idx}', 'font': {'size': 12}, 'x': 0.5, 'y': 0.98},
        'margin': {'l': 0, 'r': 0, 't': 18, 'b': 0},
        'xaxis': {**_BLANK_AXIS, 'range': [0, size]},
        'yaxis': {**_BLANK_AXIS, 'range': [size, 0], 'scaleanchor': 'x'},
        'dragmode': 'drawrect' if draws_boxes else False,
        'newshape': {'line': {'width': 2, 'color': _MARKS[1]}},
        'shapes': _marks(view, prompt),
    }
    return {'data': [image], 'layout': layout}


def _marks(view: ViewPicture, prompt: ViewClickPrompt | BoxPrompt | None) -> list[dict[str, Any]]:
    if prompt is None or prompt.view_idx != view.view_idx:
        return []
    if isinstance(prompt, BoxPrompt):
        x0, y0, x1, y1 = map(float, prompt.box_px)
        return [_shape('rect', 1, (x0, x1), (y0, y1))]
    radius = len(view.picture) / 60
    return [
        _shape('circle', label, (x - radius, x + radius), (y - radius, y + radius))
        for (x, y), label in zip(prompt.coords_px.tolist(), prompt.prompt_labels, strict=True)
    ]


def _shape(
    kind: str, label: int, x: tuple[float, float], y: tuple[float, float]
) -> dict[str, Any]:
    line = {'width': 2, 'color': _MARKS[label]}
    return {'type': kind, 'x0': x[0], 'x1': x[1], 'y0': y[0], 'y1': y[1], 'line': line}


def _coordinates(points: np.ndarray) -> dict[str, Any]:
    return {axis: points[:, k].tolist() for k, axis in enumerate('xyz')}


def _css(colors: np.ndarray) -> list[str]:
    return ['#{:02x}{:02x}{:02x}'.format(*row) for row in np.rint(255 * colors).astype(int)]


def _data_uri(picture: np.ndarray) -> str:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(picture).save(file, format='png')
    return 'data:image/png;base64,' + base64.b64encode(file.getvalue()).decode()
