# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Short real runs of SegviGen's training on the CPU."""

import copy
import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from part_seg_ros.errors import CheckpointError, ConfigError, InputError
from part_seg_ros.models import build_model
from part_seg_ros.models.registry import (
    SEGVIGEN_AUTOENCODERS,
    SEGVIGEN_BASE,
    SEGVIGEN_FLOWS,
)
from part_seg_ros.models.segvigen.checkpoint import load_to_train
from part_seg_ros.models.segvigen.config import CELL, MODES, TINY
from part_seg_ros.models.segvigen.model import SegvigenNet
from part_seg_ros.models.segvigen.picture import VIEW, crop, network_picture
from part_seg_ros.models.segvigen.preparation import place
from part_seg_ros.models.segvigen.settings import SegmentEverySettings
from part_seg_ros.models.segvigen.voxels.from_mesh import painted_voxels
from part_seg_ros.structures import PointCloud, PointPrompt
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.labeled_objects import LabeledObject, object_source
from part_seg_ros.training.loop import run
from part_seg_ros.training.segvigen import SegvigenRecipe, SegvigenTinyTraining, SegvigenTraining
from part_seg_ros.training.segvigen_objects import (
    distinct_colors,
    draw_clicks,
    draw_painted,
    own_paint,
    part_paint,
    segvigen_batch,
)
from part_seg_ros.training.segvigen_pictures import flat_picture, network_input, shaded

ALONE = ProcessRank(rank=0, world_size=1)
RUN = SegvigenTinyTraining(
    num_steps=20, num_workers=0, num_threads=1, seed=1, device='cpu', learning_rate=4e-3
)


