# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SegviGen at its smallest size: all modes, on a mesh and on a cloud, from a file."""

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from part_seg_ros.errors import CanceledError, InputError
from part_seg_ros.models import build_model
from part_seg_ros.models.segvigen.colors import to_bytes, white_share
from part_seg_ros.models.segvigen.config import CELL, TINY
from part_seg_ros.models.segvigen.model import SegvigenNet
from part_seg_ros.models.segvigen.settings import SegmentEverySettings, SegvigenSettings
from part_seg_ros.models.segvigen.system import SegvigenSystem, as_parts
from part_seg_ros.models.segvigen.voxels.paint import Material, MaterialPaint
from part_seg_ros.models.segvigen.voxels.painted_mesh import PaintedMesh
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import Mesh, PointCloud, PointPrompt

FEW = SegvigenSettings(num_steps=2, mesh_points=500)


def bar() -> Mesh:
    """A box of 1 × 2 × 3, coloured by place."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 2) for z in (0, 3)], float)
    sides = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = [side[:3] for side in sides] + [[side[0], *side[2:]] for side in sides]
    return Mesh(vertices=corners, faces=faces, vertex_colors=corners / [1, 2, 3])


def ball(num_points: int = 800) -> PointCloud:
    normals = np.random.default_rng(0).normal(size=(num_points, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return PointCloud(points=normals * [1, 0.8, 0.6], normals=normals, colors=np.abs(normals))


SHAPES = {'mesh': bar, 'cloud': ball}


def clicks(*coords) -> PointPrompt:
    return PointPrompt(prompt_coords=np.array(coords), prompt_labels=np.ones(len(coords)))


def picture() -> np.ndarray:
    """Two colours on white, 60 × 90."""
    drawn = np.full((60, 90, 3), 255, np.uint8)
    drawn[10:40, 30:50] = 200, 30, 30
    drawn[10:40, 50:70] = 30, 30, 200
    return drawn


@pytest.fixture(scope='module')
def system(tmp_path_factory):
    """Built from a file that holds random weights."""
    torch.manual_seed(1)
    path = tmp_path_factory.mktemp('weights') / 'tiny.safetensors'
    save_file(SegvigenNet(TINY).state_dict(), path)
    built = build_model(
        'segvigen-tiny',
        checkpoint=path,
        device='cpu',
        settings={'num_steps': 2, 'mesh_points': 500},
    )
    assert len(built.weights_sha256) == 64
    return built


@pytest.fixture(scope='module')
def embeddings(system):
    return {kind: system.encode(make()) for kind, make in SHAPES.items()}


def check_parts(parts, num_points):
    """Ids 0 to K - 1 by falling size, every point in a part."""
    assert parts.part_ids.shape == (num_points,) and parts.part_ids.dtype == np.int32
    counts = np.bincount(parts.part_ids)
    assert len(counts) == len(parts.parts) and (np.diff(counts) <= 0).all() and counts.all()
    assert [part.part_id for part in parts.parts] == list(range(len(counts)))


@pytest.mark.parametrize('kind', SHAPES)
def test_clicks_paint_a_mask(system, embeddings, kind):
    embedding = embeddings[kind]
    prompt = clicks(*embedding.points[[0, 90]])
    answer = system.predict(embedding, prompt)
    shares = system.white_shares(embedding, prompt)
    assert answer.mask_logits.shape == (1, len(embedding.points))
    np.testing.assert_array_equal(answer.masks[0], shares > 0.5)
    assert 0 < answer.masks.sum() < answer.masks.size
    assert 0 <= answer.iou_pred[0] <= 1
    again = system.predict(embedding, prompt)
    np.testing.assert_array_equal(answer.mask_logits, again.mask_logits)
    both = system.predict_batch(
        embedding, [clicks(embedding.points[5]), clicks(*prompt.prompt_coords[:1])]
    )
    alone = system.predict(embedding, clicks(embedding.points[5]))
    np.testing.assert_array_equal(both[0].mask_logits, alone.mask_logits)


def test_clicks_count_by_cell_and_not_by_order(system, embeddings):
    embedding = embeddings['cloud']
    cells = embedding.state.placement.voxels(embedding.points, TINY.grid) // CELL
    other = int(np.flatnonzero((cells != cells[0]).any(axis=1))[0])
    same = int(np.flatnonzero((cells == cells[0]).all(axis=1))[-1])
    one, two, double = (
        system.predict(embedding, clicks(*embedding.points[rows])).mask_logits
        for rows in ([0, other], [other, 0], [0, other, same])
    )
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, double)
    single = system.predict(embedding, clicks(embedding.points[0])).mask_logits
    assert np.abs(one - single).max() > 1e-4


@pytest.mark.parametrize('kind', SHAPES)
@pytest.mark.parametrize('is_guided', [False, True])
def test_every_part_is_painted_with_a_picture_or_without(system, embeddings, kind, is_guided):
    embedding, told = embeddings[kind], []
    settings = SegmentEverySettings(picture=picture() if is_guided else None)
    parts = system.segment_all(
        embedding, settings, progress=lambda share, num: told.append((share, num))
    )
    check_parts(parts, len(embedding.points))
    assert told == [(0.0, 0), (0.5, 0), (1.0, len(parts.parts))]
    if is_guided:
        assert len(parts.parts) <= 2
    else:
        assert len(parts.parts) > 1


def test_a_palette_says_what_the_colours_of_a_picture_are(system, embeddings):
    palette = np.array([[200, 30, 30], [30, 30, 200], [0, 255, 0], [255, 255, 255]])
    guided = SegmentEverySettings(picture=picture(), palette=palette)
    assert len(system.segment_all(embeddings['mesh'], guided).parts) <= 4
    other = picture()[:, ::-1].copy()
    state = embeddings['mesh'].state
    with torch.inference_mode():
        one, two = (system._paint('guided', state, picture=shown) for shown in (picture(), other))
    assert np.abs(one - two).max() > 1e-4


def test_faces_of_a_mesh_are_labelled(system, embeddings):
    parts = system.segment_faces(bar(), embeddings['mesh'])
    check_parts(parts, 12)
    with pytest.raises(InputError, match='of a cloud'):
        system.segment_faces(bar(), embeddings['cloud'])


def test_the_seed_and_the_number_of_draws_matter(system, embeddings):
    embedding = embeddings['cloud']
    net, prompt = system.net, clicks(embedding.points[0])

    def shares(**changes):
        changed = SegvigenSystem(net, 'cpu', settings=dataclasses.replace(FEW, **changes))
        return changed.white_shares(embedding, prompt)

    first, second, both = shares(seed=0), shares(seed=1), shares(seed=0, num_draws=2)
    assert np.abs(first - second).max() > 1e-3
    np.testing.assert_allclose(both, (first + second) / 2, atol=1e-5)


def test_guidance_makes_a_picture_count_for_more(system, embeddings):
    state = embeddings['cloud'].state
    painted = {}
    for strength in (0.0, 1.0, 3.0):
        settings = dataclasses.replace(FEW, guidance=strength, num_steps=6)
        changed = SegvigenSystem(system.net, 'cpu', settings=settings)
        with torch.inference_mode():
            painted[strength] = changed._paint('guided', state, picture=picture())
    away = np.abs(painted[3.0] - painted[0.0]).mean()
    assert away > np.abs(painted[1.0] - painted[0.0]).mean() > 0


def test_a_view_of_the_object_is_heeded_where_no_picture_guides(system, embeddings):
    embedding = embeddings['mesh']
    seen = system.with_view(embedding, picture())
    prompt = clicks(embedding.points[0])
    plain, shown = (system.white_shares(e, prompt) for e in (embedding, seen))
    assert np.abs(plain - shown).max() > 1e-5
    guided = SegmentEverySettings(picture=picture()[::-1].copy())
    one, two = (system.segment_all(e, guided).part_ids for e in (embedding, seen))
    np.testing.assert_array_equal(one, two)
    assert seen.num_bytes > embedding.num_bytes
    with pytest.raises(InputError, match='no object'):
        system.with_view(embedding, picture() * 0 + 255)


def test_weights_in_16_bits_paint_nearly_the_same(half_config):
    torch.manual_seed(3)
    net = SegvigenNet(half_config, ['interactive'], has_image_encoder=False)
    shares, kinds = [], []
    for kind in ('half', 'single'):
        if kind == 'single':
            net.float()
        settings = dataclasses.replace(FEW, precision='released')
        system = SegvigenSystem(net, 'cpu', settings=settings)
        embedding = system.encode(ball())
        shares.append(system.white_shares(embedding, clicks(embedding.points[0])))
        kinds.append(net.tex_decoder.blocks[0][0].conv.weight.dtype)
    assert kinds == [torch.float16, torch.float32]
    assert 0 < np.abs(shares[0] - shares[1]).mean() < 0.1 * shares[1].std()


def test_networks_that_rest_in_16_bits_answer_as_those_that_stay(half_config):
    torch.manual_seed(3)
    net = SegvigenNet(half_config)
    rested = {name: (value.dtype, value.data_ptr()) for name, value in net.named_parameters()}
    seen = []
    answers = []
    for low_memory in (True, False):
        settings = dataclasses.replace(FEW, low_memory=low_memory)
        system = SegvigenSystem(net, 'cpu', settings=settings)
        hook = net.flows['interactive'].flow_model.register_forward_hook(
            lambda module, args, out: seen.append(types_of(net))
        )
        embedding = system.encode(ball())
        guided = SegmentEverySettings(picture=picture())
        answers.append(
            [
                system.white_shares(embedding, clicks(embedding.points[0])),
                system.segment_all(embedding).part_ids,
                system.segment_all(embedding, guided).part_ids,
            ]
        )
        hook.remove()
        if low_memory:
            now = {name: (value.dtype, value.data_ptr()) for name, value in net.named_parameters()}
            assert now == rested
            net.residency = None
    for one, other in zip(*answers, strict=True):
        np.testing.assert_array_equal(one, other)
    # While a flow network works in 32 bits, the others rest in 16.
    assert seen[0] == {
        'flows.interactive': {torch.float32},
        'tex_decoder': {torch.float16, torch.float32},
        'flows.full': {torch.bfloat16, torch.float32},
    }
    assert set().union(*seen[-1].values()) == {torch.float32}


def types_of(net):
    return {
        name: {value.dtype for value in net.get_submodule(name).parameters()}
        for name in ('flows.interactive', 'tex_decoder', 'flows.full')
    }


@pytest.fixture
def half_config():
    """Tiny, in the 16-bit types of the release."""
    return dataclasses.replace(
        TINY,
        encoder=dataclasses.replace(TINY.encoder, dtype='float16'),
        decoder=dataclasses.replace(TINY.decoder, dtype='float16'),
        flow=dataclasses.replace(TINY.flow, dtype='bfloat16'),
    )


def test_an_error_at_work_leaves_the_weights_where_they_rest(half_config):
    net = SegvigenNet(half_config, ['full'], has_image_encoder=False)
    system = SegvigenSystem(net, 'cpu', settings=dataclasses.replace(FEW, low_memory=True))
    embedding = system.encode(ball())
    asked = iter([False, True])
    with pytest.raises(CanceledError):
        system.segment_all(embedding, should_stop=lambda: next(asked))
    assert net.flows['full'].flow_model.blocks[0].mlp.mlp[0].weight.dtype == torch.bfloat16
    assert system.segment_all(embedding).part_ids.shape == (800,)


def test_the_embedding_tells_its_points_features_and_memory(system, embeddings):
    for kind, num in (('mesh', 500), ('cloud', 800)):
        embedding = embeddings[kind]
        assert embedding.points.shape == (num, 3)
        assert embedding.point_features.shape == (num, 64)
        assert np.isfinite(embedding.point_features).all()
        # Painting adds nothing to what is held.
        assert embedding.num_bytes > len(embedding.state.encoded.steps[-1].fine) * 100
        held = embedding.state.encoded.num_bytes
        system.predict(embedding, clicks(embedding.points[0]))
        assert embedding.state.encoded.num_bytes == held
    state = embeddings['mesh'].state
    cells = state.encoded.cells.coords[:, 1:].numpy()
    own = state.placement.voxels(embeddings['mesh'].points[:50], TINY.grid) // CELL
    latents = torch.cat([state.encoded.shape, state.encoded.texture], 1).numpy()
    rows = [np.flatnonzero((cells == cell).all(axis=1)) for cell in own]
    assert all(len(row) == 1 for row in rows)
    agree = embeddings['mesh'].point_features[:50] == latents[np.concatenate(rows)]
    assert agree.all(axis=1).mean() > 0.9  # others lie at the border of their cell


def test_size_and_place_do_not_matter_and_up_does(system):
    cloud = ball()
    moved = dataclasses.replace(cloud, points=cloud.points * 4 + [8, -16, 32])
    one, two = (
        system.predict(system.encode(shape), clicks(shape.points[3])).mask_logits
        for shape in (cloud, moved)
    )
    assert ((one > 0) == (two > 0)).mean() > 0.97
    for axis, turned in (('z', [[1, 0, 0], [0, 0, -1], [0, 1, 0]]), ('y', np.eye(3))):
        # The same ball, said to have another axis up, after turning it so.
        other = SegvigenSystem(system.net, 'cpu', settings=dataclasses.replace(FEW, up_axis=axis))
        embedding = other.encode(cloud)
        places = embedding.state.placement.apply(cloud.points)
        low, high = cloud.points.min(axis=0), cloud.points.max(axis=0)
        wanted = (
            (cloud.points - (low + high) / 2) @ np.array(turned) / (high - low).max() * 0.99999
        )
        np.testing.assert_allclose(places, wanted, atol=1e-5)


def test_materials_are_read_and_stand_y_up(system):
    mesh = bar()
    red = MaterialPaint(
        materials=(Material(color=np.array([1.0, 0, 0, 1])),), material_of=np.zeros(12, int)
    )
    painted = PaintedMesh(
        vertices=mesh.vertices, faces=mesh.faces, paint=red, piece_of=np.zeros(12, np.int32)
    )
    embedding = system.encode(painted)
    assert embedding.state.placement.up_axis == 'y'
    grey = Mesh(vertices=mesh.vertices, faces=mesh.faces)
    upright = SegvigenSystem(system.net, 'cpu', settings=dataclasses.replace(FEW, up_axis='y'))
    other = upright.encode(grey)
    np.testing.assert_array_equal(other.points, embedding.points)
    shape, texture = np.split(
        np.abs(embedding.point_features - other.point_features).max(axis=0), 2
    )
    assert shape.max() < 1e-5 and texture.max() > 1e-3


def test_the_segmenter_serves_it(system):
    cloud = ball(900)
    segmenter = Segmenter(system, SegmenterConfig(max_points=400))
    encoded = segmenter.encode(cloud)
    found = segmenter.predict(encoded, clicks(cloud.points[10]))
    assert found.mask.shape == (900,)
    refined = segmenter.predict(encoded, clicks(*cloud.points[[10, 20]]), found)
    assert refined.mask.shape == (900,)
    parts = segmenter.segment_all(encoded)
    assert parts.part_ids.shape == (900,) and len(parts.parts) > 1


def test_painting_can_be_cancelled(system, embeddings):
    with pytest.raises(CanceledError):
        system.segment_all(embeddings['cloud'], should_stop=lambda: True)


def test_a_system_without_the_weights_of_a_mode_says_so(embeddings):
    net = SegvigenNet(TINY, ['full'], has_image_encoder=False)
    system = SegvigenSystem(net, 'cpu', settings=FEW)
    embedding = system.encode(ball())
    with pytest.raises(InputError, match="'interactive', only for full"):
        system.predict(embedding, clicks(embedding.points[0]))
    net = SegvigenNet(TINY, ['guided'], has_image_encoder=False)
    guided = SegvigenSystem(net, 'cpu', settings=FEW)
    embedding = guided.encode(ball())
    with pytest.raises(InputError, match='image encoder'):
        guided.segment_all(embedding, SegmentEverySettings(picture=picture()))
    with pytest.raises(InputError, match='image encoder'):
        guided.with_view(embedding, picture())


BAD_SHAPES = {
    'empty mesh': Mesh(vertices=np.zeros((0, 3)), faces=np.zeros((0, 3), int)),
    'no area': Mesh(vertices=np.eye(3)[[0, 1, 0]], faces=[[0, 1, 2]]),
    'not finite': Mesh(vertices=np.eye(3) * np.nan, faces=[[0, 1, 2]]),
    'few points': PointCloud(points=np.eye(3)),
    'one place': PointCloud(points=np.ones((40, 3))),
}


@pytest.mark.parametrize('name', BAD_SHAPES)
def test_bad_shapes_are_refused(system, name):
    with pytest.raises(InputError):
        system.encode(BAD_SHAPES[name])


def test_an_open_mesh_is_fine(system):
    mesh = bar()
    opened = dataclasses.replace(mesh, faces=mesh.faces[:-3])
    answer = system.predict(system.encode(opened), clicks(mesh.vertices[0]))
    assert np.isfinite(answer.mask_logits).all()


def test_bad_prompts_are_refused(system, embeddings):
    embedding = embeddings['cloud']
    point = embedding.points[0]
    with pytest.raises(InputError, match='up to 10 clicks, got 11'):
        system.predict(embedding, clicks(*embedding.points[:11]))
    with pytest.raises(InputError, match='cube'):
        system.predict(embedding, clicks(point + 9))
    with pytest.raises(InputError, match='background'):
        system.predict(embedding, PointPrompt(prompt_coords=[point], prompt_labels=[0]))
    with pytest.raises(InputError, match='previous'):
        system.predict(embedding, clicks(point), np.zeros(800, np.float32))


@pytest.mark.parametrize(
    'wrong',
    [
        {'picture': np.zeros((4, 4), np.uint8)},
        {'picture': np.zeros((4, 4, 3), np.float32)},
        {'palette': np.zeros((2, 3))},
        {'picture': picture(), 'palette': np.zeros((2, 4))},
    ],
)
def test_bad_pictures_are_refused(wrong):
    with pytest.raises(InputError):
        SegmentEverySettings(**wrong)


def test_a_picture_of_nothing_is_refused(system, embeddings):
    blank = SegmentEverySettings(picture=np.full((30, 30, 3), 255, np.uint8))
    with pytest.raises(InputError, match='no object'):
        system.segment_all(embeddings['cloud'], blank)


def test_parts_are_numbered_by_size():
    parts = as_parts(np.array([7, 7, 3, 3, 3, -1, 9]), 2)
    assert parts.part_ids.tolist() == [1, 1, 0, 0, 0, -1, -1] and len(parts.parts) == 2


def test_reading_colours_agrees_with_the_mask(system, embeddings):
    embedding = embeddings['mesh']
    with torch.inference_mode():
        colors = system._paint('full', embedding.state)
    read = embedding.state.read_out.at_points(colors)
    assert read.shape == (500, 3) and to_bytes(read).dtype == np.uint8
    assert white_share(read).shape == (500,)
