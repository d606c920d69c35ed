# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Pictures show the right colours in the right places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.image import imread

from part_seg_ros.cli.picture import Panel, draw, draw_sheet
from part_seg_ros.structures import PointCloud, PointPrompt


def _wall() -> tuple[PointCloud, np.ndarray]:
    """A wall seen by a camera; its right half is part 0."""
    x, y = np.meshgrid(np.linspace(-1, 1, 60), np.linspace(-1, 1, 60))
    points = np.stack([x.ravel(), y.ravel(), np.full(x.size, 4.0)], axis=1)
    points[7] = np.nan
    cloud = PointCloud(points=points, viewpoint=np.zeros(3))
    return cloud, np.where(x.ravel() > 0, 0, -1)


def _is_orange(image: np.ndarray) -> np.ndarray:
    return (image[..., 0] > 1.5 * image[..., 2]) & (image[..., 0] > 0.3)


def test_a_part_is_coloured_where_it_lies(tmp_path: Path) -> None:
    cloud, part_ids = _wall()
    draw(tmp_path / 'new' / 'a.png', cloud, [Panel(title='part', part_ids=part_ids)])
    image = imread(tmp_path / 'new' / 'a.png')[..., :3]
    left, right = np.array_split(_is_orange(image), 2, axis=1)
    assert left.mean() < 0.02 < 0.3 < right.mean()
    assert (image[-3:] > 0.9).all()  # white background


def test_clicks_are_green_and_red(tmp_path: Path) -> None:
    cloud, _ = _wall()
    prompt = PointPrompt(
        prompt_coords=np.array([[0.5, 0.0, 4.0], [-0.5, 0.0, 4.0]]),
        prompt_labels=np.array([1, 0]),
    )
    draw(tmp_path / 'a.png', cloud, [Panel(title='clicks', prompt=prompt)])
    image = imread(tmp_path / 'a.png')[..., :3]
    columns = np.arange(image.shape[1])
    green = (image[..., 1] > 2 * image[..., 0]) & (image[..., 1] > 2 * image[..., 2])
    red = (image[..., 0] > 3 * image[..., 1]) & (image[..., 0] > 3 * image[..., 2])
    assert green.any() and red.any()
    middle = image.shape[1] / 2
    assert (green.any(axis=0) * columns).max() > middle > (red.any(axis=0) * columns).max()


def test_a_panel_more_is_a_wider_picture_and_a_row_more_a_higher_one(tmp_path: Path) -> None:
    cloud, part_ids = _wall()
    panel = Panel(title='part', part_ids=part_ids)
    draw(tmp_path / 'one.png', cloud, [panel])
    draw(tmp_path / 'two.png', cloud, [panel, panel])
    draw_sheet(tmp_path / 'sheet.png', [(cloud, panel)] * 3, columns=2)
    one, two, sheet = (imread(tmp_path / f'{name}.png').shape for name in ('one', 'two', 'sheet'))
    assert abs(two[1] - 2 * one[1]) <= 2 and two[0] == one[0]
    assert abs(sheet[0] - 2 * one[0]) <= 2 and abs(sheet[1] - two[1]) <= 2


def test_a_sheet_of_many_is_about_square_and_shows_every_one(tmp_path: Path) -> None:
    cloud, part_ids = _wall()
    entries = [(cloud, Panel(title='part', part_ids=part_ids))] * 50
    draw_sheet(tmp_path / 'sheet.png', entries)
    image = imread(tmp_path / 'sheet.png')[..., :3]
    height, width = image.shape[:2]
    assert height <= 2400 and 0.5 < width / height < 2.0
    cells = [cell for row in np.array_split(image, 7) for cell in np.array_split(row, 8, axis=1)]
    assert [bool(_is_orange(cell).mean() > 0.1) for cell in cells] == [True] * 50 + [False] * 6
