# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Names of the topics and frames of generated bags."""

CLOUD_TOPIC = '/camera/points'
CLICK_TOPIC = '/clicked_point'
TF_TOPIC = '/tf'
TF_STATIC_TOPIC = '/tf_static'
TRUTH_TOPIC = '/truth/parts'

WORLD_FRAME = 'world'
LINK_FRAME = 'camera_link'
OPTICAL_FRAME = 'camera_depth_optical_frame'
