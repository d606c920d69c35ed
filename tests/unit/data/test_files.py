# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clouds and meshes survive the way through every file format, and bad files say what is wrong."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh

from part_seg_ros.data.files import CloudFile, read_cloud, read_shape, write_cloud
from part_seg_ros.data.pcd import lzf_decompress
from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh, PointCloud


@pytest.fixture
def organised() -> CloudFile:
    """A 4 x 6 organised cloud with two invalid pixels, colours, normals and part ids."""
    rng = np.random.default_rng(3)
    points = rng.normal(size=(24, 3)).astype(np.float32)
    points[[4, 17]] = np.nan
    normals = rng.normal(size=(24, 3)).astype(np.float32)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    cloud = PointCloud(
        points=points,
        colors=(rng.integers(0, 256, (24, 3)) / 255).astype(np.float32),
        normals=normals,
        viewpoint=np.array([0.0, 0.5, -1.0]),
        frame_id='camera',
    )
    return CloudFile(cloud=cloud, part_ids=np.arange(24) % 5 - 1, height=4, width=6)


def _packed(colors: np.ndarray) -> np.ndarray:
    red, green, blue = np.rint(colors.T * 255).astype(np.uint32)
    return (red << 16) | (green << 8) | blue


def _pcd_header(num: int, encoding: str, height: int = 1) -> bytes:
    return (
        '# .PCD v0.7 - Point Cloud Data file format\nVERSION 0.7\nFIELDS x y z rgb part_id\n'
        'SIZE 4 4 4 4 4\nTYPE F F F F I\nCOUNT 1 1 1 1 1\n'
        f'WIDTH {num // height}\nHEIGHT {height}\nVIEWPOINT 0 0.5 -1 1 0 0 0\nPOINTS {num}\n'
        f'DATA {encoding}\n'
    ).encode()


def _literal_lzf(data: bytes) -> bytes:
    """Compress without any copy: runs of up to 32 literal bytes."""
    runs = [data[start : start + 32] for start in range(0, len(data), 32)]
    return b''.join(bytes([len(run) - 1]) + run for run in runs)


def _pcd_bytes(file: CloudFile, encoding: str) -> bytes:
    rgb = _packed(file.cloud.colors).view(np.float32)
    columns = [*file.cloud.points.T, rgb, file.part_ids]
    header = _pcd_header(len(file.cloud), encoding, file.height)
    if encoding == 'binary_compressed':
        plain = b''.join(np.ascontiguousarray(column).tobytes() for column in columns)
        packed = _literal_lzf(plain)
        return header + struct.pack('<II', len(packed), len(plain)) + packed
    dtype = np.dtype([('x', 'f4'), ('y', 'f4'), ('z', 'f4'), ('rgb', 'f4'), ('part_id', 'i4')])
    table = np.zeros(len(file.cloud), dtype)
    for name, column in zip(dtype.names, columns, strict=True):
        table[name] = column
    if encoding == 'binary':
        return header + table.tobytes()
    lines = [' '.join(repr(value) for value in row.tolist()) for row in table]
    return header + '\n'.join(lines).encode()


def test_npz_round_trip_is_exact(tmp_path: Path, organised: CloudFile) -> None:
    write_cloud(tmp_path / 'scan.npz', organised)
    back = read_cloud(tmp_path / 'scan.npz')
    for name in ('points', 'normals', 'viewpoint'):
        np.testing.assert_array_equal(getattr(back.cloud, name), getattr(organised.cloud, name))
    np.testing.assert_allclose(back.cloud.colors, organised.cloud.colors, atol=1e-7)
    np.testing.assert_array_equal(back.part_ids, organised.part_ids)
    assert (back.height, back.width, back.cloud.frame_id) == (4, 6, 'camera')


def test_ply_round_trip_keeps_order_normals_colors_and_part_ids(
    tmp_path: Path, organised: CloudFile
) -> None:
    write_cloud(tmp_path / 'new' / 'scan.ply', organised)
    back = read_cloud(tmp_path / 'new' / 'scan.ply')
    np.testing.assert_array_equal(back.cloud.points, organised.cloud.points)
    np.testing.assert_array_equal(back.cloud.normals, organised.cloud.normals)
    np.testing.assert_allclose(back.cloud.colors, organised.cloud.colors, atol=1e-6)
    np.testing.assert_array_equal(back.part_ids, organised.part_ids)


