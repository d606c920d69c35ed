# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The page: a cloud to click on, the views of it beside, and what can be asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dash
import numpy as np
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html

from part_seg_ros.data.files import CloudFile
from part_seg_ros.data.results import write_segmentation
from part_seg_ros.errors import PartSegError
from part_seg_ros.structures import PartSegmentation
from part_seg_ros.viewer.board import Board
from part_seg_ros.viewer.figures import cloud_figure, shading, view_figure

MOST_DRAWN_POINTS = 30_000

_STRIP_SIDE = 256
_CLOUD, _VIEW, _STATUS, _LABEL, _TOOL = 'cloud', 'view', 'status', 'label', 'tool'
_CLICK, _BOX = 'click', 'box'
_BUTTONS = {'undo': 'Undo', 'clear': 'Clear', 'every': 'Every part', 'save': 'Save'}
_PAGE = {'display': 'flex', 'height': '97vh', 'fontFamily': 'sans-serif', 'gap': '8px'}
_SIDE = {'width': '220px', 'display': 'flex', 'flexDirection': 'column', 'gap': '10px'}
_STRIP = {
    'width': '440px',
    'overflowY': 'auto',
    'display': 'flex',
    'flexWrap': 'wrap',
    'alignContent': 'flex-start',
}
_HIDDEN = {'display': 'none'}
_NO_BAR = {'displayModeBar': False}


def make_page(board: Board, file: CloudFile) -> Dash:
    """Build the page of a board.

    Args:
        board: Answers; one user at a time.
        file: The cloud of the board, as it was read.

    Returns:
        The application; its `run` serves it.
    """
    rows = board.encoded.valid_idx
    if len(rows) > MOST_DRAWN_POINTS:
        chosen = np.random.default_rng(0).choice(len(rows), MOST_DRAWN_POINTS, replace=False)
        rows = rows[np.sort(chosen)]
    drawn = board.encoded.cloud.select(rows)
    brightness = shading(drawn)
    app = Dash('part_seg', title='part-seg view', update_title='')

    def figures(tool: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        shown = board.shown
        of_network = shown.part_ids[board.encoded.network_idx]
        views = [
            view_figure(
                view, of_network, shown.view_prompt, side=_STRIP_SIDE, draws_boxes=tool == _BOX
            )
            for view in board.views
        ]
        return cloud_figure(drawn, brightness, shown.part_ids[rows], shown.prompt), views

    app.layout = lambda: _layout(board, *figures(_CLICK))

    @app.callback(
        Output(_CLOUD, 'figure'),
        Output({'type': _VIEW, 'index': ALL}, 'figure'),
        Output(_STATUS, 'children'),
        Output(_CLOUD, 'clickData'),
        Output({'type': _VIEW, 'index': ALL}, 'clickData'),
        Input(_CLOUD, 'clickData'),
        Input({'type': _VIEW, 'index': ALL}, 'clickData'),
        Input({'type': _VIEW, 'index': ALL}, 'relayoutData'),
        Input('undo', 'n_clicks'),
        Input('clear', 'n_clicks'),
        Input('every', 'n_clicks'),
        Input('name', 'n_submit'),
        Input(_TOOL, 'value'),
        State(_LABEL, 'value'),
        State('granularity', 'value'),
        State('name', 'value'),
        prevent_initial_call=True,
    )
    def answer(*values: Any) -> tuple[Any, ...]:
        *_, tool, label, granularity, name = values
        act = _action(board, rows, int(label), float(granularity), name or '')
        if act is None:
            raise dash.exceptions.PreventUpdate
        try:
            text = act().text
        except PartSegError as error:
            text = f'error: {error}'
        cloud_shown, views_shown = figures(tool)
        nothing = [None] * len(views_shown)
        return cloud_shown, views_shown, text, None, nothing

    @app.callback(Output('download', 'data'), Input('save', 'n_clicks'), prevent_initial_call=True)
    def save(_: int) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'parts.ply'
            found = PartSegmentation(part_ids=board.shown.part_ids, parts=())
            write_segmentation(path, file, found)
            return dcc.send_bytes(path.read_bytes(), path.name)

    return app


def _action(
    board: Board, rows: np.ndarray, label: int, granularity: float, name: str
) -> Callable[[], Any] | None:
    """Return what the last event asks for; None where it asks for nothing."""
    trigger = ctx.triggered_id
    value = ctx.triggered[0]['value']
    if value is None:
        return None
    if isinstance(trigger, dict):
        view = board.views[trigger['index']]
        if ctx.triggered[0]['prop_id'].endswith('clickData'):
            place = np.array([value['points'][0]['x'], value['points'][0]['y']], np.float32)
            return lambda: board.click_view(view.view_idx, place, label)
        box = _drawn_box(value, len(view.picture))
        return None if box is None else lambda: board.box_view(view.view_idx, box)
    if trigger == _CLOUD:
        clicked = value['points'][0]
        if clicked['curveNumber'] != 0:
            return None
        coord = board.encoded.cloud.points[rows[clicked['pointNumber']]]
        return lambda: board.click(coord, label)
    actions: dict[str, Callable[[], Any]] = {
        'undo': board.undo,
        'clear': board.clear,
        'every': lambda: board.every_part(granularity),
        _TOOL: lambda: board.shown,
        'name': lambda: board.find(name),
    }
    return actions[trigger]


def _drawn_box(relayout: dict[str, Any], size: int) -> np.ndarray | None:
    """Return (4,) x0 y0 x1 y1 of the box drawn last, within the picture; None for other events."""
    shapes = relayout.get('shapes')
    if not shapes:
        return None
    x0, x1 = sorted((shapes[-1]['x0'], shapes[-1]['x1']))
    y0, y1 = sorted((shapes[-1]['y0'], shapes[-1]['y1']))
    return np.clip(np.array([x0, y0, x1, y1], np.float32), 0, size)


def _layout(board: Board, cloud: dict[str, Any], views: list[dict[str, Any]]) -> html.Div:
    capabilities = board.segmenter.system.capabilities
    labels = [{'label': ' on the part', 'value': 1}]
    if capabilities.negative_points:
        labels.append({'label': ' off the part', 'value': 0})
    tools = [
        {'label': ' click on a view', 'value': _CLICK},
        {'label': ' draw a box on a view', 'value': _BOX},
    ]
    side = [
        html.B(board.segmenter.system.name),
        dcc.Loading(html.Div(board.shown.text, id=_STATUS)),
        dcc.RadioItems(labels, 1, id=_LABEL),
        dcc.RadioItems(tools, _CLICK, id=_TOOL, style={} if views else _HIDDEN),
        *(html.Button(text, id=name) for name, text in _BUTTONS.items()),
        html.Div(
            [
                html.Label('granularity of every part'),
                dcc.Slider(0.1, 1.0, 0.1, value=0.6, id='granularity', marks=None),
            ],
            style=_HIDDEN if board.has_own_way else {},
        ),
        dcc.Input(
            id='name',
            placeholder='name of a part, Enter',
            style={} if capabilities.names else _HIDDEN,
        ),
        dcc.Download(id='download'),
    ]
    strip = [
        dcc.Graph(
            id={'type': _VIEW, 'index': k},
            figure=figure,
            config=_NO_BAR,
            style={'width': '210px', 'height': '228px'},
        )
        for k, figure in enumerate(views)
    ]
    return html.Div(
        [
            html.Div(side, style=_SIDE),
            dcc.Graph(id=_CLOUD, figure=cloud, style={'flex': '1'}, config=_NO_BAR),
            html.Div(strip, id='views', style=_STRIP if strip else _HIDDEN),
        ],
        style=_PAGE,
    )
