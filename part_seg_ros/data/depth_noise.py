# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Errors of depth sensors that triangulate: structured light and stereo.

All errors are those of disparity, that is of q = z0 / z, where z0 is the distance of the object's
centre. So they grow with the square of the distance, and q = 1 at the object.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.fft import fftfreq, irfft2, rfft2
from scipy.ndimage import uniform_filter
from scipy.special import ndtri

EDGE_JUMP = 0.02  # of q, in front of which pixels are lost or fly
GRAZING_SPREAD_DEG = 5.0
COARSE_SCALE = 4.0  # the coarse half of the noise is correlated over so many times the length
COARSE_SHARE = 0.35  # of the variance
LATERAL_BLOCK_PX = 2  # pixels that shift together


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SensorNoise:
    """Errors of a depth sensor; the defaults are a perfect one.

    Attributes:
        depth_stddev: Standard deviation of q, that is of z over z0 at distance z0.
        correlation_px: Length over which errors of neighbouring pixels are alike; 0 for white.
        quantisation: Step of q.
        lateral_px: Standard deviation of the shift between a pixel and the surface it measures.
        smoothing_px: Half width of the matching window, over which shape is averaged.
        baseline: From the camera to the projector or second camera, over z0; along image rows,
            positive to the right. What that one cannot see gives no depth.
        grazing_limit_deg: Angle between normal and viewing ray where half of the pixels are lost.
        hole_share: Share of pixels lost in random blobs.
        hole_px: Size of these blobs.
        edge_loss: Probability that a pixel in front of a depth edge gives no depth.
        flying: Probability that a pixel in front of a depth edge hangs between front and back.
        flying_reach: How far flying pixels hang back where nothing is behind, over z0.
        registration: Error of the pose of every camera but the first, over the object's radius;
            a shift and a turn [rad] of that standard deviation.
    """

    depth_stddev: float = 0.0
    correlation_px: float = 0.0
    quantisation: float = 0.0
    lateral_px: float = 0.0
    smoothing_px: int = 0
    baseline: float = 0.0
    grazing_limit_deg: float = 120.0
    hole_share: float = 0.0
    hole_px: float = 2.0
    edge_loss: float = 0.0
    flying: float = 0.0
    flying_reach: float = 0.0
    registration: float = 0.0


