# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Other words for the names of parts, all in the singular; underscores join a phrase."""

from __future__ import annotations

_SYNONYMS_OF_NAME: dict[str, str] = {
    'antenna': 'aerial feeler',
    'arm': 'forearm limb link temple tentacle',
    'armrest': 'elbow_rest',
    'backrest': 'back',
    'bar': """
        apron balustrade banister bannister beam boom brace crossbar crossbeam footrest handlebar
        handrail muntin rail railing rung spindle stretcher strut
        """,
    'base': 'baseplate bottom heel pedestal plinth sole stand underside',
    'blade': 'cutting_edge knife oar plow propeller rotor tang vane',
    'body': 'cabinet case casing chest enclosure fuselage housing hull thorax torso',
    'bracket': 'clip cradle holder lug mount mounting socket yoke',
    'branch': 'bough twig',
    'bristles': 'bristle brush',
    'button': 'cross_pad dpad key keycap keypad pushbutton spacebar touchpad trackpad',
    'cable': 'chain cord flex wire',
    'cap': 'cork eraser hat helmet stopper toecap',
    'container': """
        basin basket bin bowl box bucket carafe compartment cup flowerpot gondola jar magazine
        pocket pot reservoir tank tub vase vessel
        """,
    'cover': 'blanket cape flap scabbard sheath shell skin skirt sleeve wrapper',
    'cushion': 'bolster headrest mattress pad padding pillow upholstery',
    'door': 'hatch trapdoor',
    'eye': 'eyeball pupil',
    'face': 'gauge scale',
    'fin': 'flipper rib rudder stabiliser stabilizer',
    'finger': 'fingertip gripper thumb',
    'flower': 'bloom blossom petal',
    'food': 'bread bun cheese filling icing meat patty rice topping',
    'foot': 'hoof paw',
    'frame': 'chassis doorframe framework sash sill windowsill',
    'fruit': 'berry cherry',
    'grille': 'grate grid grill loudspeaker mesh net speaker vent',
    'ground': 'earth floor soil',
    'guard': 'bumper crossguard fender handguard mudguard protector shield shroud',
    'hand': 'palm',
    'handle': """
        butt crank_handle doorhandle grip haft handgrip handhold hilt pull stock
        """,
    'head': 'hair mane skull turret',
    'hook': 'claw shackle',
    'hub': 'hubcap spoke',
    'jaw': 'pincer',
    'joint': 'connector coupler coupling elbow knuckle pivot shoulder swivel wrist',
    'knob': 'dial doorknob pommel',
    'label': 'badge emblem flag logo marker nameplate sign sticker tag',
    'latch': 'buckle catch clasp deadbolt lock',
    'leaf': 'foliage',
    'leg': 'landing_gear shin skid thigh',
    'lens': 'camera eyepiece objective viewfinder',
    'lever': 'crank gearstick joystick thumbstick',
    'light': 'bulb candle flame flash headlamp headlight lamp led lightbulb taillight',
    'motor': 'engine nacelle',
    'mouth': 'beak',
    'neck': 'ankle',
    'nose': 'nose_cone snout',
    'nozzle': 'burner diffuser jet mouthpiece muzzle sprayer',
    'nut': 'wingnut',
    'panel': 'backboard backsplash board footboard headboard keyboard music_stand sheet side',
    'pin': 'dowel peg prong rivet',
    'pipe': 'barrel chimney duct exhaust funnel hose periscope smokestack tailpipe tube',
    'plank': 'deck fingerboard fretboard slat slide',
    'plate': 'cymbal disc dish disk platter saucer tray',
    'pointer': 'clock_hand compass_needle gauge_needle hour_hand minute_hand',
    'pole': 'column flagpole lamppost mast perch pillar post pylon staff upright',
    'rim': 'bezel brim edge lip',
    'ring': 'band collar cuff ferrule flange gasket hoop loop seal washer',
    'roof': 'porch rooftop',
    'screen': 'display lcd monitor touchscreen',
    'screw': 'bolt',
    'seat': 'saddle',
    'shade': 'awning canopy hood lampshade sunshade visor',
    'shaft': 'axis axle rod shank stick',
    'shelf': 'ledge',
    'slider': 'fader',
    'slot': 'drain groove hole keyhole opening slit',
    'spout': 'faucet tap',
    'stem': 'stalk trunk',
    'strap': 'belt headband lanyard ribbon scarf sling',
    'string': 'lace rope shoelace twine yarn',
    'switch': 'rocker toggle',
    'table': 'desk support_plane supporting_plane workbench',
    'tip': 'bit finial horn needle spike tine tusk',
    'top': 'counter countertop desktop tabletop worktop',
    'wall': 'divider partition sidewall',
    'weight': 'counterweight pendulum sandbag',
    'wheel': """
        caster castor cog cogwheel flywheel gear handwheel pulley reel sheave spool thumbwheel tire
        track tyre
        """,
    'window': 'cockpit glass glazing pane windowpane windscreen windshield',
    'wing': 'feather sail spoiler',
}

SYNONYMS: dict[str, str] = {
    synonym: name for name, synonyms in _SYNONYMS_OF_NAME.items() for synonym in synonyms.split()
}
"""Word or phrase to a name of `PART_NAMES`."""

IRREGULAR_PLURALS: dict[str, str] = {
    'feet': 'foot',
    'hooves': 'hoof',
    'knives': 'knife',
    'leaves': 'leaf',
    'shelves': 'shelf',
}

RELATED: dict[str, tuple[str, ...]] = {
    'backpack': ('strap', 'container'),
    'battery': ('container',),
    'bed': ('cushion', 'panel', 'leg'),
    'bench': ('seat', 'backrest', 'leg'),
    'bicycle': ('wheel', 'seat', 'pedal', 'bar'),
    'bike': ('wheel', 'seat', 'pedal', 'bar'),
    'bottle': ('cap', 'neck', 'body', 'label'),
    'car': ('wheel', 'door', 'window', 'light'),
    'chair': ('seat', 'backrest', 'leg', 'armrest'),
    'chuck': ('head', 'jaw'),
    'drum': ('container', 'cover'),
    'fork': ('tip', 'handle', 'frame'),
    'glasses': ('lens', 'arm', 'rim'),
    'hammer': ('head', 'handle'),
    'hanger': ('hook', 'ring'),
    'indicator': ('light', 'pointer'),
    'kettle': ('handle', 'spout', 'lid', 'body'),
    'lead': ('cable', 'tip'),
    'mug': ('handle', 'body'),
    'outlet': ('nozzle', 'slot'),
    'pan': ('handle', 'body', 'plate'),
    'plug': ('pin', 'cap', 'cable'),
    'roller': ('wheel', 'bristles'),
    'scissors': ('blade', 'handle'),
    'sofa': ('cushion', 'backrest', 'armrest'),
    'spoon': ('handle', 'container'),
    'stool': ('seat', 'leg'),
    'support': ('base', 'bracket', 'leg', 'pole'),
    'thread': ('screw', 'string'),
    'valve': ('knob', 'lever', 'nozzle'),
}
"""Words that name a whole object or could mean several parts, to what may be meant."""

OTHER_WORDS: frozenset[str] = frozenset(
    """
    blame blaze booster casting clover connection contained falling filing finder handled
    handler joins lapel level liver month mouse noodle packet painter place plane plant printer
    protection raising scout scrap shame shape share shift shout spade spider sport spring
    sprout stitch straw stray strip strong swatch tablet
    """.split()
)
"""Words of no part that look like a misspelt one."""
