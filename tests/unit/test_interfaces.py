# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The interface files: every field explained, no type that is slow in Python, fixed constants."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(path for kind in ('action', 'msg', 'srv') for path in ROOT.glob(f'{kind}/*.{kind}'))
INTERFACES = {
    'action/SegmentAll.action',
    'msg/ErrorCode.msg',
    'msg/Part.msg',
    'msg/PartArray.msg',
    'msg/PartLabels.msg',
    'msg/PartPrompt.msg',
    'srv/CloseSession.srv',
    'srv/OpenSession.srv',
    'srv/SegmentPart.srv',
}
CONSTANTS = {
    'ErrorCode': {
        'NONE': 0,
        'NO_CLOUD': 101,
        'EMPTY_CLOUD': 102,
        'BAD_FIELDS': 103,
        'TOO_MANY_POINTS': 104,
        'BAD_PROMPT': 110,
        'PROMPT_TOO_FAR': 111,
        'BAD_GRANULARITY': 112,
        'PART_NOT_FOUND': 113,
        'UNKNOWN_SESSION': 201,
        'SESSION_EXPIRED': 202,
        'CLOUD_MISMATCH': 203,
        'UNKNOWN_PART': 204,
        'TF_ERROR': 301,
        'NOT_ACTIVE': 401,
        'BUSY': 402,
        'TIMEOUT': 403,
        'CANCELED': 404,
        'OUT_OF_MEMORY': 405,
        'MODEL_ERROR': 406,
        'UNKNOWN': 999,
    },
    'PartLabels': {'POINTS': 0, 'FACES': 1, 'VERTICES': 2, 'UNLABELED': 0},
    'PartPrompt': {'BACKGROUND': 0, 'FOREGROUND': 1, 'NEAR': 2},
    'SegmentAll': {
        'QUEUED': 0,
        'PREPROCESSING': 1,
        'ENCODING': 2,
        'PROMPTING': 3,
        'MERGING': 4,
    },
    'SegmentPart': {'REPLACE': 0, 'ADD': 1, 'UNDO': 2},
}
PACKAGES = {'builtin_interfaces', 'geometry_msgs', 'sensor_msgs', 'shape_msgs', 'std_msgs'}
CLICKS = {'points', 'used_points'}  # one entry per click, so their nested type costs nothing

CONSTANT = re.compile(r'u?int\d+ (?P<name>[A-Z_]+)=(?P<value>\d+) +# \w.*')
FIELD = re.compile(r'(?P<type>[\w/]+)(?P<array>\[\d*\])? (?P<name>[a-z][a-z_]*)( -?[\d.]+)?')
EMPTY = re.compile(r'\b(Empty|Zero|False|Negative|No triangles|0)\b')
UNIT = re.compile(r'\b(metres|seconds|a count|no unit|without unit|one of the constants)\b', re.I)


def sections(path: Path) -> list[str]:
    """Return goal, result, … of an interface file as text each."""
    return re.split(r'^---\n', path.read_text(), flags=re.M)


def fields_with_comments(path: Path) -> list[tuple[re.Match[str], str]]:
    """Return each field of a file and the comment right above it, in one line."""
    found, comment = [], []
    for line in path.read_text().splitlines():
        if line.startswith('#'):
            comment.append(line.lstrip('# '))
            continue
        if match := FIELD.fullmatch(line):
            found.append((match, ' '.join(comment)))
        else:
            assert line in ('', '---') or CONSTANT.fullmatch(line), f'{path.name}: {line!r}'
        comment = []
    return found


def test_interfaces_are_those_agreed_and_all_are_built() -> None:
    listed = re.findall(
        r'^  ((?:action|msg|srv)/\S+)$', (ROOT / 'CMakeLists.txt').read_text(), re.M
    )
    assert {str(path.relative_to(ROOT)) for path in FILES} == INTERFACES == set(listed)


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_every_field_is_explained(path: Path) -> None:
    for field, comment in fields_with_comments(path):
        kind, name = field['type'], field['name']
        assert comment, f'{name} has no comment'
        if name not in ('header', 'message'):
            assert EMPTY.search(comment), f'{name}: what do empty, 0 or False mean?'
        if re.match(r'u?int|float', kind) and name not in ('labels', 'prompt_mode', 'domain'):
            assert UNIT.search(comment), f'{name}: which unit?'
        if kind.startswith('geometry_msgs') or kind in ('Part', 'PartPrompt'):
            assert 'frame' in comment, f'{name}: in which frame?'
            assert re.search('metres|[Uu]nit', comment), f'{name}: which unit?'


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_no_array_is_slow_to_fill_and_no_package_is_new(path: Path) -> None:
    for field, _ in fields_with_comments(path):
        package = field['type'].rpartition('/')[0]
        assert package in PACKAGES | {''}
        if field['array'] == '[]':
            assert field['type'] != 'bool'
            assert not package or field['name'] in CLICKS


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.name)
def test_constants_are_those_agreed(path: Path) -> None:
    matches = map(CONSTANT.fullmatch, path.read_text().splitlines())
    constants = {match['name']: int(match['value']) for match in matches if match}
    assert constants == CONSTANTS.get(path.stem, {})


@pytest.mark.parametrize('path', [path for path in FILES if path.suffix != '.msg'], ids=str)
def test_answers_begin_with_the_outcome(path: Path) -> None:
    lines = [line for line in sections(path)[1].splitlines() if FIELD.fullmatch(line)]
    assert lines[:3] == ['bool success', 'uint16 error_code', 'string message']


@pytest.mark.ros
def test_generated_classes_have_constants_and_harmless_defaults() -> None:
    from part_seg_ros.action import SegmentAll
    from part_seg_ros.msg import ErrorCode, PartPrompt

    codes = CONSTANTS['ErrorCode']
    assert {name: getattr(ErrorCode, name) for name in codes} == codes
    assert PartPrompt().granularity == -1.0
    goal = SegmentAll.Goal()
    assert (goal.granularity, goal.min_score, goal.nms_iou) == (-1.0, -1.0, -1.0)
