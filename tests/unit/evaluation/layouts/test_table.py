# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Layouts by name."""

import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.layouts.table import LAYOUTS, read_layout


@pytest.mark.parametrize('name', list(LAYOUTS))
def test_every_layout_refuses_a_folder_that_is_not_there(tmp_path, name):
    with pytest.raises(InputError, match='must be a f'):
        read_layout(name, tmp_path / 'nowhere')


def test_other_names_are_refused_with_those_that_exist(tmp_path):
    with pytest.raises(InputError, match='give one of colored, .*partobjaverse_tiny'):
        read_layout('modelnet', tmp_path)
