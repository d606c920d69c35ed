# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Tables and files of a report."""

import json
import math
from dataclasses import dataclass

from part_seg_ros.evaluation.tables import (
    flat,
    group_sections,
    markdown_sections,
    markdown_table,
    summaries_of_groups,
    write_csv,
    write_json,
)


def test_markdown_writes_integers_in_full_and_nothing_as_a_dash():
    rows = {'x': {'parts': 1234, 'IoU': 99.96}, 'y': {'parts': 0, 'IoU': math.nan}}
    assert markdown_table(rows, 'kind').splitlines() == [
        '| kind | parts | IoU |',
        '|---|---|---|',
        '| x | 1234 | 100.0 |',
        '| y | 0 | – |',
    ]


def test_groups_are_counted_and_summarised_and_the_total_ends_the_objects():
    groupings = {'object': {'x': [1, 3], 'y': [5]}, 'kind': {}}
    groups = summaries_of_groups(
        groupings, lambda values: {'n': len(values)}, lambda values: {'sum': float(sum(values))}
    )
    assert groups == {'object': {'x': {'n': 2, 'sum': 4.0}, 'y': {'n': 1, 'sum': 5.0}}, 'kind': {}}
    sections = group_sections(groups, {'n': 3, 'sum': 9.0})
    assert sections['By object'].splitlines()[-1] == '| mean | 3 | 9.0 |'
    assert sections['By kind'] == ''
    text = markdown_sections('Title', 'Note.', sections)
    assert text.startswith('# Title\n\nNote.\n\n## By object\n\n| object |')
    assert 'By kind' not in text


def test_json_holds_null_where_there_is_no_number(tmp_path):
    write_json(tmp_path / 'a.json', {'a': [1, math.nan], 'b': {'c': (math.nan, 'x')}})
    assert json.loads((tmp_path / 'a.json').read_text()) == {
        'a': [1, None],
        'b': {'c': [None, 'x']},
    }


def test_csv_has_a_column_for_every_nested_field(tmp_path):
    @dataclass
    class Inner:
        b: int

    @dataclass
    class Outer:
        a: str
        inner: Inner

    write_csv(tmp_path / 'a.csv', [flat(Outer(a='x', inner=Inner(b=1)))])
    assert (tmp_path / 'a.csv').read_text().splitlines() == ['a,b', 'x,1']
