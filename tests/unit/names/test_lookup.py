# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0

import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.names import PART_NAMES, find_part_name
from part_seg_ros.names.synonyms import OTHER_WORDS, RELATED, SYNONYMS

PHRASES = {
    'the leg of the chair': 'leg',
    'chair leg': 'leg',
    'one of the legs': 'leg',
    'second leg from the left': 'leg',
    'drawer handle': 'handle',
    'left door handle': 'handle',
    'crank handle': 'handle',
    'pot lid handle': 'handle',
    "the mug's handle": 'handle',
    'the mug’s handle': 'handle',
    'handle (left)': 'handle',
    'the handle on the left side': 'handle',
    'Front-left wheel': 'wheel',
    'top right drawer': 'drawer',
    'top of the bottle': 'top',
    'arm rest': 'armrest',
    'table-top': 'top',
    'hour hand': 'pointer',
    'the robot’s hand': 'hand',
    'on/off switch': 'switch',
    'the button that opens the door': 'button',
    'lid, please': 'lid',
    'that lid': 'lid',
}
LABELS = {
    'leg_1': 'leg',
    'left_handle': 'handle',
    'leftHandle': 'handle',
    'slider_door': 'door',
    'sliding_door': 'door',
    'led': 'light',
    'back': 'backrest',
    'bulb': 'light',
    'hood': 'shade',
    'spokes_and_hub': 'hub',
    'crank_handle': 'handle',
    'bottom': 'base',
    'column': 'pole',
    'connector': 'joint',
    'feet': 'foot',
    'backboard': 'panel',
    'hoop': 'ring',
    'case': 'body',
    'pins': 'pin',
    'sash': 'frame',
    'glass': 'window',
    'thumbwheel': 'wheel',
    'movable_jaw': 'jaw',
    'sliding_jaw_2': 'jaw',
    'link': 'arm',
    'display': 'screen',
    'tang': 'blade',
    'butterfly_nut': 'nut',
    'holder': 'bracket',
}
PLURALS = {
    'legs': 'leg',
    'knives': 'blade',
    'blades': 'blade',
    'lenses': 'lens',
    'lens': 'lens',
    'switches': 'switch',
    'leaves': 'leaf',
    'berries': 'fruit',
}
MISTAKES = {
    'handel': 'handle',
    'Handels': 'handle',
    'butotn': 'button',
    'drawr': 'drawer',
    'wheeel': 'wheel',
    'hinje': 'hinge',
    'left door handel': 'handle',
    'propeler': 'blade',
}


@pytest.mark.parametrize(
    ('text', 'name'), [*PHRASES.items(), *LABELS.items(), *PLURALS.items(), *MISTAKES.items()]
)
def test_wording_finds_its_name(text: str, name: str) -> None:
    assert find_part_name(text) == name


@pytest.mark.parametrize('name', PART_NAMES)
def test_a_name_finds_itself_however_it_is_written(name: str) -> None:
    for text in (name, name.upper(), f'the {name}', f'left_{name}_2', f'{name} of the thing'):
        assert find_part_name(text) == name


@pytest.mark.parametrize('synonym', SYNONYMS)
def test_a_synonym_finds_its_name(synonym: str) -> None:
    assert find_part_name(synonym) == SYNONYMS[synonym]
    assert find_part_name(synonym.replace('_', ' ')) == SYNONYMS[synonym]


@pytest.mark.parametrize('word', sorted(OTHER_WORDS | RELATED.keys()))
def test_another_word_is_not_taken_for_a_part(word: str) -> None:
    for text in (word, f'{word}s'):
        with pytest.raises(InputError, match=word):
            find_part_name(text)


@pytest.mark.parametrize(
    ('text', 'hints'),
    [
        ('weel', {'wheel', 'base (heel)'}),
        ('knop', {'knob'}),
        ('buttom', {'button', 'base (bottom)', 'handle (butt)'}),
        ('chairs', {'seat', 'backrest', 'leg', 'armrest'}),
        ('the valve of the pump', {'knob', 'lever', 'nozzle'}),
    ],
)
def test_an_unknown_word_is_refused_with_what_is_near(text: str, hints: set[str]) -> None:
    with pytest.raises(InputError) as caught:
        find_part_name(text)
    _, listed = str(caught.value).split('known and near: ')
    assert set(listed.split(', ')) == hints


@pytest.mark.parametrize(
    'text',
    [
        'bandle',  # 'handle' begins with another letter
        'rocket',  # 'rocker' is a short synonym
        'point',  # two letters short of 'pointer'
        'blde',  # a short word
        'buttom',  # 'button' or 'bottom'
    ],
)
def test_no_mistake_is_put_right_that_could_be_another_word(text: str) -> None:
    with pytest.raises(InputError, match='known and near'):
        find_part_name(text)


@pytest.mark.parametrize('text', ['banana', 'the red banana', 'thingamajig', 'Griff', 'ручка'])
def test_what_is_like_no_part_gets_no_hint(text: str) -> None:
    with pytest.raises(InputError, match='nor near one; part_seg_ros.names.PART_NAMES lists them'):
        find_part_name(text)


@pytest.mark.parametrize('text', ['', ' ', '42', 'the left one', '_', '?'])
def test_a_text_without_a_part_is_refused(text: str) -> None:
    with pytest.raises(InputError, match='names no part'):
        find_part_name(text)


@pytest.mark.parametrize(
    'text', ['handle and lid', 'cap/lid', 'leg, seat', 'leg of a chair or seat']
)
def test_several_parts_are_refused(text: str) -> None:
    with pytest.raises(InputError, match='names several parts'):
        find_part_name(text)


def test_several_words_for_one_part_are_fine() -> None:
    assert find_part_name('grip or handle') == 'handle'
