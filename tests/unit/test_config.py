# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Settings survive the way through mappings, and wrong ones are named with the way out."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from part_seg_ros.config import check_limits, from_mapping, parse_settings, setting, to_mapping
from part_seg_ros.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class _Inner:
    radius: float = setting(0.5, 'A radius [m].', minimum=0.0, maximum=2.0)
    kind: str = setting('round', 'A kind.', choices=('round', 'flat'))

    def __post_init__(self) -> None:
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outer:
    count: int
    scale: float | None = None
    steps: tuple[int, ...] = (1, 2)
    use_it: bool = True
    inner: _Inner = field(default_factory=_Inner)
    others: tuple[_Inner, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()


def test_settings_survive_the_way_through_json() -> None:
    config = _Outer(
        count=3,
        scale=0.25,
        steps=(4, 5, 6),
        inner=_Inner(radius=1.5, kind='flat'),
        others=(_Inner(kind='flat'), _Inner(radius=1.0)),
        pairs=((1, 2), (3, 4)),
    )
    assert from_mapping(_Outer, json.loads(json.dumps(to_mapping(config)))) == config
    assert to_mapping(config)['steps'] == [4, 5, 6]


def test_absent_settings_keep_their_defaults() -> None:
    assert from_mapping(_Outer, {'count': 1}) == _Outer(count=1)
    assert from_mapping(_Outer, {'count': 1, 'inner': {'kind': 'flat'}}).inner.radius == 0.5


def test_whole_numbers_serve_as_floats_but_not_the_reverse() -> None:
    loaded = from_mapping(_Outer, {'count': 1, 'scale': 2, 'inner': {'radius': 1}})
    assert isinstance(loaded.scale, float) and isinstance(loaded.inner.radius, float)
    assert from_mapping(_Outer, {'count': 1, 'scale': None}).scale is None


BAD = [
    ({'count': 1.0}, '_Outer.count must be int, got float 1.0'),
    ({'count': True}, 'must be int, got bool'),
    ({'count': 1, 'use_it': 1}, '_Outer.use_it must be bool'),
    ({'count': 1, 'scale': 'big'}, '_Outer.scale must be float'),
    ({'count': 1, 'coun': 2}, "_Outer has no setting 'coun'; did you mean 'count'"),
    ({'count': 1, 'zzz': 2}, 'known are count, scale, steps, use_it, inner'),
    ({'count': 1, 'inner': {'radios': 1.0}}, "_Inner has no setting 'radios'; did you mean"),
    ({'count': 1, 'inner': {'radius': 2.5}}, 'radius must be at most 2.0, got 2.5'),
    ({'count': 1, 'inner': {'radius': -1.0}}, 'radius must be at least 0.0, got -1.0'),
    ({'count': 1, 'inner': {'radius': float('nan')}}, 'radius must be at least 0.0, got nan'),
    ({'count': 1, 'inner': {'kind': 'square'}}, r"kind must be one of \['flat', 'round'\]"),
    ({'scale': 1.0}, '_Outer needs a value for count'),
]


@pytest.mark.parametrize(('mapping', 'message'), BAD)
def test_wrong_settings_are_named(mapping: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        from_mapping(_Outer, mapping)


def test_settings_are_read_as_people_write_them() -> None:
    words = ['num = 3', 'rate=0.5', 'up=-y', 'fill=true', 'patches=none', 'name=a b']
    assert parse_settings(words) == {
        'num': 3,
        'rate': 0.5,
        'up': '-y',
        'fill': True,
        'patches': None,
        'name': 'a b',
    }
    for word in ('num', '=3', 'num='):
        with pytest.raises(ConfigError, match='must be NAME=VALUE'):
            parse_settings([word])
