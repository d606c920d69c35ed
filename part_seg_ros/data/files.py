# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Reading clouds and meshes from files, and writing clouds and segmentations.

In: ply, pcd, npz, npy, xyz, obj, off, stl, glb, gltf. Out: ply, npz, json.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from part_seg_ros.data.mesh_sampling import sample_mesh
from part_seg_ros.data.pcd import PcdData, read_pcd
from part_seg_ros.data.ply import read_ply, write_ply
from part_seg_ros.errors import InputError
from part_seg_ros.structures import Mesh, PointCloud

MESH_SUFFIXES = ('.obj', '.off', '.stl', '.glb', '.gltf')
READABLE_SUFFIXES = ('.ply', '.pcd', '.npz', '.npy', '.xyz', *MESH_SUFFIXES)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloudFile:
    """A cloud as a file holds it.

    Attributes:
        cloud: Points in file order; invalid rows of organised clouds are NaN.
        part_ids: (N,) int32 known part of every point, -1 for none; None where the file has none.
        height: Rows of an organised cloud, 1 for an unorganised one.
        width: Points per row; N = height * width. 0 stands for N.

    Raises:
        InputError: `part_ids` or `height` and `width` do not fit the number of points.
    """

    cloud: PointCloud
    part_ids: np.ndarray | None = None
    height: int = 1
    width: int = 0

    def __post_init__(self) -> None:
        num_points = len(self.cloud)
        if self.height == 1 and self.width == 0:
            object.__setattr__(self, 'width', num_points)
        if self.height * self.width != num_points:
            raise InputError(
                f'height * width must be the number of points {num_points}, got'
                f' {self.height} * {self.width}'
            )
        if self.part_ids is not None:
            part_ids = np.asarray(self.part_ids).astype(np.int32)
            if part_ids.shape != (num_points,):
                raise InputError(
                    f'part_ids must have one entry per point: {num_points}, got {part_ids.shape}'
                )
            object.__setattr__(self, 'part_ids', part_ids)


def read_shape(path: str | Path) -> CloudFile | Mesh:
    """Read a cloud or a mesh; the suffix of `path` names the format.

    Args:
        path: File with one of `READABLE_SUFFIXES`.
            npz: array `points` (N, 3), optional `colors`, `normals`, `viewpoint`, `part_ids`,
            `frame_id`, `height`, `width`; or `vertices` (V, 3) and `faces` (F, 3) of a mesh.
            npy and xyz: (N, 3) points, or (N, 6) with unit normals or colours behind them.

    Returns:
        A `CloudFile`, or a `Mesh` where the file has faces. Lengths are taken as metres.

    Raises:
        InputError: no such file, an unknown suffix, or content that is not what the suffix says.
    """
    path = Path(path)
    readers: dict[str, Callable[[Path], CloudFile | Mesh]] = {
        '.ply': _read_ply,
        '.pcd': _read_pcd,
        '.npz': _read_npz,
        '.npy': _read_npy,
        '.xyz': _read_xyz,
        **dict.fromkeys(MESH_SUFFIXES, _read_with_trimesh),
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f'{path}: a file must end in {", ".join(READABLE_SUFFIXES)}, got {path.suffix!r}'
        )
    if not path.is_file():
        raise InputError(f'{path}: no such file; give the path of a cloud or a mesh')
    return reader(path)


def read_cloud(
    path: str | Path,
    *,
    num_samples: int = 100_000,
    seed: int = 0,
    viewpoint: np.ndarray | None = None,
) -> CloudFile:
    """Read a file as a cloud; a mesh becomes points on its surface, uniform by area.

    Args:
        path: As for `read_shape`.
        num_samples: Points to draw from a mesh.
        seed: Seed of that draw.
        viewpoint: (3,) sensor position [m] that replaces the one in the file, or None.

    Returns:
        The cloud; a sampled one has the normals of the faces its points lie on.

    Raises:
        InputError: as for `read_shape`, or a mesh without area.
    """
    shape = read_shape(path)
    if isinstance(shape, Mesh):
        file = CloudFile(cloud=sample_mesh(shape, num_samples, seed)[0])
    else:
        file = shape
    if viewpoint is None:
        return file
    return replace(file, cloud=replace(file.cloud, viewpoint=viewpoint))


