# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Two real processes that train together equal one with the same batches."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from part_seg_ros.cli.main import main

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = {
    'point_sam': 'pool_points: 128\nnum_patches: 16\npatch_size: 8\nbatch_clouds: 4\nnum_calls: 3',
    'partsam': 'triplets: 16\nbatch_clouds: 2\nnum_calls: 3',
    's2am3d_encoder': 'contrast_points: 64\nbatch_clouds: 2',
}
COMMON = """
num_steps: 2
num_points: 128
num_workers: 0
num_threads: 1
accumulation: 2
device: cpu
"""
# Each recipe joins a group of its own.
TOGETHER = """
import os, sys
from part_seg_ros.cli.main import main
for name, port in zip(sys.argv[1::2], sys.argv[2::2]):
    os.environ['MASTER_PORT'] = port
    assert main(['train', f'{name}.yaml', '--recipe', f'{name}-tiny', '-o', f'{name}_two']) == 0
"""


def free_port():
    with socket.socket() as server:
        server.bind(('127.0.0.1', 0))
        return str(server.getsockname()[1])


def gradients(folder):
    """Running means of the gradients; the weights also hold rounding, where a gradient is zero."""
    (optimizer,) = torch.load(folder / 'state.pt', weights_only=True)['optimizers']
    return {key: state['exp_avg'] for key, state in optimizer['state'].items()}


@pytest.mark.slow
def test_two_processes_equal_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, settings in SETTINGS.items():
        (tmp_path / f'{name}.yaml').write_text(settings + COMMON)
    names_and_ports = [word for name in SETTINGS for word in (name, free_port())]
    environment = {**os.environ, 'OMP_NUM_THREADS': '1', 'PYTHONPATH': str(ROOT)}
    environment |= {'WORLD_SIZE': '2', 'MASTER_ADDR': '127.0.0.1'}
    processes = [
        subprocess.Popen(
            [sys.executable, '-c', TOGETHER, *names_and_ports],
            env=environment | {'RANK': str(rank), 'LOCAL_RANK': str(rank)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        for name in SETTINGS:
            assert main(['train', f'{name}.yaml', '--recipe', f'{name}-tiny', '-o', name]) == 0
        for process in processes:
            text, _ = process.communicate(timeout=200)
            assert process.returncode == 0, text
    finally:
        for process in processes:
            process.kill()
    for name in SETTINGS:
        alone, together = (gradients(tmp_path / folder) for folder in (name, f'{name}_two'))
        assert len((tmp_path / f'{name}_two' / 'log.jsonl').read_text().splitlines()) == 2
        assert alone.keys() == together.keys()
        for key, value in alone.items():
            assert torch.allclose(together[key], value, rtol=1e-3, atol=1e-5), (name, key)
