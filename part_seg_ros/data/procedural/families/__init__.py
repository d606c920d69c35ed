# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Named object families: everyday things with named parts and wide variation."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from part_seg_ros.data.procedural.families import (
    containers,
    furniture,
    kitchen,
    lighting,
    seating,
    tools,
)
from part_seg_ros.data.procedural.families.vocabulary import VOCABULARY
from part_seg_ros.data.procedural.object import ProceduralObject

__all__ = ['FAMILIES', 'VOCABULARY', 'Family']

Family = Callable[[np.random.Generator], ProceduralObject]

FAMILIES: dict[str, Family] = {
    'mug': kitchen.mug,
    'kettle': kitchen.kettle,
    'pan': kitchen.pan,
    'pot': kitchen.pot,
    'bowl': kitchen.bowl,
    'jug': kitchen.jug,
    'dispenser': kitchen.dispenser,
    'bottle': containers.bottle,
    'jar': containers.jar,
    'bucket': containers.bucket,
    'basket': containers.basket,
    'crate': containers.crate,
    'suitcase': containers.suitcase,
    'backpack': containers.backpack,
    'shopping_bag': containers.shopping_bag,
    'hammer': tools.hammer,
    'screwdriver': tools.screwdriver,
    'pliers': tools.pliers,
    'scissors': tools.scissors,
    'wrench': tools.wrench,
    'saw': tools.saw,
    'drill': tools.drill,
    'axe': tools.axe,
    'brush': tools.brush,
    'clamp': tools.clamp,
    'caliper': tools.caliper,
    'bench_plane': tools.bench_plane,
    'chair': seating.chair,
    'office_chair': seating.office_chair,
    'stool': seating.stool,
    'bench': seating.bench,
    'sofa': seating.sofa,
    'bed': seating.bed,
    'table': furniture.table,
    'desk': furniture.desk,
    'shelf_unit': furniture.shelf_unit,
    'cabinet': furniture.cabinet,
    'wardrobe': furniture.wardrobe,
    'lamp': lighting.lamp,
    'desk_lamp': lighting.desk_lamp,
    'pendant_lamp': lighting.pendant_lamp,
    'lantern': lighting.lantern,
    'torch': lighting.torch,
}
