# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The page, served by the command and used in a real browser."""

import contextlib
import itertools
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import numpy as np
import pytest

from part_seg_ros.data.files import CloudFile, read_cloud, write_cloud
from part_seg_ros.data.procedural import FAMILIES, sample_surface
from part_seg_ros.structures import PointCloud

pytest.importorskip('dash')
sync_api = pytest.importorskip('playwright.sync_api')
CHROMIUM = shutil.which('chromium') or shutil.which('chromium-browser')
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason='needs a browser: apt install chromium'),
]

# Software rendering, and nothing that asks for a network or a sandbox that root cannot have.
ARGUMENTS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--no-first-run',
    '--use-gl=angle',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
]
WAIT_MS = 120_000


@pytest.fixture(scope='module')
def cloud_path(tmp_path_factory):
    rng = np.random.default_rng(0)
    points = sample_surface(FAMILIES['mug'](rng), 4000, rng).points
    path = tmp_path_factory.mktemp('view') / 'mug.ply'
    write_cloud(path, CloudFile(cloud=PointCloud(points=points)))
    return path


@pytest.fixture
def serve(cloud_path):
    servers = []

    def start(*options: str) -> str:
        with socket.socket() as free:
            free.bind(('127.0.0.1', 0))
            port = free.getsockname()[1]
        command = [sys.executable, '-m', 'part_seg_ros.cli.main', 'view', str(cloud_path)]
        server = subprocess.Popen([*command, '--port', str(port), *options])
        servers.append(server)
        url = f'http://127.0.0.1:{port}'
        for _ in range(1200):
            try:
                urllib.request.urlopen(url, timeout=10).close()
                return url
            except (urllib.error.URLError, ConnectionError):
                assert server.poll() is None, 'the server ended'
                time.sleep(0.1)
        raise AssertionError('the server did not answer')

    yield start
    for server in servers:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture
def page():
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_page(viewport={'width': 1300, 'height': 720})
        page.set_default_timeout(WAIT_MS)
        yield page
        browser.close()


def open_page(page, url):
    page.goto(url)
    page.wait_for_selector('#cloud canvas')
    wait_for_status(page, r'\d+ points; click on a part')


def wait_for_status(page, pattern) -> str:
    status = page.locator('#status')
    sync_api.expect(status).to_have_text(re.compile(pattern), timeout=WAIT_MS)
    return status.text_content()  # also where it is hidden, as while an answer is on its way


def click_on(page, plot) -> None:
    """Click in a plot, from its middle downwards, until it tells that something was hit."""
    box = plot.bounding_box()
    x, top = box['x'] + box['width'] / 2, box['y'] + box['height'] / 2
    plot.evaluate("plot => plot.on('plotly_click', () => { window.hit = true; })")
    deadline = time.monotonic() + WAIT_MS / 1000
    for step in itertools.count():
        page.mouse.move(x, top + 4 * (step % 15))
        page.wait_for_timeout(300)
        page.mouse.down()
        page.wait_for_timeout(300)
        page.mouse.up()
        with contextlib.suppress(sync_api.TimeoutError):
            page.wait_for_function('window.hit === true', timeout=3000)
            return
        assert time.monotonic() < deadline, 'nothing was hit'


def test_clicks_names_every_part_and_saving(page, serve, tmp_path):
    open_page(page, serve())
    click_on(page, page.locator('#cloud .js-plotly-plot'))
    clicked = wait_for_status(page, r'predicted IoU')
    num_points = int(re.search(r'(\d+) points', clicked).group(1))
    with page.expect_download() as download:
        page.click('#save')
    path = tmp_path / 'parts.ply'
    download.value.save_as(path)
    saved = read_cloud(path)
    assert len(saved.cloud) == 4000 and (saved.part_ids == 0).sum() == num_points > 0

    page.fill('#name', 'handle')
    page.press('#name', 'Enter')
    wait_for_status(page, r'^handle: \d+ found')
    page.click('#every')
    wait_for_status(page, r'^every part: \d+ found')
    page.click('#undo')
    wait_for_status(page, r'^handle: \d+ found')
    page.fill('#name', 'xylophone')
    page.press('#name', 'Enter')
    wait_for_status(page, r'^error: .*xylophone')
    page.click('#clear')
    wait_for_status(page, r'4000 points; click on a part')
    assert page.locator('#views .js-plotly-plot').count() == 0


def test_a_click_and_a_box_on_a_view(page, serve):
    pytest.importorskip('open3d')
    open_page(page, serve('--model', 'geosam2-tiny', '--max-points', '2000'))
    views = page.locator('#views .js-plotly-plot')
    sync_api.expect(views).to_have_count(12)
    box = views.nth(0).bounding_box()
    click_on(page, views.nth(0))
    wait_for_status(page, 'predicted IoU')
    assert set(page.evaluate(SHAPES_OF, 0)) == {'circle'} and page.evaluate(SHAPES_OF, 1) == []

    page.click('text=draw a box')
    page.wait_for_function(f'({MODE_OF})(0) === "drawrect"')
    page.mouse.move(box['x'] + 40, box['y'] + 60)
    page.mouse.down()
    page.mouse.move(box['x'] + 160, box['y'] + 180, steps=6)
    page.mouse.up()
    page.wait_for_function(f'({SHAPES_OF})(0)[0] === "rect"')
    wait_for_status(page, 'predicted IoU')
    assert page.evaluate(SHAPES_OF, 0) == ['rect']


MODE_OF = 'k => document.querySelectorAll("#views .js-plotly-plot")[k]._fullLayout.dragmode'
SHAPES_OF = (
    'k => document.querySelectorAll("#views .js-plotly-plot")[k]'
    '.layout.shapes.map(shape => shape.type)'
)