def test_another_reader_opens_the_ply(tmp_path: Path, organised: CloudFile) -> None:
    valid = np.isfinite(organised.cloud.points).all(axis=1)
    file = CloudFile(cloud=organised.cloud.select(valid), part_ids=organised.part_ids[valid])
    write_cloud(tmp_path / 'scan.ply', file)
    loaded = trimesh.load(tmp_path / 'scan.ply', process=False)
    np.testing.assert_allclose(loaded.vertices, file.cloud.points)


def test_ascii_ply_is_read(tmp_path: Path) -> None:
    (tmp_path / 'a.ply').write_text(
        'ply\nformat ascii 1.0\nelement vertex 2\nproperty float x\nproperty float y\n'
        'property float z\nproperty int part_id\nend_header\n1 2 3 7\n4 5 6 -1\n'
    )
    file = read_cloud(tmp_path / 'a.ply')
    np.testing.assert_array_equal(file.cloud.points, [[1, 2, 3], [4, 5, 6]])
    np.testing.assert_array_equal(file.part_ids, [7, -1])


@pytest.mark.parametrize('encoding', ['ascii', 'binary', 'binary_compressed'])
def test_pcd_encodings_agree(tmp_path: Path, organised: CloudFile, encoding: str) -> None:
    path = tmp_path / 'scan.pcd'
    path.write_bytes(_pcd_bytes(organised, encoding))
    back = read_cloud(path)
    np.testing.assert_array_equal(back.cloud.points, organised.cloud.points)
    np.testing.assert_array_equal(back.part_ids, organised.part_ids)
    np.testing.assert_array_equal(back.cloud.viewpoint, organised.cloud.viewpoint)
    if encoding != 'ascii':  # packed colours as a decimal float lose their last bits
        np.testing.assert_allclose(back.cloud.colors, organised.cloud.colors, atol=1e-6)
    assert (back.height, back.width) == (4, 6)


def test_lzf_copies_may_overlap_their_own_output() -> None:
    # 'ab', then 9 bytes from distance 2, then 3 from distance 9 (length field 1).
    stream = bytes([1]) + b'ab' + bytes([7 << 5, 0, 1]) + bytes([1 << 5, 8])
    assert lzf_decompress(stream, 14) == b'ab' + b'ababababa' + b'aba'


def test_lzf_damage_is_named() -> None:
    with pytest.raises(InputError, match='before the first byte'):
        lzf_decompress(bytes([1]) + b'ab' + bytes([1 << 5, 200]), 5)
    with pytest.raises(InputError, match='wanted 9 bytes, got 2'):
        lzf_decompress(bytes([1]) + b'ab', 9)


def test_default_pcd_viewpoint_counts_for_organised_clouds_only(
    tmp_path: Path, organised: CloudFile
) -> None:
    content = _pcd_bytes(organised, 'binary').replace(b'VIEWPOINT 0 0.5 -1', b'VIEWPOINT 0 0 0')
    (tmp_path / 'organised.pcd').write_bytes(content)
    flat = content.replace(b'WIDTH 6\nHEIGHT 4', b'WIDTH 24\nHEIGHT 1')
    (tmp_path / 'flat.pcd').write_bytes(flat)
    np.testing.assert_array_equal(
        read_cloud(tmp_path / 'organised.pcd').cloud.viewpoint, [0, 0, 0]
    )
    assert read_cloud(tmp_path / 'flat.pcd').cloud.viewpoint is None
    given = read_cloud(tmp_path / 'flat.pcd', viewpoint=np.array([1, 2, 3]))
    np.testing.assert_array_equal(given.cloud.viewpoint, [1, 2, 3])


@pytest.mark.parametrize('suffix', ['npy', 'xyz'])
def test_tables_of_points_with_normals_or_colors(tmp_path: Path, suffix: str) -> None:
    points = np.random.default_rng(0).normal(size=(5, 3))
    path = tmp_path / f'table.{suffix}'
    save = np.save if suffix == 'npy' else np.savetxt
    save(path, points)
    assert read_cloud(path).cloud.normals is None
    save(path, np.hstack([points, np.tile([0.0, 0.6, 0.8], (5, 1))]))
    np.testing.assert_allclose(read_cloud(path).cloud.normals[0], [0, 0.6, 0.8], atol=1e-6)
    save(path, np.hstack([points, np.tile([255.0, 51.0, 0.0], (5, 1))]))
    np.testing.assert_allclose(read_cloud(path).cloud.colors[0], [1, 0.2, 0], atol=1e-6)
    np.testing.assert_allclose(read_cloud(path).cloud.points, points, atol=1e-6)


