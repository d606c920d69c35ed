# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""glTF files with their materials."""

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.cube_fit import fit_cube
from part_seg_ros.models.segvigen.voxels.from_mesh import mesh_to_voxels
from part_seg_ros.models.segvigen.voxels.painted_mesh import read_painted_mesh

trimesh = pytest.importorskip('trimesh')
Image = pytest.importorskip('PIL.Image')


def plate(height, material, uv=None):
    """A square of two triangles at y = `height`."""
    vertices = np.array([[0, height, 0], [1, height, 0], [1, height, 1], [0, height, 1]], float)
    visual = trimesh.visual.TextureVisuals(
        uv=np.zeros((4, 2)) if uv is None else uv, material=material
    )
    faces = [[0, 2, 1], [0, 3, 2]]
    return trimesh.Trimesh(vertices=vertices, faces=faces, visual=visual, process=False)


@pytest.fixture(scope='module')
def mesh(tmp_path_factory):
    picture = np.zeros((5, 7, 3), np.uint8)
    picture[:] = 40, 80, 120
    pbr = trimesh.visual.material.PBRMaterial
    scene = trimesh.Scene()
    scene.add_geometry(
        plate(0.0, pbr(baseColorTexture=Image.fromarray(picture), metallicFactor=0.5)),
        node_name='low',
    )
    flat = pbr(baseColorFactor=[255, 0, 0, 255], metallicFactor=0.0, roughnessFactor=0.2)
    scene.add_geometry(
        plate(0.0, flat),
        node_name='high',
        transform=trimesh.transformations.translation_matrix([0, 0.5, 0]),
    )
    path = tmp_path_factory.mktemp('meshes') / 'plates.glb'
    scene.export(path)
    return read_painted_mesh(path)


def test_nodes_stand_in_their_places_with_their_materials(mesh):
    assert mesh.vertices.shape == (8, 3) and mesh.faces.shape == (4, 3)
    assert set(mesh.vertices[:, 1].tolist()) == {0.0, 0.5}
    assert len(set(mesh.piece_of.tolist())) == 2
    fit = fit_cube(mesh.vertices, 0.499995)
    voxels = mesh_to_voxels(fit.apply(mesh.vertices), mesh.faces, mesh.paint, 16)
    heights = (voxels.coords[:, 1] + voxels.dual_places[:, 1]) / 16 - 0.5
    is_low = heights < 0
    expected = {
        'base_color': ([40, 80, 120], [255, 0, 0]),
        'metallic': ([127], [0]),
        'roughness': ([255], [51]),
        'alpha': ([255], [255]),
    }
    for name, (low, high) in expected.items():
        values = voxels.attributes[name]
        assert (values[is_low] == low).all() and (values[~is_low] == high).all(), name
    assert is_low.any() and (~is_low).any()


def test_a_palette_is_resized_to_the_nearest_texel(tmp_path):
    """Other pictures bilinearly: that is what Pillow does for the release."""
    stripes = np.zeros((6, 6, 3), np.uint8)
    stripes[:, ::2] = 200
    material = trimesh.visual.material.PBRMaterial
    for number, mode in enumerate(('P', 'RGB')):
        path = tmp_path / f'{number}.glb'
        picture = Image.fromarray(stripes)
        picture = picture.quantize(2) if mode == 'P' else picture
        trimesh.Scene(plate(0.0, material(baseColorTexture=picture))).export(path)
        (read,) = read_painted_mesh(path).paint.materials
        texels = read.color_texture.picture
        assert texels.shape == (8, 8, 4)
        assert (set(np.unique(texels[..., :3])) == {0, 200}) == (mode == 'P')


def test_files_without_triangles_are_refused(tmp_path):
    path = tmp_path / 'broken.glb'
    path.write_bytes(b'glTF of nothing')
    with pytest.raises(InputError, match='not a readable'):
        read_painted_mesh(path)