def write_cloud(path: str | Path, file: CloudFile) -> None:
    """Write a cloud to ply (binary, with `part_id`) or npz, the arrays named as in `read_shape`.

    Raises:
        InputError: the suffix is neither .ply nor .npz.
    """
    path = Path(path)
    writers = {'.ply': _write_ply, '.npz': _write_npz}
    if path.suffix.lower() not in writers:
        raise InputError(f'{path}: a cloud is written as .ply or .npz, got {path.suffix!r}')
    path.parent.mkdir(parents=True, exist_ok=True)
    writers[path.suffix.lower()](path, file)


def _read_pcd(path: Path) -> CloudFile:
    data = read_pcd(path)
    missing = [name for name in 'xyz' if name not in data.fields]
    if missing:
        raise InputError(
            f'{path}: fields x, y and z are needed, {", ".join(missing)} missing; the file has'
            f' {", ".join(data.fields)}'
        )
    points = np.stack([data.fields[name] for name in 'xyz'], axis=1).astype(np.float32)
    normal_names = ('normal_x', 'normal_y', 'normal_z')
    normals = None
    if all(name in data.fields for name in normal_names):
        normals = np.stack([data.fields[name] for name in normal_names], axis=1)
    part_ids = data.fields.get('part_id')
    cloud = PointCloud(
        points=points,
        colors=_packed_colors(data.fields),
        normals=normals,
        viewpoint=_pcd_viewpoint(data),
    )
    return CloudFile(cloud=cloud, part_ids=part_ids, height=data.height, width=data.width)


def _pcd_viewpoint(data: PcdData) -> np.ndarray | None:
    """Return the sensor position; the default (0, 0, 0) counts for organised clouds only."""
    position = data.viewpoint[:3]
    return position if data.height > 1 or position.any() else None


def _packed_colors(fields: dict[str, np.ndarray]) -> np.ndarray | None:
    packed = fields.get('rgb', fields.get('rgba'))
    if packed is None or packed.dtype.itemsize != 4:
        return None
    bits = np.ascontiguousarray(packed).view(np.uint32)
    return np.stack([bits >> 16 & 255, bits >> 8 & 255, bits & 255], axis=1) / np.float32(255)


def _read_npz(path: Path) -> CloudFile | Mesh:
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f'{path}: not a readable npz of plain arrays: {error}') from None
    if 'points' in arrays:
        return _cloud_of_arrays(arrays)
    if 'vertices' in arrays and 'faces' in arrays:
        return Mesh(vertices=arrays['vertices'], faces=arrays['faces'])
    raise InputError(
        f'{path}: an npz needs an array `points`, or `vertices` and `faces`; it has'
        f' {", ".join(arrays) or "none"}'
    )


