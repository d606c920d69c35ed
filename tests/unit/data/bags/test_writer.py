# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""A generated bag reads back as what was simulated, whichever format it has."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rosbags.highlevel import AnyReader
from rosbags.interfaces import QosDurability
from scipy.spatial import cKDTree

from part_seg_ros.data.bags.messages import START_NS
from part_seg_ros.data.bags.recipe import BagRecipe
from part_seg_ros.data.bags.scene import TableScene, table_scene
from part_seg_ros.data.bags.writer import STORAGES, write_bag
from part_seg_ros.errors import BackendMissingError, InputError

Read = Callable[[Path], list[Any]]
CLOUD_FIELDS = np.dtype(
    [('x', '<f4'), ('y', '<f4'), ('z', '<f4'), ('rgb', '<u4'), ('label', '<i4')]
)


def matrix(transform: Any) -> np.ndarray:
    """Rotation by the textbook formula, apart from what the package computes with."""
    x, y, z, w = (getattr(transform.rotation, name) for name in 'xyzw')
    shift = [getattr(transform.translation, name) for name in 'xyz']
    T = np.eye(4)
    T[:3, :3] = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    T[:3, 3] = shift
    return T


def stamp_ns(message: Any) -> int:
    return message.header.stamp.sec * 10**9 + message.header.stamp.nanosec


@pytest.fixture(params=STORAGES)
def received(request: pytest.FixtureRequest, bags: dict[str, Path], read: Read) -> list[Any]:
    return read(bags[request.param])


@pytest.fixture
def clouds(received: list[Any]) -> list[tuple[int, np.ndarray]]:
    """Stamp and records of every cloud."""
    messages = [entry.message for entry in received if entry.topic == '/camera/points']
    return [(stamp_ns(m), np.frombuffer(m.data, CLOUD_FIELDS)) for m in messages]


@pytest.fixture
def in_world(received: list[Any], clouds: list[tuple[int, np.ndarray]]) -> list[np.ndarray]:
    """(N, 3) points of every cloud in the world, NaN included, by the transforms of the bag."""
    poses, mounts = {}, []
    for entry in received:
        if entry.topic == '/tf':
            (stamped,) = entry.message.transforms
            assert (stamped.header.frame_id, stamped.child_frame_id) == ('world', 'camera_link')
            poses[stamp_ns(stamped)] = matrix(stamped.transform)
        elif entry.topic == '/tf_static':
            mounts += entry.message.transforms
    (mount,) = mounts
    assert (mount.header.frame_id, mount.child_frame_id) == (
        'camera_link',
        'camera_depth_optical_frame',
    )
    assert len({pose.tobytes() for pose in poses.values()}) == len(clouds)
    worlds = []
    for stamp, records in clouds:
        points = np.stack([records[name] for name in 'xyz'], axis=1).astype(np.float64)
        T = poses[stamp] @ matrix(mount.transform)
        worlds.append(points @ T[:3, :3].T + T[:3, 3])
    return worlds


@pytest.fixture(scope='session')
def scene(recipe: BagRecipe) -> TableScene:
    return table_scene(recipe.objects, np.random.default_rng([recipe.seed, 0]))


def test_every_topic_has_its_messages_in_order(received: list[Any], recipe: BagRecipe) -> None:
    counts = Counter(entry.topic for entry in received)
    num_clicks = counts.pop('/clicked_point')
    assert counts == {
        '/camera/points': recipe.num_frames,
        '/tf': recipe.num_frames,
        '/tf_static': 1,
        '/truth/parts': 1,
    }
    assert num_clicks >= 4
    assert {entry.topic for entry in received[:2]} == {'/tf_static', '/truth/parts'}
    pairs = [e.topic for e in received if e.topic in ('/tf', '/camera/points')]
    assert pairs == ['/tf', '/camera/points'] * recipe.num_frames
    stamps = [stamp_ns(e.message) for e in received if e.topic == '/camera/points']
    assert stamps == [START_NS + idx * 250_000_000 for idx in range(recipe.num_frames)]
    assert all(e.time_ns > stamp_ns(e.message) for e in received if e.topic in ('/camera/points',))


@pytest.mark.parametrize('storage', STORAGES)
def test_latched_topics_are_transient_local(bags: dict[str, Path], storage: str) -> None:
    with AnyReader([bags[storage]]) as reader:
        latched = {
            connection.topic
            for connection in reader.connections
            if connection.ext.offered_qos_profiles[0].durability == QosDurability.TRANSIENT_LOCAL
        }
    assert latched == {'/tf_static', '/truth/parts'}


