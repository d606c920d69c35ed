# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which objects of a pass are kept, and who owns which pixel."""

import numpy as np
import pytest

from part_seg_ros.geometry.rendered_views import mesh_surface, render
from part_seg_ros.models.geosam2.cameras import find_world, twelve_cameras
from part_seg_ros.models.geosam2.mask_filters import (
    PROMPTED,
    ObjectRules,
    is_kept,
    overlap,
    stability,
    sure_of_thin_bits,
)
from part_seg_ros.models.geosam2.objects import NO_PART, ObjectMasks, keep_objects, paint
from part_seg_ros.models.geosam2.passes import FollowedObject

SIZE = 64
AUTOMATIC = ObjectRules(min_stability=0.7, max_growth=1.0)


def block(size, value=5.0, low=-5.0, total=SIZE):
    logits = np.full((total, total), low, np.float32)
    logits[8 : 8 + size, 8 : 8 + size] = value
    return logits


def test_stability_is_the_share_that_a_shift_of_the_threshold_leaves():
    logits = block(10)
    logits[:4, 40] = [0.5, -0.5, -0.8, 0.9]
    assert stability(logits) == pytest.approx(101 / 103)
    assert stability(block(0)) == 0


def test_bits_narrower_than_the_square_become_certain():
    logits = block(20)
    logits[30, 40:50] = 0.1
    sure = sure_of_thin_bits(logits)
    assert (sure[30, 40:50] == 1024).all()
    sure[30, 40:50] = logits[30, 40:50]
    np.testing.assert_array_equal(sure, logits)


@pytest.mark.parametrize(
    ('logits', 'automatic'),
    [
        ({0: block(20), 1: block(20)}, True),
        ({0: block(20), 1: block(21)}, False),  # grows
        ({0: block(20, value=0.6), 1: block(3)}, False),  # unsure where it begins
        ({0: block(20), 1: block(19, value=0.6)}, False),  # unsure elsewhere
        ({0: block(20), 1: block(0)}, True),  # hidden elsewhere
        ({0: block(0), 1: block(0)}, False),
    ],
)
def test_found_objects_must_be_stable_and_must_not_grow(logits, automatic):
    assert is_kept(logits, 0, AUTOMATIC) is automatic
    assert is_kept(logits, 0, PROMPTED)


def test_a_prompted_object_that_appears_from_nothing_is_dropped():
    assert not is_kept({0: block(0), 1: block(5)}, 0, PROMPTED)


def test_overlap_is_intersection_over_union():
    first, second = block(10) > 0, block(5) > 0
    assert overlap(first, second) == 0.25
    assert overlap(first, np.zeros_like(first)) == overlap(first & False, second & False) == 0


@pytest.fixture
def views(mesh):
    world = find_world(mesh.vertices)
    surface = mesh_surface(world.apply(mesh.vertices), mesh.faces)
    return render(surface, twelve_cameras(world.box_size, SIZE)[:2])


def followed(*sizes, view=0):
    logits = tuple(block(size, total=SIZE // 4) for size in sizes)
    return FollowedObject(view=view, logits=logits, iou_pred=0.5)


def test_the_later_of_two_equal_objects_is_dropped(views):
    found = [followed(4, 4), followed(4, 2), followed(2, 4)]
    kept = keep_objects(found, [5, 6, 7], views, PROMPTED, [], is_prompted=True)
    assert [each.part_id for each in kept] == [5, 7]
    again = keep_objects([followed(2, 2)], [9], views, PROMPTED, kept, is_prompted=True)
    assert again == []
    assert kept[0].masks.shape == (2, SIZE, SIZE) and kept[0].is_prompted


def test_what_repeats_an_object_of_its_pass_goes_even_if_that_goes_too(views):
    before, first, second = (
        FollowedObject(view=0, logits=(block(size),) * 2, iou_pred=0.5) for size in (40, 38, 35)
    )
    earlier = keep_objects([before], [1], views, PROMPTED, [], is_prompted=True)
    # IoU 0.77 with what was before, 0.85 with the first of the pass.
    assert len(keep_objects([second], [3], views, AUTOMATIC, earlier, is_prompted=False)) == 1
    found = [first, second]
    assert keep_objects(found, [2, 3], views, AUTOMATIC, earlier, is_prompted=False) == []


def masks_of(part_id, boxes, *, is_prompted):
    masks = np.zeros((2, SIZE, SIZE), bool)
    for v, (begin, end) in enumerate(boxes):
        masks[v, begin:end, begin:end] = True
    return ObjectMasks(part_id=part_id, view=0, masks=masks, iou_pred=0.5, is_prompted=is_prompted)


def test_small_is_painted_over_large_and_prompted_over_found(views):
    large = masks_of(0, [(0, 60), (0, 60)], is_prompted=True)
    small = masks_of(1, [(20, 40), (0, 5)], is_prompted=True)
    found = masks_of(2, [(0, 10), (0, 64)], is_prompted=False)
    pictures = paint([small, large, found], views)
    for v, (picture, view) in enumerate(zip(pictures, views, strict=True)):
        assert (picture[~view.is_shape] == -1).all()
        wanted = np.full((SIZE, SIZE), NO_PART)
        for each in (found, large, small):
            wanted[each.masks[v]] = each.part_id
        np.testing.assert_array_equal(picture[view.is_shape], wanted[view.is_shape])
    assert NO_PART in pictures[0] or (views[0].is_shape <= large.masks[0]).all()
