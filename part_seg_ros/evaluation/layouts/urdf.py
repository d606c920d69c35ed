# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Visible meshes of the links of a URDF, all joints at zero.

Source: https://wiki.ros.org/urdf/XML, elements link, visual, joint and origin.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from scipy.spatial.transform import Rotation

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.files import join_meshes, need_file, read_mesh
from part_seg_ros.structures import Mesh


def read_link_meshes(path: Path) -> dict[str, Mesh]:
    """Read the visual meshes of every link that has any, joined, in the frame of the root link.

    File names count from the folder of the URDF and must stay below it. Boxes, cylinders and
    spheres are left out.

    Raises:
        InputError: the file is missing or malformed, joints form a loop, or a mesh is missing,
            unreadable or outside the folder.
    """
    try:
        robot = ElementTree.fromstring(need_file(path, 'a URDF').read_text())
        parents = {
            _of(joint, 'child', 'link'): (_of(joint, 'parent', 'link'), _pose(joint))
            for joint in robot.iterfind('joint')
        }
        meshes = {}
        for link in robot.iterfind('link'):
            visuals = [v for v in link.iterfind('visual') if v.find('geometry/mesh') is not None]
            if visuals:
                placed = _pose_of_link(link.attrib['name'], parents, path)
                meshes[link.attrib['name']] = join_meshes(
                    [_visual_mesh(visual, placed, path) for visual in visuals]
                )
    except (ElementTree.ParseError, KeyError, ValueError) as error:
        raise InputError(f'{path} is no URDF ({error!r}); mend it') from None
    return meshes


def _of(element: ElementTree.Element, tag: str, attribute: str) -> str:
    found = element.find(tag)
    if found is None:
        raise ValueError(f'{element.tag} without {tag}')
    return found.attrib[attribute]


def _numbers(text: str, name: str) -> np.ndarray:
    values = np.array([float(word) for word in text.split()])
    if values.shape != (3,):
        raise ValueError(f'{name}="{text}" must have three numbers')
    return values


def _pose(element: ElementTree.Element) -> np.ndarray:
    """Return the (4, 4) pose of the element's origin; rpy turns about fixed axes."""
    origin = element.find('origin')
    pose = np.eye(4)
    if origin is not None:
        angles = _numbers(origin.get('rpy', '0 0 0'), 'rpy')
        pose[:3, :3] = Rotation.from_euler('xyz', angles).as_matrix()
        pose[:3, 3] = _numbers(origin.get('xyz', '0 0 0'), 'xyz')
    return pose


def _pose_of_link(name: str, parents: dict[str, tuple[str, np.ndarray]], path: Path) -> np.ndarray:
    pose, passed = np.eye(4), {name}
    while name in parents:
        name, to_parent = parents[name]
        if name in passed:
            raise InputError(f'{path} has a loop of joints through {name}; links must form a tree')
        passed.add(name)
        pose = to_parent @ pose
    return pose


def _visual_mesh(visual: ElementTree.Element, placed: np.ndarray, path: Path) -> Mesh:
    element = visual.find('geometry/mesh')
    assert element is not None  # the caller chose visuals that have one
    folder = path.parent.resolve()
    file = (folder / element.attrib['filename']).resolve()
    if not file.is_relative_to(folder):
        raise InputError(f'{path} names {file}; its meshes must lie below {folder}')
    mesh = read_mesh(file)
    pose = placed @ _pose(visual)
    scaled = mesh.vertices * _numbers(element.get('scale', '1 1 1'), 'scale')
    return Mesh(vertices=scaled @ pose[:3, :3].T + pose[:3, 3], faces=mesh.faces)