def test_a_cloud_has_the_fields_that_readers_expect(
    received: list[Any], recipe: BagRecipe
) -> None:
    cloud = next(entry.message for entry in received if entry.topic == '/camera/points')
    assert cloud.header.frame_id == 'camera_depth_optical_frame'
    assert (cloud.width, cloud.height) == recipe.resolution
    assert [(f.name, f.offset, f.datatype) for f in cloud.fields] == [
        ('x', 0, 7),
        ('y', 4, 7),
        ('z', 8, 7),
        ('rgb', 12, 7),
        ('label', 16, 5),
    ]
    assert (cloud.point_step, cloud.row_step) == (20, 20 * cloud.width)
    assert not cloud.is_bigendian and not cloud.is_dense


def test_labels_tell_the_surface_that_the_points_lie_on(
    clouds: list[tuple[int, np.ndarray]], in_world: list[np.ndarray], scene: TableScene
) -> None:
    """Points of a part lie on the mesh of that part, as the seed makes it, within the noise."""
    corners = scene.vertices[scene.faces].astype(np.float64)
    rng = np.random.default_rng(0)
    for (_, records), world in zip(clouds, in_world, strict=True):
        labels = records['label']
        assert (labels[~np.isfinite(records['x'])] == -1).all()
        for part_id in np.unique(labels[labels >= 0]):
            surface = _dense_points(corners[scene.face_part_ids == part_id], rng)
            distances = cKDTree(surface).query(world[labels == part_id])[0]
            assert np.median(distances) < 0.003, (part_id, np.median(distances))


