# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Part names that the named families use."""

from __future__ import annotations

VOCABULARY: tuple[str, ...] = tuple(
    """
    abdomen antenna apron arch arm armrest axis axle back back_cushion back_fin back_leg
    backpack backrest backsplash ball band bar barrel base basin basket battery battlement
    beak beam bed bell belly belly_fin belt bench bit black_keys blade blanket block board
    body boiler bolt bonnet book bookmark boom booster border bottom_bun bow bowl box brace
    bracket branch bread bridge brim bristles bucket buckle bulb bumper bun burner butt button
    cab cabin cabinet cable camera candle canopy cap cape carafe case caster chain chassis
    cheese cherry chimney chuck clasp claw clip cockpit coil collar column cone container
    content cord counter coupling cover crank crest cross cross_pad crown cube cuff cup
    cushion cymbal deck dial dish display divider dome door dough drain drawer driver drum ear
    egg_white elbow emblem engine entrance envelope eraser exhaust eye eyepiece face feather
    feeler ferrule filling fin finger finger_segment fingerboard finial fish flag flame flange
    flap flash floor flower foliage foot footboard footrest fore_grip forearm fork frame
    front_leg fruit fuller funnel fuselage gallery gauge gear glass glaze gondola grate grille
    grip gripper ground guard hair hand handle handlebar hanger hat hatch head headboard
    headlight headrest heel helmet hind_leg hind_wing hinge hood hook hoop horizon horn hose
    housing hub hull icing jar jaw joint key keybed keyboard keyhole knob label laces lamp
    landing_gear latch layer lead leaf leaves leg lens lever lid light link lock loop lug lure
    magazine mane marker mast mattress meridian microphone mirror motor mouth mouthpiece
    moving_jaw muntin music_stand muzzle nacelle neck needle nest net nose nose_pad nozzle nut
    oar objective olive onion orb outlet pad padding pages palm pan pane panel patty pedal
    pedestal peg pendulum perch periscope petal petals pickup pillar pillow pin pipe pivot
    plank plate plow plunger pocket pod pointer pole pommel porch post posts pot propeller
    pupil rail railing rear_window rib ribs rice rim ring rivet rod roll roller roof rope
    rotor rudder rung saddle sail salad sandbag sash saucer scale scarf scoop scope screen
    screw scute seat shackle shade shaft sheave shelf shell shield shin shoulder shroud side
    side_fin sight sign sill skid skin skirt slat slide slider slot snout socket soil
    solar_panel sole sound_hole space_bar speaker spike spindle spine spoiler spokes spool
    spoon spot spout sprinkle stabilizer staff stage stalk stand star steak stem steps stick
    stock stool strap stretcher strings strut switch tablet tabletop tag tail tail_rotor
    tail_tip tank tank_lid target temple thigh thorax thumb tine tip toe_cap tomato tool top
    top_bun topping torso touchpad tower track tray trigger trigger_guard trunk tube turret
    upper upper_arm upper_wing valve vase viewfinder visor wafer wagon wall walls water weight
    wheel white_key white_keys window windscreen wing wire wrap wrapper wrist yoke yolk
    """.split()
)