def random_noise(rng: np.random.Generator) -> SensorNoise:
    """Draw a sensor between nearly perfect and poor; one in seven is perfect.

    The ranges cover what recorded scenes show (`table_scene_mug_stereo_textured.pcd`, a stereo
    camera at 0.7 to 2.4 m; `milk_cartoon_all_small_clorox.pcd`, `mosd_learn33.pcd` and
    `mosd_test63.pcd`, Kinects at 0.5 to 2.0 m), measured on windows of 12 x 12 pixels without
    their best plane:

    - `depth_stddev` 0.0003 to 0.003: 80 % of the windows lie in 0.0005 to 0.0011 of the distance
      (stereo), 0.0010 to 0.0035 (Kinects, the quantisation included).
    - `correlation_px` 0.5 to 3: errors one and two pixels apart correlate by 0.57 and 0.38 along
      rows, 0.71 and 0.43 along columns (stereo); by 0.61 and 0.44, 0.44 and 0.16 (Kinects).
    - `quantisation` 0.0002 to 0.004, or none: the steps are 0.0007 / m (stereo) and 0.0029 / m
      (Kinects) of inverse depth, hence 0.0005 to 0.0006 and 0.0015 to 0.0032 at the objects.
    - `baseline` up to 0.13 either way: shadows to the left of objects widen by up to 23 px per
      1 / m of inverse depth at a focal length of 525 px (Kinects), as by a baseline of 0.04 m.
    - `grazing_limit_deg` 62 to 90: no depth at 40 % of the pixels at 60 to 70 deg (stereo), at
      3 to 19 % at 70 to 76 deg (Kinects).
    - `hole_share` 0.0005 to 0.05: holes inside surfaces make up 0.0001 to 0.009, all enclosed ones
      0.005 to 0.035. `hole_px` 1 to 6: the median hole has 1 to 9 pixels, 10 % have more than
      9 to 21.
    - `registration` 0.002 to 0.02: the 30 nearest points depart from their plane by 0.0036 of the
      diagonal in `object_on_table_normals.pcd`, fused from many frames, and by 0.0016 to 0.0042
      on objects in single Kinect frames; 200 points by 0.0067, and by 0.0026 to 0.0091.

    The other ranges are guesses.

    Source:
        Chatterjee and Govindu 2015, arXiv 1505.01936: the noise of structured light grows with
        the square of the distance. Nguyen et al. 2012, "Modeling Kinect Sensor Noise for Improved
        3D Reconstruction and Tracking": it has a lateral part beside the axial one.
    """
    if rng.random() < 0.15:
        return SensorNoise()
    stepped = rng.random() < 0.7
    return SensorNoise(
        depth_stddev=_log_uniform(rng, 3e-4, 3e-3),
        correlation_px=float(rng.uniform(0.5, 3.0)),
        quantisation=_log_uniform(rng, 2e-4, 4e-3) if stepped else 0.0,
        lateral_px=float(rng.uniform(0.0, 1.0)),
        smoothing_px=int(rng.integers(0, 3)),
        baseline=float(rng.uniform(-0.13, 0.13)),
        grazing_limit_deg=float(rng.uniform(62.0, 90.0)),
        hole_share=_log_uniform(rng, 5e-4, 5e-2),
        hole_px=float(rng.uniform(1.0, 6.0)),
        edge_loss=float(rng.uniform(0.0, 0.6)),
        flying=float(rng.uniform(0.0, 0.08)),
        flying_reach=float(rng.uniform(0.0, 0.1)),
        registration=_log_uniform(rng, 2e-3, 2e-2),
    )


def _log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def smooth_field(
    shape: tuple[int, int], correlation_px: float, rng: np.random.Generator
) -> np.ndarray:
    """Draw an image of normally distributed values that change smoothly; its edges wrap round.

    Args:
        shape: Rows and columns.
        correlation_px: Distance at which the correlation has fallen to about 1 / e; below 0.5 the
            values are independent.
        rng: Source of randomness.

    Returns:
        (H, W) float32, mean 0 and variance 1 at every pixel.
    """
    white = rng.standard_normal(shape, dtype=np.float32)
    if correlation_px < 0.5:
        return white
    return irfft2(rfft2(white) * _blur_spectrum(shape, correlation_px), s=shape)


