# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which name of the vocabulary each label of the named families belongs to."""

from __future__ import annotations

from part_seg_ros.errors import InputError
from part_seg_ros.names import PART_NAMES

_LABELS_OF_NAME: dict[str, str] = {
    'antenna': 'antenna dish feeler',
    'arm': 'arm forearm link temple upper_arm',
    'armrest': 'armrest',
    'backrest': 'backrest',
    'bar': """
        apron bar beam boom brace bridge footrest gallery handlebar muntin rail railing rung
        spindle stay stretcher strut
        """,
    'base': 'base heel pedestal sole stand steps',
    'blade': 'blade backing fuller oar plow propeller rotor tail_rotor vane',
    'body': """
        abdomen ball block body boiler book booster cab cabin cabinet case crown cube envelope
        fuselage housing hull pages pod thorax torso tower upper wagon
        """,
    'bracket': 'bracket clip lug socket yoke',
    'branch': 'branch',
    'bristles': 'bristles roller',
    'button': 'black_keys button cross_pad key plunger space_bar touchpad white_key white_keys',
    'cable': 'cable chain cord',
    'cap': 'bell bonnet cap dome eraser hat helmet spot toe_cap',
    'container': """
        backpack basin basket battery bed bowl box bucket carafe chamber cone container content cup
        drum gondola jar magazine nest pocket pot tank vase water
        """,
    'cover': 'back_cover belly blanket cape cover flap scute shell skin skirt spine wrapper',
    'cushion': 'back_cushion cushion headrest mattress nose_pad padding pillow roll',
    'door': 'door hatch',
    'drawer': 'drawer',
    'ear': 'ear',
    'eye': 'eye pupil',
    'face': 'face gauge scale',
    'fin': 'back_fin belly_fin fin rib ribs rudder side_fin stabilizer',
    'finger': 'finger finger_segment gripper thumb',
    'flower': 'flower petal petals',
    'food': """
        border bottom_bun bread cheese dough egg_white filling fish fry glaze icing layer meatball
        olive onion patty rice salad scoop sprinkle steak tomato top_bun topping wafer wrap yolk
        """,
    'foot': 'foot',
    'frame': 'arch chassis fork frame sash sill',
    'fruit': 'cherry fruit',
    'grille': 'driver grate grille net speaker',
    'ground': 'floor ground soil',
    'guard': 'bumper guard shield shroud trigger_guard',
    'hand': 'hand palm',
    'handle': 'bow butt cutlery fore_grip grip handle padlock_key spoon stock',
    'head': 'bun chuck hair head mane microphone orb turret wire',
    'hinge': 'hinge',
    'hook': 'claw hook shackle',
    'hub': 'hub spokes',
    'jaw': 'jaw moving_jaw pad',
    'joint': 'coupling elbow joint pivot shoulder wrist',
    'knob': 'dial knob pommel valve winding_knob',
    'label': 'emblem flag label marker sign tablet tag target',
    'latch': 'buckle clasp latch lock',
    'leaf': 'foliage leaf leaves',
    'leg': 'back_leg front_leg hind_leg landing_gear leg shin skid thigh',
    'lens': 'camera eyepiece lens objective scope viewfinder',
    'lever': 'crank joystick lever',
    'lid': 'lid tank_lid',
    'light': 'bulb candle flame flash headlight lamp light lure',
    'mirror': 'mirror',
    'motor': 'engine motor nacelle',
    'mouth': 'beak mouth',
    'neck': 'ankle neck',
    'nose': 'nose snout',
    'nozzle': 'burner diffuser flare mouthpiece muzzle nozzle outlet',
    'nut': 'nut',
    'panel': 'back_panel backsplash board footboard headboard keyboard music_stand panel sheet '
    'side solar_panel',
    'pedal': 'pedal',
    'pin': 'peg pin rivet sight',
    'pipe': 'barrel chimney exhaust funnel hose periscope pipe tube',
    'plank': 'deck fingerboard keybed plank slat slide',
    'plate': 'cymbal pan pickup plate saucer stage tray',
    'pointer': 'pointer',
    'pole': 'column mast perch pillar pole post posts pylon staff',
    'rim': 'battlement brim rim',
    'ring': 'band collar cuff ferrule flange hanger hoop horizon loop meridian ring',
    'roof': 'porch roof',
    'screen': 'display screen',
    'screw': 'bolt screw',
    'seat': 'bench saddle seat stool',
    'shade': 'canopy hood shade visor',
    'shaft': 'axis axle rod shaft stick',
    'shelf': 'shelf',
    'slider': 'slider',
    'slot': 'drain entrance keyhole slot sound_hole',
    'spout': 'spout',
    'stem': 'stalk stem trunk',
    'strap': 'belt bookmark headband ribbon scarf strap',
    'string': 'coil laces rope strings',
    'switch': 'switch',
    'table': 'table',
    'tail': 'tail',
    'tip': 'bit finial horn lead lipstick needle spike tail_tip tine tip tool',
    'top': 'counter crest cross star tabletop top',
    'trigger': 'trigger',
    'wall': 'divider wall walls',
    'weight': 'pendulum sandbag weight',
    'wheel': 'caster gear sheave spool track wheel',
    'window': 'cockpit glass pane rear_window window windscreen',
    'wing': 'feather hind_wing sail spoiler upper_wing wing',
}

PART_NAME_OF: dict[str, str] = {
    label: name for name, labels in _LABELS_OF_NAME.items() for label in labels.split()
}
"""Label of a part of a named family, or of what it stands on, to a name of `PART_NAMES`."""

_INDEX_OF_NAME = {name: name_idx for name_idx, name in enumerate(PART_NAMES)}


def part_name_index(fine_label: str) -> int:
    """Place of a part's name in the vocabulary.

    Args:
        fine_label: `Part.name` of a named family's part or of its support; '' for a part
            without a name, as in free assemblies.

    Returns:
        Index into `PART_NAMES`, -1 for ''.

    Raises:
        InputError: no family uses this label.
    """
    if not fine_label:
        return -1
    if fine_label not in PART_NAME_OF:
        raise InputError(
            f'{fine_label!r} is no label of a named family; list it in families/vocabulary.py'
        )
    return _INDEX_OF_NAME[PART_NAME_OF[fine_label]]
