# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Promptable 3D part segmentation of point clouds: click on a part, get its points.

The ROS interfaces (`msg`, `srv`, `action`) are generated into the install prefix as a package of
the same name. The search path below joins both places, so that either copy of this file may be
the one that Python finds.
"""

from pkgutil import extend_path

__path__ = extend_path(__path__, __name__)
