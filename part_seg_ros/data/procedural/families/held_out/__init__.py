# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Object families that are kept out of training, for validation on unseen kinds of objects."""

from __future__ import annotations

from part_seg_ros.data.procedural.families import Family
from part_seg_ros.data.procedural.families.held_out import (
    garden,
    nursery,
    office,
    power_tools,
    pumps,
    warehouse,
)

__all__ = ['HELD_OUT_FAMILIES']

HELD_OUT_FAMILIES: dict[str, Family] = {
    'watering_can': garden.watering_can,
    'lawn_mower': garden.lawn_mower,
    'stapler': office.stapler,
    'printer': office.printer,
    'angle_grinder': power_tools.angle_grinder,
    'hand_mixer': power_tools.hand_mixer,
    'bike_pump': pumps.bike_pump,
    'forklift': warehouse.forklift,
    'high_chair': nursery.high_chair,
    'rocking_horse': nursery.rocking_horse,
}