@pytest.mark.parametrize('suffix', ['ply', 'obj', 'off', 'stl', 'glb'])
def test_meshes_are_read_and_sampled_on_their_surface(tmp_path: Path, suffix: str) -> None:
    box = trimesh.creation.box(extents=(2.0, 1.0, 0.5))
    box.export(tmp_path / f'box.{suffix}')
    mesh = read_shape(tmp_path / f'box.{suffix}')
    assert isinstance(mesh, Mesh)
    assert len(mesh.faces) == 12
    cloud = read_cloud(tmp_path / f'box.{suffix}', num_samples=4000).cloud
    distances = np.abs(np.abs(cloud.points) - [1.0, 0.5, 0.25])
    np.testing.assert_allclose(distances.min(axis=1), 0, atol=1e-6)
    outward = np.take_along_axis(
        cloud.normals * np.sign(cloud.points), distances.argmin(1)[:, None], 1
    )
    assert (outward > 0.99).mean() > 0.99
    on_top = distances.argmin(axis=1) == 2
    assert abs(on_top.mean() - 4.0 / 7.0) < 0.04  # share of the area


def test_sampling_is_reproducible(tmp_path: Path) -> None:
    trimesh.creation.icosphere().export(tmp_path / 'ball.obj')
    first, again = (read_cloud(tmp_path / 'ball.obj', seed=5).cloud.points for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_npz_mesh(tmp_path: Path) -> None:
    ball = trimesh.creation.icosphere(subdivisions=1)
    np.savez(tmp_path / 'ball.npz', vertices=ball.vertices, faces=ball.faces)
    assert isinstance(read_shape(tmp_path / 'ball.npz'), Mesh)


@pytest.mark.parametrize(
    ('name', 'content', 'message'),
    [
        ('none.pcd', None, 'no such file'),
        ('scan.las', b'x', 'must end in .ply'),
        ('a.pcd', b'not a header', 'no PCD header'),
        ('b.pcd', _pcd_header(3, 'zip'), 'DATA must be one of ascii'),
        ('c.pcd', _pcd_header(3, 'binary') + b'12', 'wanted 60 bytes of point data, got 2'),
        ('d.pcd', _pcd_header(3, 'binary').replace(b'x y z', b'x y w') + b'0' * 60, 'z missing'),
        ('e.pcd', _pcd_header(3, 'ascii') + b'1 2 3 4 5\n', 'promises 3 points of 5'),
        ('f.pcd', _pcd_header(3, 'binary').replace(b'WIDTH 3', b'WIDTH 2'), 'WIDTH . HEIGHT = 2'),
        ('g.pcd', _pcd_header(3, 'binary').replace(b'TYPE F', b'TYPE Q'), 'unknown type Q4'),
        ('a.ply', b'ply\nnonsense', 'not a readable ply'),
        ('a.npz', b'PK broken', 'not a readable npz'),
        ('a.npy', b'broken', 'not a readable npy'),
        ('a.xyz', b'one two three', 'one point a line'),
        ('b.xyz', b'1 2\n3 4\n', r'wanted \(N, 3\)'),
        ('a.stl', b'', 'not a readable stl|neither triangles'),
        ('a.glb', b'broken', 'not a readable glb'),
    ],
)
def test_bad_files_say_what_was_wanted(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_shape(tmp_path / name)


def test_npz_without_points_names_what_it_has(tmp_path: Path) -> None:
    np.savez(tmp_path / 'a.npz', cloud=np.zeros((3, 3)))
    with pytest.raises(InputError, match='needs an array `points`.*it has cloud'):
        read_shape(tmp_path / 'a.npz')


def test_clouds_are_written_as_ply_or_npz_only(tmp_path: Path, organised: CloudFile) -> None:
    with pytest.raises(InputError, match=r'written as \.ply or \.npz'):
        write_cloud(tmp_path / 'scan.pcd', organised)