def _dense_points(corners: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """About 20 000 points (S, 3) spread evenly over triangles (F, 3, 3)."""
    sides = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    areas = np.linalg.norm(sides, axis=1)
    chosen = corners[rng.choice(len(corners), 20_000, p=areas / areas.sum())]
    a, b = np.sort(rng.random((2, len(chosen))), axis=0)[:, :, None]
    return a * chosen[:, 0] + (b - a) * chosen[:, 1] + (1 - b) * chosen[:, 2]


def test_what_stands_still_stays_where_it_is_in_the_world(
    clouds: list[tuple[int, np.ndarray]], in_world: list[np.ndarray]
) -> None:
    first, last = in_world[0], in_world[-1]
    labels_first, labels_last = clouds[0][1]['label'], clouds[-1][1]['label']
    seen_twice = [
        part_id
        for part_id in np.unique(labels_first[labels_first >= 0])
        if min((labels_first == part_id).sum(), (labels_last == part_id).sum()) >= 100
    ]
    assert len(seen_twice) >= 3
    for part_id in seen_twice:
        there = first[labels_first == part_id]
        here = last[labels_last == part_id]
        distances = cKDTree(there).query(here)[0]
        # Of a part turned by 0.5 rad most is in view both times.
        assert np.quantile(distances, 0.6) < 0.008, part_id
    for (_, records), world in zip(clouds, in_world, strict=True):
        table = world[(records['label'] == -1) & np.isfinite(records['x'])]
        assert np.median(np.abs(table[:, 2])) < 0.002


def test_truth_names_every_label(
    received: list[Any], clouds: list[tuple[int, np.ndarray]], scene: TableScene
) -> None:
    text = next(entry.message.data for entry in received if entry.topic == '/truth/parts')
    labels = json.loads(text)['labels']
    assert {entry['object'] for entry in labels.values()} == {'mug_0', 'bottle_1'}
    named = [(labels[str(i)]['name'], labels[str(i)]['object']) for i in range(len(labels))]
    assert named == [(part.name, part.object_name) for part in scene.parts]
    seen = np.unique(np.concatenate([records['label'] for _, records in clouds]))
    assert set(seen.tolist()) - {-1} <= {int(label) for label in labels}
    assert ('body', 'mug_0') in named


def test_clicks_are_points_of_different_parts(
    received: list[Any], clouds: list[tuple[int, np.ndarray]], in_world: list[np.ndarray]
) -> None:
    frames = {
        stamp: (records, world) for (stamp, records), world in zip(clouds, in_world, strict=True)
    }
    clicked, stamps = [], set()
    for entry in received:
        if entry.topic != '/clicked_point':
            continue
        assert entry.message.header.frame_id == 'world'
        records, world = frames[stamp_ns(entry.message)]
        stamps.add(stamp_ns(entry.message))
        coord = np.array([getattr(entry.message.point, name) for name in 'xyz'])
        distances = np.linalg.norm(world - coord, axis=1)
        row = np.nanargmin(distances)
        assert distances[row] < 1e-6
        label = records['label'][row]
        clicked.append(label)
        of_part = world[records['label'] == label]
        to_centre = np.linalg.norm(of_part - of_part.mean(axis=0), axis=1)
        assert np.linalg.norm(coord - of_part.mean(axis=0)) < to_centre.min() + 1e-6
    assert min(clicked) >= 0 and len(set(clicked)) == len(clicked) >= 4
    assert stamps == {stamp for stamp, _ in clouds[:3]}


def test_colours_are_those_of_the_objects_and_tell_no_parts(
    clouds: list[tuple[int, np.ndarray]], scene: TableScene
) -> None:
    records = clouds[0][1]
    rgb = np.stack([records['rgb'] >> shift & 255 for shift in (16, 8, 0)], axis=1)
    rgb = rgb / np.maximum(rgb.max(axis=1, keepdims=True), 1)
    bodies = [part.object_name for part in scene.parts]
    hues = [
        rgb[np.isin(records['label'], np.flatnonzero([b == name for b in bodies]))]
        for name in ('mug_0', 'bottle_1')
    ]
    for hue in hues:
        assert np.abs(hue - hue.mean(axis=0)).max() < 0.03
    assert np.abs(hues[0].mean(axis=0) - hues[1].mean(axis=0)).max() > 0.1


def test_both_formats_hold_the_same_messages(bags: dict[str, Path], read: Read) -> None:
    one, other = (
        [(e.topic, e.time_ns, e.data) for e in read(bags[storage])] for storage in STORAGES
    )
    assert sorted(one) == sorted(other)
    assert one == other


def test_the_seed_decides_every_byte(
    bags: dict[str, Path], recipe: BagRecipe, read: Read, tmp_path: Path
) -> None:
    def contents(path: Path) -> list[tuple[str, int, bytes]]:
        return [(e.topic, e.time_ns, e.data) for e in read(path)]

    write_bag(tmp_path / 'again', recipe)
    assert contents(tmp_path / 'again') == contents(bags['sqlite3'])
    write_bag(tmp_path / 'other', dataclasses.replace(recipe, seed=4))
    assert contents(tmp_path / 'other') != contents(bags['sqlite3'])


def test_clicks_can_be_left_out_and_change_nothing_else(
    bags: dict[str, Path], recipe: BagRecipe, read: Read, tmp_path: Path
) -> None:
    counts = write_bag(tmp_path / 'bag', dataclasses.replace(recipe, with_clicks=False))
    assert counts['/clicked_point'] == 0
    expected = [e.data for e in read(bags['sqlite3']) if e.topic != '/clicked_point']
    assert [e.data for e in read(tmp_path / 'bag')] == expected


def test_a_single_frame_will_do(recipe: BagRecipe, tmp_path: Path) -> None:
    counts = write_bag(tmp_path / 'bag', dataclasses.replace(recipe, num_frames=1))
    assert counts['/camera/points'] == 1 and counts['/clicked_point'] >= 2


@pytest.mark.parametrize(
    ('wrong', 'words'),
    [
        ({'objects': ()}, 'at least one object'),
        ({'objects': ('mug', 'unicorn')}, 'no object is called unicorn; known are .*mug'),
        ({'num_frames': 0}, 'frames must be 1 or more, got 0'),
        ({'rate_hz': 0.0}, 'rate must be a positive number of Hz, got 0.0'),
        ({'rate_hz': float('nan')}, 'rate must be'),
        ({'rate_hz': float('inf')}, 'rate must be'),
        ({'seed': -1}, 'seed must be 0 or more, got -1'),
        ({'resolution': (320, 2)}, '320 x 2'),
    ],
)
def test_a_recipe_that_cannot_be_made_is_refused(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        BagRecipe(**wrong)


def test_a_bag_overwrites_nothing(recipe: BagRecipe, tmp_path: Path) -> None:
    (tmp_path / 'bag').mkdir()
    with pytest.raises(InputError, match='exists already'):
        write_bag(tmp_path / 'bag', recipe)
    assert list((tmp_path / 'bag').iterdir()) == []


def test_an_unknown_format_is_refused(recipe: BagRecipe, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sqlite3, mcap, got 'zip'"):
        write_bag(tmp_path / 'bag', recipe, storage='zip')


def test_without_rosbags_the_error_names_the_package(
    recipe: BagRecipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name.split('.')[0] == 'rosbags']:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, 'rosbags', None)
    with pytest.raises(BackendMissingError, match='pip install rosbags'):
        write_bag(tmp_path / 'bag', recipe)
    assert not (tmp_path / 'bag').exists()
