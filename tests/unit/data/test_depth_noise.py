# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Each error of the simulated depth sensor by itself."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.depth_noise import (
    SensorNoise,
    displaced_pixels,
    in_shadow,
    incidence_deg,
    measured_depth,
    random_noise,
    smooth_field,
)

FOCAL_PX = 200.0
SHAPE = (120, 160)
DISTANCE = 0.8


def plane(tilt_deg: float = 0.0) -> np.ndarray:
    """Depth (H, W) of a plane through the optical axis at DISTANCE, turned about the rows."""
    x = (np.arange(SHAPE[1]) - 0.5 * (SHAPE[1] - 1)) / FOCAL_PX
    tilt = np.deg2rad(tilt_deg)
    inverse = (np.cos(tilt) + np.sin(tilt) * x) / (np.cos(tilt) * DISTANCE)
    return np.broadcast_to(1.0 / inverse, SHAPE).astype(np.float32)


def sense(depth: np.ndarray, seed: int = 0, **errors: float) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = SensorNoise(**errors)  # type: ignore[arg-type]
    return measured_depth(depth, DISTANCE, noise, rng, focal_px=FOCAL_PX)


def step(near: float = 0.5, far: float = 1.0) -> np.ndarray:
    """A near square in the middle of a far plane."""
    depth = np.full(SHAPE, far, dtype=np.float32)
    depth[40:80, 60:100] = near
    return depth


def test_a_perfect_sensor_reports_the_truth() -> None:
    depth = plane(40.0).copy()
    depth[:, :20] = np.inf
    measured = sense(depth)
    np.testing.assert_array_equal(np.isinf(measured), np.isinf(depth))
    np.testing.assert_allclose(measured[:, 20:], depth[:, 20:], rtol=1e-6)


@pytest.mark.parametrize('correlation_px', [0.0, 1.0, 3.0])
def test_noise_grows_with_the_square_of_the_distance(correlation_px: float) -> None:
    errors = []
    for depth in (DISTANCE, 2 * DISTANCE):
        true = np.full(SHAPE, depth, dtype=np.float32)
        runs = [
            sense(true, seed, depth_stddev=0.002, correlation_px=correlation_px) - depth
            for seed in range(8)
        ]
        errors.append(float(np.std(runs)))
    assert errors[0] == pytest.approx(0.002 * DISTANCE, rel=0.1)
    assert errors[1] == pytest.approx(4.0 * errors[0], rel=0.1)


def lag_correlation(image: np.ndarray, lag: int) -> float:
    return float((image[:, :-lag] * image[:, lag:]).mean() / (image**2).mean())


def test_noise_of_neighbouring_pixels_is_alike() -> None:
    white, near, wide = (
        sense(plane(), depth_stddev=0.001, correlation_px=length) - DISTANCE
        for length in (0.0, 1.5, 3.0)
    )
    assert abs(lag_correlation(white, 1)) < 0.05
    assert lag_correlation(near, 1) > 0.5
    assert lag_correlation(wide, 3) > lag_correlation(near, 3) + 0.1
    assert lag_correlation(wide, 40) < 0.2


def test_smooth_field_is_normal_at_every_pixel() -> None:
    rng = np.random.default_rng(0)
    fields = np.array([smooth_field((24, 31), 4.0, rng) for _ in range(800)])
    np.testing.assert_allclose(fields.mean(axis=0), 0.0, atol=0.2)
    np.testing.assert_allclose(fields.std(axis=0), 1.0, atol=0.15)
    at_length = (fields[:, :, 10] * fields[:, :, 14]).mean()
    assert at_length == pytest.approx(np.exp(-1.0), abs=0.1)


def test_quantisation_gives_equal_steps_of_inverse_depth() -> None:
    measured = sense(plane(60.0), quantisation=0.01)
    levels = np.unique(np.round(DISTANCE / measured, 5))
    assert len(levels) > 20
    np.testing.assert_allclose(np.diff(levels), 0.01, atol=2e-5)
    depth_steps = np.diff(np.unique(np.round(measured, 6)))
    assert depth_steps.max() > 3.0 * depth_steps.min()  # so they widen with distance


def test_incidence_is_that_of_a_tilted_plane() -> None:
    for tilt in (0.0, 30.0, 70.0):
        q = (DISTANCE / plane(tilt)).astype(np.float32)
        middle = incidence_deg(q, FOCAL_PX)[60, 79:81]
        np.testing.assert_allclose(middle, tilt, atol=0.5)


def test_a_depth_edge_is_not_grazing() -> None:
    q = (DISTANCE / step()).astype(np.float32)
    assert incidence_deg(q, FOCAL_PX).max() < 30.0


def test_holes_grow_with_the_grazing_angle() -> None:
    middle = slice(70, 90)  # where rays meet the plane at its tilt, within 3 deg
    lost = []
    for tilt in (0.0, 60.0, 65.0, 70.0, 82.0):
        runs = [sense(plane(tilt), s, grazing_limit_deg=70.0)[:, middle] for s in range(12)]
        lost.append(np.isinf(runs).mean())
    assert lost[0] == 0.0
    assert lost[1] < lost[2] < lost[3] < lost[4]
    assert lost[3] == pytest.approx(0.5, abs=0.1)
    assert lost[4] > 0.97


