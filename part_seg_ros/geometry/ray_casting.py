# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which triangle does a ray hit first? Answered by Open3D, only the compiled part of it."""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import numpy as np

from part_seg_ros.errors import BackendMissingError, InputError

_COMPILED = 'open3d.pybind'


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RayHits:
    """What R rays hit first.

    Attributes:
        lengths: (R,) float32 distance to the hit, in lengths of the ray's direction; inf for none.
        face_idx: (R,) int64 face that is hit, -1 for none.
    """

    lengths: np.ndarray
    face_idx: np.ndarray


class RayScene:
    """Triangles that rays are cast at; both sides of a triangle are hit."""

    def __init__(self, vertices: np.ndarray, faces: np.ndarray) -> None:
        """Build the tree over the triangles.

        Args:
            vertices: (V, 3) finite.
            faces: (F, 3) integer, F >= 1.

        Raises:
            InputError: there are no faces.
            BackendMissingError: Open3D is not installed.
        """
        if len(faces) == 0:
            raise InputError('rays need faces to hit, got a mesh without any')
        self._open3d = _load_open3d()
        self._scene = self._open3d.t.geometry.RaycastingScene()
        self._scene.add_triangles(
            self._tensor(vertices.astype(np.float32)), self._tensor(faces.astype(np.uint32))
        )

    def cast(self, origins: np.ndarray, directions: np.ndarray) -> RayHits:
        """Cast R rays.

        Args:
            origins: (3,) or (R, 3), in the frame of the vertices.
            directions: (R, 3), of any length.
        """
        rays = np.empty((len(directions), 6), np.float32)
        rays[:, :3], rays[:, 3:] = origins, directions
        found = self._scene.cast_rays(self._tensor(rays))
        lengths = found['t_hit'].numpy()
        face_idx = found['primitive_ids'].numpy().astype(np.int64)
        face_idx[~np.isfinite(lengths)] = -1
        return RayHits(lengths=lengths, face_idx=face_idx)

    def _tensor(self, array: np.ndarray) -> object:
        return self._open3d.core.Tensor.from_numpy(np.ascontiguousarray(array))


def _load_open3d() -> ModuleType:
    """Return the compiled module of Open3D.

    `import open3d` would import plotting and web packages that are not needed here.
    """
    if _COMPILED in sys.modules:
        return sys.modules[_COMPILED]
    package = importlib.util.find_spec('open3d')
    if package is None or package.origin is None:
        raise BackendMissingError(
            'views are rendered by open3d, which is not installed; install it with: pip install'
            ' open3d-cpu'
        )
    folder = Path(package.origin).parent
    files = [*folder.glob('pybind.*'), *folder.glob('cpu/pybind.*')]
    spec = importlib.util.spec_from_file_location(_COMPILED, files[0]) if files else None
    if spec is None or spec.loader is None:
        raise BackendMissingError(
            f'{folder} holds no compiled module; install it again: pip install open3d-cpu==0.20.0'
        )
    _load_libusb()
    try:
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except ImportError as error:
        raise BackendMissingError(
            f'open3d cannot be loaded ({error}); install what it names, libusb-1.0.so.0 with: pip'
            ' install libusb-package'
        ) from error
    sys.modules[_COMPILED] = module
    return module


def _load_libusb() -> None:
    """Load libusb-1.0 from the package `libusb-package` where the system has none."""
    with contextlib.suppress(OSError):
        ctypes.CDLL('libusb-1.0.so.0')
        return
    package = importlib.util.find_spec('libusb_package')
    if package is not None and package.origin is not None:
        for library in Path(package.origin).parent.glob('libusb-1.0.so*'):
            ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