def _blur_spectrum(shape: tuple[int, int], correlation_px: float) -> np.ndarray:
    """Half spectrum (H, W // 2 + 1) of a Gaussian blur that keeps the variance of noise."""
    ends = []
    for size in shape:
        transfer = np.exp(-0.5 * (np.pi * correlation_px * fftfreq(size)) ** 2)
        ends.append((transfer / np.sqrt(np.mean(transfer**2))).astype(np.float32))
    return ends[0][:, None] * ends[1][: shape[1] // 2 + 1]


def displaced_pixels(
    shape: tuple[int, int], noise: SensorNoise, rng: np.random.Generator
) -> np.ndarray:
    """Draw which pixel each pixel takes its surface from, by the sensor's lateral error.

    Returns:
        (H * W,) int64 flat indices.
    """
    height, width = shape
    pixels = np.arange(height * width)
    if noise.lateral_px == 0.0:
        return pixels
    blocks = (-(-height // LATERAL_BLOCK_PX), -(-width // LATERAL_BLOCK_PX))
    indices = np.divmod(pixels, width)
    for index, limit in zip(indices, shape, strict=True):
        field = noise.lateral_px * smooth_field(blocks, 1.0, rng)
        shift = np.rint(field).astype(np.int64).repeat(LATERAL_BLOCK_PX, axis=0)
        index += shift.repeat(LATERAL_BLOCK_PX, axis=1)[:height, :width].ravel()
        np.clip(index, 0, limit - 1, out=index)
    return indices[0] * width + indices[1]


def measured_depth(
    depth: np.ndarray,
    distance: float,
    noise: SensorNoise,
    rng: np.random.Generator,
    *,
    focal_px: float,
) -> np.ndarray:
    """Return a depth image as a noisy sensor reports it, but for its lateral error.

    Args:
        depth: (H, W) true z, inf where nothing is hit.
        distance: z0 of `noise`, in the unit of `depth`.
        noise: The sensor's errors.
        rng: Source of randomness.
        focal_px: Focal length of the image, whose centre is the principal point [px].

    Returns:
        (H, W) float64 z, inf where the sensor reports nothing.
    """
    true = (distance / depth).astype(np.float32)  # 0 where nothing is hit
    q = true.copy()
    lost = np.zeros(depth.shape, dtype=bool)
    if noise.baseline != 0.0:
        lost |= in_shadow(true, noise.baseline * focal_px)
    if noise.edge_loss > 0.0 or noise.flying > 0.0:
        behind, at_edge = _edges(true)
        draw = rng.random(depth.shape, dtype=np.float32)
        lost |= at_edge & (draw < noise.edge_loss)
        flies = at_edge & (draw > 1.0 - noise.flying)
        _let_fly(q, behind, flies, noise.flying_reach, rng)
    if noise.smoothing_px > 0:
        q = _smoothed(q, 2 * noise.smoothing_px + 1)
    if noise.depth_stddev > 0.0:
        q += noise.depth_stddev * _disparity_noise(depth.shape, noise.correlation_px, rng)
    if noise.quantisation > 0.0:
        q = np.rint(q / noise.quantisation) * np.float32(noise.quantisation)
    if noise.hole_share > 0.0 or noise.grazing_limit_deg < 90.0 + 3.0 * GRAZING_SPREAD_DEG:
        lost |= _holes(true, noise, focal_px, rng)
    seen = (true > 0.0) & (q > 0.0) & ~lost
    measured = np.full(depth.shape, np.inf)
    measured[seen] = distance / q[seen].astype(np.float64)
    return measured


def _disparity_noise(
    shape: tuple[int, int], correlation_px: float, rng: np.random.Generator
) -> np.ndarray:
    """Noise of variance one; a share of it is correlated over a longer distance."""
    white = rng.standard_normal(shape, dtype=np.float32)
    if correlation_px < 0.5:
        return white
    fine = _blur_spectrum(shape, correlation_px)
    coarse = _blur_spectrum(shape, COARSE_SCALE * correlation_px)
    power = (1.0 - COARSE_SHARE) * fine**2 + COARSE_SHARE * coarse**2
    return irfft2(rfft2(white) * np.sqrt(power), s=shape)


def in_shadow(q: np.ndarray, baseline_px: float) -> np.ndarray:
    """Tell which pixels a second camera or projector in the same rows cannot see.

    Args:
        q: (H, W) inverse depth, 0 where nothing is hit.
        baseline_px: Disparity of q = 1, positive if the second device is to the right.

    Returns:
        (H, W) bool.
    """
    if baseline_px < 0.0:
        return in_shadow(q[:, ::-1], -baseline_px)[:, ::-1]
    columns = np.arange(q.shape[1], dtype=np.float32)
    column_there = np.where(q > 0.0, columns - np.float32(baseline_px) * q, np.inf)
    # what lies further right in this image and not further right there stands in front
    leftmost = np.minimum.accumulate(column_there[:, ::-1], axis=1)[:, ::-1]
    hidden = np.zeros(q.shape, dtype=bool)
    hidden[:, :-1] = (q[:, :-1] > 0.0) & (leftmost[:, 1:] < column_there[:, :-1])
    return hidden


def _edges(q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least q > 0 of the four neighbours, inf where none is behind; pixels in front of an edge."""
    padded = np.pad(q, 1, mode='edge')  # the border of the image is no edge
    least = np.full(q.shape, np.inf, dtype=np.float32)
    behind = least.copy()
    for near in (padded[:-2, 1:-1], padded[2:, 1:-1], padded[1:-1, :-2], padded[1:-1, 2:]):
        np.minimum(least, near, out=least)
        np.minimum(behind, near, out=behind, where=near > 0.0)
    limit = q - np.float32(EDGE_JUMP)
    at_edge = (q > 0.0) & (least < limit)
    behind[behind >= limit] = np.inf
    return behind, at_edge


def _let_fly(
    q: np.ndarray, behind: np.ndarray, flies: np.ndarray, reach: float, rng: np.random.Generator
) -> None:
    """Move the pixels `flies` of q towards what is behind them, or back into the void."""
    front = q[flies]
    back = behind[flies]
    back = np.where(np.isfinite(back), back, 1.0 / (1.0 / front + reach))
    blend = rng.random(len(front), dtype=np.float32)
    q[flies] = 1.0 / (1.0 / front + blend * (1.0 / back - 1.0 / front))


def _smoothed(q: np.ndarray, width: int) -> np.ndarray:
    """Average q over a window, but not across depth edges."""
    valid = (q > 0.0).astype(np.float32)
    total = uniform_filter(q, width, mode='constant')
    share = uniform_filter(valid, width, mode='constant')
    mean = total / np.maximum(share, 0.5 / width**2)
    return np.where((np.abs(mean - q) < 0.5 * EDGE_JUMP) & (q > 0.0), mean, q)


def _holes(
    q: np.ndarray, noise: SensorNoise, focal_px: float, rng: np.random.Generator
) -> np.ndarray:
    """Pixels lost in blobs, the more the more grazing the surface is seen."""
    field = smooth_field(q.shape, noise.hole_px, rng)
    margin = (noise.grazing_limit_deg - incidence_deg(q, focal_px)) / GRAZING_SPREAD_DEG
    return field > np.minimum(margin, -ndtri(noise.hole_share))


def incidence_deg(q: np.ndarray, focal_px: float) -> np.ndarray:
    """Angle between surface normal and viewing ray from an image of inverse depth.

    Slopes come from the flatter side of each pixel, so depth edges do not count as steep.

    Args:
        q: (H, W) float32 inverse depth in any unit, 0 where nothing is hit.
        focal_px: Focal length; the principal point is the image centre [px].

    Returns:
        (H, W) float32 in [0, 90]; 90 where nothing is hit.
    """
    height, width = q.shape
    along_rows = _flatter_slope(q.T).T
    along_columns = _flatter_slope(q)
    x = np.arange(width, dtype=np.float32) - np.float32(0.5 * (width - 1))
    y = (np.arange(height, dtype=np.float32) - np.float32(0.5 * (height - 1)))[:, None]
    # a plane n . p = 1 has q = n . (x / f, y / f, 1)
    ahead = q - along_rows * x - along_columns * y
    squared = (along_rows**2 + along_columns**2) * np.float32(focal_px**2) + ahead**2
    ray = 1.0 + (x**2 + y**2) / np.float32(focal_px**2)
    cosine = q / np.sqrt(np.maximum(squared * ray, 1e-30))
    return np.rad2deg(np.arccos(np.clip(cosine, 0.0, 1.0)))


def _flatter_slope(q: np.ndarray) -> np.ndarray:
    """Differences down the rows, of the two at each pixel the smaller in size."""
    steps = np.diff(q, axis=0)
    before, after = np.concatenate([steps[:1], steps]), np.concatenate([steps, steps[-1:]])
    return np.where(np.abs(before) < np.abs(after), before, after)