def _cloud_of_arrays(arrays: dict[str, np.ndarray]) -> CloudFile:
    cloud = PointCloud(
        points=arrays['points'],
        colors=_unit_colors(arrays.get('colors')),
        normals=arrays.get('normals'),
        viewpoint=arrays.get('viewpoint'),
        frame_id=str(arrays.get('frame_id', '')),
    )
    height = int(arrays.get('height', 1))
    width = int(arrays.get('width', len(cloud) // max(height, 1)))
    return CloudFile(cloud=cloud, part_ids=arrays.get('part_ids'), height=height, width=width)


def _read_npy(path: Path) -> CloudFile:
    try:
        table = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f'{path}: not a readable npy of numbers: {error}') from None
    return _cloud_of_table(table, path)


def _read_xyz(path: Path) -> CloudFile:
    try:
        table = np.loadtxt(path, dtype=np.float64, ndmin=2)
    except ValueError as error:
        raise InputError(f'{path}: not a table of numbers, one point a line: {error}') from None
    return _cloud_of_table(table, path)


def _cloud_of_table(table: np.ndarray, path: Path) -> CloudFile:
    if table.ndim != 2 or table.shape[1] not in (3, 6):
        raise InputError(
            f'{path}: wanted (N, 3) points or (N, 6) points with normals or colours, got'
            f' {table.shape}'
        )
    points, extra = table[:, :3], table[:, 3:]
    if not extra.shape[1]:
        return CloudFile(cloud=PointCloud(points=points))
    if np.allclose(np.linalg.norm(extra, axis=1), 1.0, atol=0.01):
        return CloudFile(cloud=PointCloud(points=points, normals=extra))
    return CloudFile(cloud=PointCloud(points=points, colors=_unit_colors(extra)))


def _unit_colors(colors: np.ndarray | None) -> np.ndarray | None:
    """Return (N, 3) colours in [0, 1] from [0, 1] or from [0, 255]; alpha is dropped."""
    if colors is None:
        return None
    colors = np.asarray(colors)[:, :3]
    is_bytes = colors.dtype == np.uint8 or (colors.size > 0 and np.nanmax(colors) > 1)
    return colors.astype(np.float32) / np.float32(255 if is_bytes else 1)


def _read_ply(path: Path) -> CloudFile | Mesh:
    columns, faces = read_ply(path)
    points = _stacked(columns, ('x', 'y', 'z'))
    colors = _unit_colors(_stacked(columns, ('red', 'green', 'blue')))
    if faces is not None:
        return Mesh(vertices=points, faces=faces, vertex_colors=colors)
    cloud = PointCloud(points=points, colors=colors, normals=_stacked(columns, ('nx', 'ny', 'nz')))
    return CloudFile(cloud=cloud, part_ids=columns.get('part_id'))


def _stacked(columns: dict[str, np.ndarray], names: tuple[str, ...]) -> np.ndarray | None:
    if not all(name in columns for name in names):
        return None
    return np.stack([columns[name] for name in names], axis=1)


def _read_with_trimesh(path: Path) -> CloudFile | Mesh:
    import trimesh

    try:
        loaded = trimesh.load_scene(path, process=False)
        shapes = loaded.dump()
    except Exception as error:  # trimesh's readers raise whatever their parsing meets
        raise InputError(f'{path}: not a readable {path.suffix[1:]}: {error}') from None
    meshes = [shape for shape in shapes if isinstance(shape, trimesh.Trimesh) and len(shape.faces)]
    if meshes:
        mesh = trimesh.util.concatenate(meshes)
        return Mesh(vertices=mesh.vertices, faces=mesh.faces)
    clouds = [shape.vertices for shape in shapes if len(getattr(shape, 'vertices', ()))]
    if not clouds:
        raise InputError(f'{path}: holds neither triangles nor points')
    return CloudFile(cloud=PointCloud(points=np.concatenate(clouds)))


def _write_npz(path: Path, file: CloudFile) -> None:
    cloud = file.cloud
    optional = {
        'colors': cloud.colors,
        'normals': cloud.normals,
        'viewpoint': cloud.viewpoint,
        'part_ids': file.part_ids,
    }
    np.savez_compressed(
        path,
        points=cloud.points,
        height=file.height,
        width=file.width,
        frame_id=cloud.frame_id,
        **{name: array for name, array in optional.items() if array is not None},
    )


def _write_ply(path: Path, file: CloudFile) -> None:
    cloud = file.cloud
    columns: dict[str, np.ndarray] = dict(zip('xyz', cloud.points.T, strict=True))
    if cloud.normals is not None:
        columns |= zip(('nx', 'ny', 'nz'), cloud.normals.T, strict=True)
    if cloud.colors is not None:
        rgb = np.rint(np.clip(cloud.colors, 0, 1) * 255).astype(np.uint8)
        columns |= zip(('red', 'green', 'blue'), rgb.T, strict=True)
    if file.part_ids is not None:
        columns['part_id'] = file.part_ids
    write_ply(path, columns)
