# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The part names that the networks know."""

from __future__ import annotations

PART_NAMES: tuple[str, ...] = tuple(
    """
    antenna arm armrest backrest bar base blade body bracket branch bristles button cable cap
    container cover cushion door drawer ear eye face fin finger flower food foot frame fruit
    grille ground guard hand handle head hinge hook hub jaw joint knob label latch leaf leg lens
    lever lid light mirror motor mouth neck nose nozzle nut panel pedal pin pipe plank plate
    pointer pole rim ring roof screen screw seat shade shaft shelf slider slot spout stem strap
    string switch table tail tip top trigger wall weight wheel window wing
    """.split()
)
"""In alphabetical order; the place of a name is stored with trained weights, so it stays."""
