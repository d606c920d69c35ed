# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""How shapes are placed and rendered, how prompts are followed, what of the network is there."""

from __future__ import annotations

from dataclasses import dataclass, field

from part_seg_ros.config import check_limits, setting
from part_seg_ros.models.geosam2.cameras import UP_TURNS
from part_seg_ros.models.geosam2.config import NAIVE, RESIDUAL, GeoSam2Config, ablated
from part_seg_ros.models.geosam2.propagation import Slots

ROUND, BOTH, AUTO = 'round', 'both', 'auto'


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSettings:
    """How objects are looked for in a view without prompts; thresholds of the release."""

    num_clicks: int = setting(
        1024, 'Clicks tried at places drawn at random; the release tries 4096.', minimum=1
    )
    clicks_at_once: int = setting(32, 'Clicks decoded together.', minimum=1)
    seed: int = setting(3, 'Seed of the places.', minimum=0)
    min_iou: float = setting(0.7, 'Least predicted IoU of a mask.', minimum=0.0, maximum=1.0)
    min_stability: float = setting(
        0.7,
        'Least stability of a mask, and of its object in all views, against a shift of the'
        ' threshold.',
        minimum=0.0,
        maximum=1.0,
    )
    max_growth: float = setting(
        1.0,
        'Largest area of an object in any other view, in areas in the view that it was found in;'
        ' that of the release drops what was found on a narrow side.',
        minimum=0.0,
    )
    max_box_iou: float = setting(
        0.7, 'Masks whose boxes overlap more than this with a better one are dropped.', minimum=0.0
    )
    max_mask_iou: float = setting(
        0.85, 'Masks that overlap more than this with a better one are dropped.', minimum=0.0
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoSam2Settings:
    """What the system does around the network; `proposals` says how objects are looked for."""

    up_axis: str = setting(
        'z',
        'Axis of a shape that points up: z in ROS, y in glTF, -y in the optical frame of a level'
        ' camera.',
        choices=tuple(UP_TURNS),
    )
    min_seen_share: float = setting(
        0.1,
        'A view of a cloud from one side is left out if it sees less than this share of what the'
        ' best view sees.',
        minimum=0.0,
        maximum=1.0,
    )
    ways: str = setting(
        AUTO,
        'Which way round the views a prompt is followed: round by increasing number all the way as'
        ' in the release, both ways until they meet, or auto for round where all twelve views show'
        ' the shape and both where some are left out.',
        choices=(ROUND, BOTH, AUTO),
    )
    slots: str = setting(
        Slots.ORIGINAL.value,
        'How the steps of a round are numbered: original as in the release, which forgets what was'
        ' before view 0, or plain.',
        choices=tuple(each.value for each in Slots),
    )
    num_candidates: int = setting(
        1,
        'Masks followed for a first click: the likeliest, as in the release, or up to three of'
        ' what it may mean, for as many times the work.',
        minimum=1,
        maximum=3,
    )
    objects_at_once: int = setting(4, 'Objects followed together.', minimum=1)
    lora: bool = setting(
        True, 'The network has low-rank updates, unless its weights were trained without.'
    )
    point_maps: bool = setting(True, 'The network sees point maps, too; as for `lora`.')
    fusion: str = setting(
        RESIDUAL,
        'How it adds what it sees of them: by residuals, or naive for a convolution of one pixel;'
        ' the weights must be such.',
        choices=(RESIDUAL, NAIVE),
    )
    proposals: ProposalSettings = field(default_factory=ProposalSettings)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)

    def network(self, config: GeoSam2Config) -> GeoSam2Config:
        """Return the sizes of a preset without what is not wanted of it; see `ablated`."""
        return ablated(config, lora=self.lora, point_maps=self.point_maps, fusion=self.fusion)
