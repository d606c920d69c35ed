# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""For tools that look for a setup.py; everything is in pyproject.toml."""

from setuptools import setup

setup()