def blocks() -> LabeledObject:
    """Two boxes side by side along x, part 0 twice as wide as part 1; up is y."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], np.float32)
    sides = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    faces = np.array([side[:3] for side in sides] + [[side[0], *side[2:]] for side in sides])
    return LabeledObject(
        vertices=np.concatenate([corners * [2, 1, 1], corners + [2, 0, 0]]).astype(np.float32),
        faces=np.concatenate([faces, faces + 8]),
        part_ids=np.repeat([0, 1], 12),
        vertex_colors=None,
        up_axis='y',
    )


class OneObject:
    """A source of the same object all the time."""

    def __init__(self, obj):
        self.obj = obj

    def draw(self, rng):
        return self.obj


def test_twenty_steps_learn_and_leave_loadable_weights(tmp_path, losses_on_one_batch):
    recipe = SegvigenRecipe(RUN)
    before = copy.deepcopy(recipe.net.state_dict())
    losses = losses_on_one_batch(recipe, RUN)
    assert len(losses) == 20
    assert np.mean(losses[-5:]) < 0.85 * np.mean(losses[:5])
    path = tmp_path / recipe.weights_name
    system = build_model(
        'segvigen-tiny',
        checkpoint=path,
        device='cpu',
        settings={'num_steps': 2, 'mesh_points': 200},
    )
    moved = set()
    for name, value in system.net.state_dict().items():
        assert torch.equal(value, recipe.net.state_dict()[name]), name
        if not torch.equal(value, before[name]):
            moved.add('.'.join(name.split('.')[:2]))
    assert moved == {f'flows.{mode}' for mode in MODES}
    points = np.random.default_rng(0).normal(size=(300, 3)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    embedding = system.encode(PointCloud(points=points))
    prompt = PointPrompt(prompt_coords=points[:1], prompt_labels=[1])
    assert system.predict(embedding, prompt).mask_logits.shape == (1, 300)
    picture = np.zeros((40, 40, 3), np.uint8) + np.uint8([200, 30, 30])
    parts = system.segment_all(embedding, SegmentEverySettings(picture=picture))
    assert parts.part_ids.shape == (300,)


def test_mixed_precision_learns_too(losses_on_one_batch):
    exactly = dataclasses.replace(RUN, modes=('interactive',), batch_clouds=1)
    config = dataclasses.replace(exactly, precision='bf16')
    losses = losses_on_one_batch(SegvigenRecipe(config), config)
    assert np.mean(losses[-5:]) < 0.9 * np.mean(losses[:5])
    recipe = SegvigenRecipe(exactly)
    generator = torch.Generator().manual_seed(RUN.seed * 1_000_003)
    exact = recipe.learn(recipe.make_batch(0, ALONE), generator)['loss']
    assert 0 < abs(losses[0] - exact) < 0.02


def test_resumed_run_equals_an_unbroken_one(tmp_path):
    short = dataclasses.replace(RUN, num_steps=3, accumulation=2)
    whole = run(SegvigenRecipe(short), short, tmp_path / 'whole')
    run(SegvigenRecipe(short), short, tmp_path / 'broken', until=1)
    resumed = run(SegvigenRecipe(short), short, tmp_path / 'broken', resume=True)
    expected, found = load_file(whole), load_file(resumed)
    for key in expected:
        assert torch.equal(found[key], expected[key]), key


def test_the_loss_is_that_of_the_velocity_from_the_painted_latent_to_the_noise():
    recipe = SegvigenRecipe(RUN)
    one = recipe.make_batch(0, ALONE).objects[0]
    seen = {}
    flow = recipe.net.flow(one.mode)

    def look(module, args, velocity):
        seen.update(noisy=args[0], time=args[1], velocity=velocity)

    hook = flow.register_forward_hook(look)
    loss = recipe.loss(one, torch.Generator().manual_seed(3))
    hook.remove()
    generator = torch.Generator().manual_seed(3)
    noise = torch.randn(seen['noisy'].shape, generator=generator)
    time = 1 / (1 + torch.exp(-torch.randn(1, generator=generator) - 1))
    torch.testing.assert_close(seen['time'], time)
    # What was mixed with the noise is the latent of the target, which the picture of the object
    # as it is has not.
    latent = (seen['noisy'] - (1e-5 + (1 - 1e-5) * time) * noise) / (1 - time)
    wanted = (1 - 1e-5) * noise - latent
    torch.testing.assert_close(
        loss, (seen['velocity'] - wanted).square().mean(), rtol=1e-4, atol=0
    )
    painted = dataclasses.replace(one, texture_values=one.target_values)
    assert loss != recipe.loss(painted, torch.Generator().manual_seed(3))
    unpainted = dataclasses.replace(one, target_values=one.texture_values)
    assert loss != recipe.loss(unpainted, torch.Generator().manual_seed(3))


def test_modes_take_turns_and_objects_are_the_same_however_many_make_them():
    source = object_source('', up_axis='z', free_share=0.5)
    config = dataclasses.replace(RUN, batch_clouds=2)
    batches = [segvigen_batch(config, source, i, ALONE) for i in range(3)]
    assert [one.mode for batch in batches for one in batch.objects] == [*MODES, *MODES]
    for rank in range(2):
        half = segvigen_batch(config, source, 2, ProcessRank(rank=rank, world_size=2))
        (one,), other = half.objects, batches[2].objects[rank]
        for name in ('coords', 'texture_values', 'target_values'):
            assert torch.equal(getattr(one, name), getattr(other, name)), name


def test_targets_are_white_and_black_or_one_colour_a_part():
    config = dataclasses.replace(RUN, null_share=0.0, painted_share=1.0)
    palettes = []
    for seed, mode in enumerate((*MODES, 'full')):
        one = draw_painted(config, OneObject(blocks()), mode, np.random.default_rng(seed))
        target = one.target_values.numpy()
        np.testing.assert_array_equal(target[:, 3:], np.tile([-1, 1, 1], (len(target), 1)))
        is_left = (one.coords[:, 1] < 40).numpy()  # of the border at 2/3 of 64
        is_right = (one.coords[:, 1] > 45).numpy()
        left, right = target[is_left, :3], target[is_right, :3]
        assert (left == left[0]).all() and (right == right[0]).all()
        if mode == 'interactive':
            assert {left[0, 0], right[0, 0]} == {-1, 1}
            side = left if left[0, 0] == 1 else right
            assert (side == 1).all()
            cells = one.click_cells[0][one.click_labels[0] == 1].numpy()
            assert 1 <= len(cells) <= 10
            keys = (one.coords[:, 1:] // CELL).numpy()
            for cell in cells:
                inside = (keys == cell).all(axis=1)
                assert inside.any() and (target[inside, :3] == 1).all()
        else:
            assert one.click_cells is None and one.click_labels is None
            palettes.append((*left[0], *right[0]))
        assert one.picture.shape == (3, TINY.image.side, TINY.image.side)
    assert len(set(palettes)) == 3


def test_pictures_are_left_out_at_times_and_guide_by_flat_colours():
    source = OneObject(blocks())
    for share, wanted in ((0.0, False), (1.0, True)):
        config = dataclasses.replace(RUN, null_share=share)
        one = draw_painted(config, source, 'full', np.random.default_rng(0))
        assert (one.picture is None) == wanted
    config = dataclasses.replace(RUN, null_share=0.0)
    one = draw_painted(config, source, 'guided', np.random.default_rng(0))
    mean, std = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    pixels = one.picture.numpy().transpose(1, 2, 0) * std + mean
    for color in np.unique((one.target_values[:, :3].numpy() + 1) / 2, axis=0):
        share = (np.abs(pixels - color) < 0.01).all(axis=2).mean()
        if share > 0:
            break
    else:
        pytest.fail('no part shows its colour in the picture')


def test_the_picture_of_training_is_nearly_that_of_answers():
    obj = blocks()
    points = place(obj.vertices, 'y').apply(obj.vertices)
    colors = np.where(obj.part_ids[:, None] == 0, [1.0, 0, 0], [0, 0, 1.0])
    picture = flat_picture(points, obj.faces, colors)
    assert picture.shape == (VIEW.side, VIEW.side, 4)
    seen = [(picture[:, :, c] == 1).mean() for c in (0, 2)]
    assert min(seen) > 0.02 and picture[0, 0, 3] == 0
    found = network_input(picture, 64).numpy()
    wanted = network_picture(crop((picture * 255).astype(np.uint8)), 64)
    assert np.abs(found - wanted).mean() < 0.1
    assert network_input(np.zeros((8, 8, 4), np.float32), 64) is None
    dimmed = shaded(points, obj.faces, colors)
    assert (dimmed <= colors).all() and dimmed.max() > 0.5 and len(np.unique(dimmed)) > 3


def test_paints_and_palettes():
    obj = blocks()
    rng = np.random.default_rng(0)
    many = distinct_colors(300, rng)
    assert len(np.unique(many, axis=0)) == 300
    np.testing.assert_array_equal(many * 255, np.rint(many * 255))
    middle = np.full((24, 3), 1 / 3)
    values = own_paint(obj, 0.0, rng).values(np.arange(24), middle, np.zeros(24))
    assert (values[:, :3] == 0.5).all()
    colored = dataclasses.replace(obj, vertex_colors=np.full((16, 3), 0.25))
    values = own_paint(colored, 1.0, rng).values(np.arange(24), middle, np.zeros(24))
    np.testing.assert_allclose(values[:, :3], 0.25)
    ids = np.where(np.arange(24) == 5, -1, obj.part_ids)
    values = part_paint(ids, np.eye(3)[:2]).values(np.arange(24), middle, np.zeros(24))
    np.testing.assert_array_equal(values[5], [0, 0, 0, 0, 1, 1])
    np.testing.assert_array_equal(values[[0, 20]], [[1, 0, 0, 0, 1, 1], [0, 1, 0, 0, 1, 1]])


def test_clicks_need_a_cell_that_is_white_alone():
    obj = blocks()
    points = place(obj.vertices, 'y').apply(obj.vertices)
    for part, count in ((0, None), (1, None), (2, 0)):
        palette = np.where(np.arange(3)[:, None] == part, 1.0, np.zeros((1, 3)))
        (voxels,) = painted_voxels(points, obj.faces, [part_paint(obj.part_ids, palette)], 64)
        clicks = draw_clicks(voxels, np.random.default_rng(0))
        assert (clicks is None) == (count == 0)
    whole = OneObject(dataclasses.replace(obj, part_ids=np.arange(24)))
    with pytest.raises(InputError, match='of its own to click into'):
        draw_painted(dataclasses.replace(RUN), whole, 'interactive', np.random.default_rng(0))


def test_a_folder_of_labelled_meshes_is_learned_from(tmp_path):
    obj = blocks()
    np.savez(tmp_path / 'a.npz', vertices=obj.vertices, faces=obj.faces, labels=obj.part_ids)
    config = dataclasses.replace(RUN, meshes=str(tmp_path), up_axis='y')
    recipe = SegvigenRecipe(config)
    batch = recipe.make_batch(0, ALONE)
    points = place(obj.vertices, 'y').apply(obj.vertices)
    (voxels,) = painted_voxels(points, obj.faces, [part_paint(obj.part_ids, np.eye(3)[:2])], 64)
    for one in batch.objects:
        np.testing.assert_array_equal(one.coords[:, 1:], voxels.coords)
    figures = recipe.learn(batch, torch.Generator().manual_seed(0))
    assert figures.keys() == {'loss', *MODES}
    assert figures['loss'] == pytest.approx(np.mean([figures[mode] for mode in MODES]))
    np.savez(
        tmp_path / 'a.npz', vertices=obj.vertices, faces=obj.faces, masks=np.ones((1, 24), bool)
    )
    with pytest.raises(InputError, match='labels of its faces'):
        SegvigenRecipe(config)


def test_training_begins_with_released_files_and_the_base_where_a_mode_is_new(tmp_path):
    torch.manual_seed(5)
    net = SegvigenNet(TINY)
    with pytest.raises(CheckpointError, match='shape_enc'):
        load_to_train(TINY, tmp_path, MODES)
    (tmp_path / 'ckpts').mkdir()
    for name, file in SEGVIGEN_AUTOENCODERS.items():
        save_file(net.get_submodule(name).state_dict(), tmp_path / file.name)
    full = {f'gen3dseg.{k}': v for k, v in net.flows['full'].state_dict().items()}
    torch.save({'state_dict': full}, tmp_path / SEGVIGEN_FLOWS['full'].name)
    with pytest.raises(CheckpointError, match='slat_flow_imgshape2tex'):
        load_to_train(TINY, tmp_path, MODES)
    base = net.flows['guided'].flow_model.state_dict()
    save_file(base, tmp_path / SEGVIGEN_BASE.name)
    config = dataclasses.replace(RUN, null_share=1.0)
    found = load_to_train(TINY, tmp_path, MODES)
    for mode, source in (('interactive', 'guided'), ('full', 'full'), ('guided', 'guided')):
        wanted = net.flows[source].flow_model.state_dict()
        for name, value in found.flows[mode].flow_model.state_dict().items():
            assert torch.equal(value, wanted[name]), (mode, name)
    assert found.flows['interactive'].seg_embeddings.weight.std() > 0.5
    recipe = SegvigenRecipe(config, init=tmp_path)
    assert np.isfinite(
        recipe.learn(recipe.make_batch(0, ALONE), torch.Generator().manual_seed(0))['loss']
    )
    with pytest.raises(CheckpointError, match='null_share: 1'):
        SegvigenRecipe(RUN, init=tmp_path)
    weights = run(recipe, dataclasses.replace(config, num_steps=1), tmp_path / 'out')
    again = SegvigenRecipe(dataclasses.replace(config, seed=9), init=weights)
    for name, value in load_file(weights).items():
        assert torch.equal(again.net.state_dict()[name], value), name
    alone = dataclasses.replace(config, modes=('full',))
    only_full = SegvigenRecipe(alone, init=tmp_path)
    weights = run(only_full, dataclasses.replace(alone, num_steps=1), tmp_path / 'full')
    with pytest.raises(CheckpointError, match='no weights for interactive, guided'):
        SegvigenRecipe(config, init=weights)


def test_weights_are_written_in_the_types_of_the_preset(tmp_path):
    recipe = SegvigenRecipe(RUN)
    half = dataclasses.replace(TINY, flow=dataclasses.replace(TINY.flow, dtype='bfloat16'))
    recipe.net.config = half
    recipe.save(recipe.net, tmp_path / 'w.safetensors', 1, 2.0)
    with torch.device('meta'):
        wanted = SegvigenNet(half).state_dict()
    written = load_file(tmp_path / 'w.safetensors')
    assert {k: v.dtype for k, v in written.items()} == {k: v.dtype for k, v in wanted.items()}


@pytest.mark.parametrize('modes', [(), ('full', 'full'), ('interactive', 'fully')])
def test_modes_must_be_known_and_once_each(modes):
    with pytest.raises(ConfigError, match='modes must be some of'):
        SegvigenTraining(modes=modes)


def test_gradients_are_clipped_network_by_network():
    recipe = SegvigenRecipe(dataclasses.replace(RUN, gradient_norm=0.5))
    recipe.learn(recipe.make_batch(0, ALONE), torch.Generator().manual_seed(0))
    for flow in recipe.net.flows.values():
        for parameter in flow.parameters():
            parameter.grad *= 1e3
    recipe.clip_gradients()
    for flow in recipe.net.flows.values():
        total = torch.stack([p.grad.norm() for p in flow.parameters()]).norm()
        assert total == pytest.approx(0.5, rel=1e-3)
