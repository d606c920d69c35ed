# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Faces of ply files."""

import struct

import numpy as np
import pytest

from part_seg_ros.data.ply import read_labeled_ply, read_ply

HEADER = """ply
format {}
element vertex 6
property float x
property float y
property float z
element face 2
property list uchar int vertex_indices
property int object_id
end_header
"""
QUADS = ((0, 1, 2, 3), (1, 4, 5, 2))


@pytest.fixture(params=['ascii', 'binary'])
def quads(tmp_path, request):
    """Two squares side by side, of objects 7 and 9."""
    path = tmp_path / 'quads.ply'
    points = np.float32([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 0, 0], [2, 1, 0]])
    if request.param == 'ascii':
        rows = [' '.join(map(str, row)) for row in points]
        rows += [f'4 {" ".join(map(str, q))} {k}' for q, k in zip(QUADS, (7, 9), strict=True)]
        path.write_text(HEADER.format('ascii 1.0') + '\n'.join(rows) + '\n')
    else:
        faces = [struct.pack('<B5i', 4, *q, k) for q, k in zip(QUADS, (7, 9), strict=True)]
        header = HEADER.format('binary_little_endian 1.0').encode()
        path.write_bytes(header + points.tobytes() + b''.join(faces))
    return path


def test_quadrilaterals_are_split_and_keep_their_number(quads):
    triangles = [[0, 1, 2], [0, 2, 3], [1, 4, 5], [1, 5, 2]]
    np.testing.assert_array_equal(read_ply(quads)[1], triangles)
    vertices, faces, ids = read_labeled_ply(quads, 'object_id')
    np.testing.assert_array_equal(faces, triangles)
    np.testing.assert_array_equal(ids, [7, 7, 9, 9])
    np.testing.assert_array_equal(vertices[4], [2, 0, 0])
