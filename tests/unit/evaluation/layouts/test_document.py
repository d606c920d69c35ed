# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""docs/datasets.md tells of every layout what its reader expects, and its commands parse."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from part_seg_ros.cli.evaluate import add_parser
from part_seg_ros.evaluation.layouts.table import LAYOUTS

DOCUMENT = (Path(__file__).resolve().parents[4] / 'docs' / 'datasets.md').read_text()
ROWS = {
    row.split('|')[1].strip().strip('`'): [cell.strip() for cell in row.split('|')[2:-1]]
    for row in re.findall(r'^\| `.*$', DOCUMENT, re.MULTILINE)
    if '`DATASET`' not in row
}


def test_every_layout_has_a_row():
    assert list(ROWS) == [name for name in ROWS if name in LAYOUTS]
    assert ROWS.keys() == LAYOUTS.keys()


@pytest.mark.parametrize('name', list(LAYOUTS))
def test_row_says_what_is_expected_and_how_to_run(name):
    expected, _, command = ROWS[name]
    if expected != 'as `s3dis`':
        assert expected.replace('`', '').startswith(LAYOUTS[name].expects)
    words = shlex.split(command.strip('`'))
    parser = argparse.ArgumentParser()
    add_parser(parser.add_subparsers())
    args = parser.parse_args(words[1:])
    assert (words[0], args.datasets, str(args.root)) == ('part-seg', [name], 'DIR')