def test_random_holes_cover_their_share_in_blobs() -> None:
    lost = [np.isinf(sense(plane(), s, hole_share=0.05, hole_px=6.0)) for s in range(40)]
    assert np.mean(lost) == pytest.approx(0.05, rel=0.2)
    beside = [image[:, 1:][image[:, :-1]].mean() for image in lost]
    assert np.mean(beside) > 0.6  # one lost pixel loses its neighbour
    speckles = [np.isinf(sense(plane(), s, hole_share=0.05, hole_px=0.0)) for s in range(10)]
    assert np.mean([image[:, 1:][image[:, :-1]].mean() for image in speckles]) < 0.1


@pytest.mark.parametrize('side', [1, -1])
def test_the_projector_casts_a_shadow_on_its_far_side(side: int) -> None:
    baseline_px = 24.0
    q = (0.5 / step()).astype(np.float32)  # 1 on the square, 0.5 behind it
    hidden = in_shadow(q, side * baseline_px)
    assert not hidden[:40].any() and not hidden[80:].any() and not hidden[40:80, 60:100].any()
    columns = np.flatnonzero(hidden[60])
    width = 0.5 * baseline_px  # the difference of the disparities
    expected = np.arange(60 - width, 60) if side > 0 else np.arange(100, 100 + width)
    assert abs(len(columns) - width) <= 1
    assert np.isin(columns, expected).all()


def test_shadow_leaves_no_depth() -> None:
    measured = sense(step(), baseline=0.1)
    assert np.isinf(measured[60, 52:60]).all()
    assert np.isfinite(measured[60, 100:]).all()


def test_smoothing_rounds_small_steps_but_keeps_edges() -> None:
    small = plane().copy()
    small[:, 80:] *= np.float32(1.004)
    rounded = sense(small, smoothing_px=2)
    row = rounded[60]
    assert np.all(np.diff(row[76:84]) >= 0.0)
    assert np.count_nonzero(np.diff(row) > 1e-4) >= 4  # the step is spread over the window
    edges = sense(step(), smoothing_px=2)
    np.testing.assert_allclose(edges, step(), rtol=1e-5)
    slanted = sense(plane(50.0), smoothing_px=2)
    inner = slice(4, -4)
    np.testing.assert_allclose(slanted[inner, inner], plane(50.0)[inner, inner], rtol=1e-4)


def test_flying_pixels_lie_between_front_and_back() -> None:
    measured = sense(step(), flying=1.0)
    moved = np.abs(measured - step()) > 1e-4
    assert moved.any()
    inside = np.zeros(SHAPE, dtype=bool)
    inside[40:80, 60:100] = True
    inside[41:79, 61:99] = False
    assert not moved[~inside].any()
    assert ((measured[inside] >= 0.5 - 1e-6) & (measured[inside] <= 1.0 + 1e-6)).all()
    assert np.ptp(measured[inside]) > 0.4


def test_flying_pixels_hang_back_into_the_void() -> None:
    depth = step()
    depth[depth == 1.0] = np.inf
    measured = sense(depth, flying=1.0, flying_reach=0.25)
    seen = measured[np.isfinite(measured)]
    assert len(seen) == np.isfinite(depth).sum()
    assert 0.5 + 0.15 * DISTANCE < seen.max() <= 0.5 + 0.25 * DISTANCE + 1e-4
    assert seen.min() == pytest.approx(0.5, abs=1e-5)


def test_edge_loss_takes_pixels_in_front_of_edges_only() -> None:
    lost = np.isinf(sense(step(), edge_loss=1.0))
    expected = np.zeros(SHAPE, dtype=bool)
    expected[40:80, 60:100] = True
    expected[41:79, 61:99] = False
    np.testing.assert_array_equal(lost, expected)


def test_lateral_error_shifts_pixels_by_its_size() -> None:
    rng = np.random.default_rng(0)
    still = displaced_pixels(SHAPE, SensorNoise(), rng)
    np.testing.assert_array_equal(still, np.arange(SHAPE[0] * SHAPE[1]))
    noise = SensorNoise(lateral_px=1.0)
    source = displaced_pixels((119, 161), noise, rng).reshape(119, 161)
    rows, columns = np.divmod(source, 161)
    for shift in (rows - np.arange(119)[:, None], columns - np.arange(161)):
        inner = shift[8:-8, 8:-8]
        assert inner.std() == pytest.approx(1.04, abs=0.12)  # rounding adds 1 / 12 of variance
        assert abs(inner.mean()) < 0.1
    assert rows.min() >= 0 and rows.max() <= 118 and columns.min() >= 0 and columns.max() <= 160


def test_sensors_vary_and_some_are_perfect() -> None:
    rng = np.random.default_rng(0)
    drawn = [random_noise(rng) for _ in range(400)]
    spread = [noise.depth_stddev for noise in drawn]
    perfect = np.mean([stddev == 0.0 for stddev in spread])
    assert 0.08 < perfect < 0.22
    assert min(s for s in spread if s > 0.0) < 0.0005 and max(spread) > 0.002
    assert {noise.baseline > 0.0 for noise in drawn if noise.baseline} == {True, False}
