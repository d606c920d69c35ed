# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""SegviGen behind the common protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.errors import CanceledError, InputError
from part_seg_ros.models.network_system import NetworkSystem
from part_seg_ros.models.part_masks import Progress, never, silent
from part_seg_ros.models.segvigen.clicks import pack_clicks
from part_seg_ros.models.segvigen.colors import (
    WHITE_THRESHOLD,
    find_palette,
    nearest_color,
    to_bytes,
    white_share,
)
from part_seg_ros.models.segvigen.config import CELL, MODES, NUM_POINT_TOKENS, SegvigenConfig
from part_seg_ros.models.segvigen.face_labels import FaceSettings, face_samples, label_faces
from part_seg_ros.models.segvigen.memory_check import check_object, check_weights, free_memory
from part_seg_ros.models.segvigen.memory_plan import PlanOptions, count_rows, plan_memory
from part_seg_ros.models.segvigen.model import EncodedObject, SegvigenNet
from part_seg_ros.models.segvigen.picture import crop, network_picture, read_picture
from part_seg_ros.models.segvigen.preparation import Placement, prepare
from part_seg_ros.models.segvigen.residency import Residency, is_widened
from part_seg_ros.models.segvigen.settings import SegmentEverySettings, SegvigenSettings
from part_seg_ros.models.segvigen.voxels.read_out import ReadOut
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.structures import (
    MaskCandidates,
    Mesh,
    PartSegmentation,
    PointCloud,
    PointPrompt,
    Prompt,
    SegmentedPart,
)

# Whiteness is turned into a logit between these.
_LEAST_SHARE = 1e-3
_CANCELED = 'the painting of parts was cancelled before it was done'


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegvigenState:
    """What painting needs.

    Attributes:
        encoded: The object.
        placement: From the frame of the shape to the cube.
        read_out: From the voxels, in the order of decoding, to the embedding's points.
        view: (S, S, 3) uint8 cropped picture of the object as it is; None without one.
    """

    encoded: EncodedObject
    placement: Placement
    read_out: ReadOut
    view: np.ndarray | None = None


class SegvigenSystem(NetworkSystem[SegvigenNet, SegvigenSettings]):
    """Paints the clicked part white and the rest black, or every part in a colour of its own.

    There is no memory of earlier answers: each begins from noise, with all clicks so far. The
    noise is the same for the same seed.
    """

    name = 'segvigen'
    settings_type = SegvigenSettings
    capabilities = Capabilities(
        negative_points=False,
        max_points=NUM_POINT_TOKENS,
        mask_feedback=False,
        meshes=True,
        needs_colors=True,
        own_segmentation=True,
    )

    def __init__(
        self,
        net: SegvigenNet,
        device: str,
        *,
        name: str = '',
        weights_sha256: str = '',
        settings: SegvigenSettings | None = None,
    ) -> None:
        """Take networks to where they work, or with `low_memory` to where they rest.

        See `NetworkSystem`.
        """
        settings = settings or SegvigenSettings()
        widened = is_widened(settings.precision, device)
        if settings.low_memory:
            net.residency = Residency(device, is_widened=widened)
        elif widened:
            net.float()
        super().__init__(
            net,
            'cpu' if settings.low_memory else device,
            name=name,
            weights_sha256=weights_sha256,
            settings=settings,
        )
        self.device = device

    @property
    def config(self) -> SegvigenConfig:
        """Sizes of the networks."""
        return self.net.config

    @torch.inference_mode()
    def encode(self, shape: PointCloud | Mesh) -> Embedding:
        """Voxelise and encode a shape.

        Args:
            shape: A mesh, best one of `read_painted_mesh` with its textures, or a cloud of
                N >= 16 finite points.

        Returns:
            The embedding: over points on the mesh, or the points of the cloud. Its point features
            are the normalised shape and texture latents of the cells that the points lie in.

        Raises:
            InputError: an empty mesh or one without area, too few points, or one that is not
                finite.
            DoesNotFitError: an object of so many voxels needs more memory than is free.
        """
        prepared = prepare(shape, self.settings, self.config.grid)
        plan = plan_memory(self.config, count_rows(prepared.voxels.coords), self._plan_options())
        check_object(self.config, plan, free_memory(self.device))
        encoded = self.net.encode(prepared.voxels)
        fine = encoded.steps[-1].fine.coords[:, 1:].cpu().numpy()
        read_out = ReadOut(fine, self.config.grid, prepared.placement.apply(prepared.points))
        features = _features(encoded, fine[read_out.nearest])
        return Embedding(
            points=prepared.points,
            point_features=features,
            state=SegvigenState(
                encoded=encoded,
                placement=prepared.placement,
                read_out=read_out,
            ),
            num_bytes=encoded.num_bytes + read_out.num_bytes + features.nbytes,
            face_idx=prepared.face_idx,
        )

    def with_view(self, embedding: Embedding, picture: np.ndarray) -> Embedding:
        """Show the networks a picture of the object, as the release does by default.

        Args:
            embedding: From `encode`.
            picture: (H, W, 3) or (H, W, 4) uint8 the object in its own colours, rendered from
                `picture.VIEW`.

        Returns:
            The embedding with the picture; clicks and every part without guidance then heed it.

        Raises:
            InputError: the picture shows no object, or there are no weights of the image encoder.
        """
        self.net.check_image_encoder()
        view = crop(picture)
        state = replace(embedding.state, view=view)
        return replace(embedding, state=state, num_bytes=embedding.num_bytes + view.nbytes)

    def predict(
        self, embedding: Embedding, prompt: Prompt, previous: np.ndarray | None = None
    ) -> MaskCandidates:
        """Answer up to ten clicks by one mask; see `System.predict`.

        Args:
            embedding: From `encode`.
            prompt: All clicks on the part so far. Their order does not matter, and clicks in one
                cell of 16 voxels count once.
            previous: Not taken: the network has no memory of its last answer.

        Returns:
            One candidate; its logit is that of the whiteness. Its `iou_pred` is no output of the
            network but how far from grey the points are painted on average, 0 for an empty mask.

        Raises:
            InputError: clicks off the part, more than ten, or outside the cube that holds the
                shape; a previous mask; or no weights for clicks.
        """
        if previous is not None:
            raise InputError(f'{self.name} takes no previous mask; ask anew with all clicks')
        return self.predict_batch(embedding, self._clicks([prompt]))[0]

    def predict_batch(
        self, embedding: Embedding, prompts: list[PointPrompt]
    ) -> list[MaskCandidates]:
        """Answer M independent prompts, each as `predict` does."""
        return [
            _as_candidate(self.white_shares(embedding, prompt)) for prompt in self._clicks(prompts)
        ]

    @torch.inference_mode()
    def white_shares(self, embedding: Embedding, prompt: PointPrompt) -> np.ndarray:
        """Return how white the points are painted for a prompt: (N,) float32 around [0, 1].

        A point is in the part above `WHITE_THRESHOLD`.
        """
        state: SegvigenState = embedding.state
        voxels = state.placement.voxels(prompt.prompt_coords, self.config.grid)
        coords, labels = (
            torch.from_numpy(array)[None].to(self.device)
            for array in pack_clicks(voxels, self.config.grid)
        )
        colors = self._paint('interactive', state, clicks=(coords, labels))
        return white_share(state.read_out.at_points(colors))

    def segment_all(
        self,
        embedding: Embedding,
        settings: SegmentEverySettings | None = None,
        *,
        progress: Progress = silent,
        should_stop: Callable[[], bool] = never,
    ) -> PartSegmentation:
        """Paint every part in its colour; see `SegmentingSystem.segment_all`.

        Args:
            embedding: From `encode`.
            settings: With a guidance picture or without; None for the defaults, with the picture
                that the system's settings name.
            progress: Told the share done in [0, 1], and 0 parts until they are known.
            should_stop: Asked before every step from noise to colours.

        Returns:
            Part ids of the embedding's points, parts from large to small.

        Raises:
            CanceledError: `should_stop` returned True.
            InputError: no weights for this mode, or a picture without an object.
        """
        settings = settings or self._every()
        colors, palette = self._painted(embedding.state, settings, progress, should_stop)
        found = to_bytes(embedding.state.read_out.at_points(colors))
        if palette is None:
            labels = find_palette(found, settings.colors)[1]
        else:
            labels = nearest_color(found, palette).astype(np.int32)
        parts = as_parts(labels, settings.min_points)
        progress(1.0, len(parts.parts))
        return parts

    def segment_faces(
        self,
        mesh: Mesh,
        embedding: Embedding,
        settings: SegmentEverySettings | None = None,
        faces: FaceSettings | None = None,
        *,
        progress: Progress = silent,
        should_stop: Callable[[], bool] = never,
    ) -> PartSegmentation:
        """Paint every part of a mesh; see `label_faces`.

        Args:
            mesh: The mesh.
            embedding: From `encode` of this mesh.
            settings: As for `segment_all`.
            faces: How labels are tidied; None for the defaults.
            progress: As for `segment_all`.
            should_stop: As for `segment_all`.

        Returns:
            Part ids of the F faces, in the place of points.

        Raises:
            CanceledError: `should_stop` returned True.
            InputError: the embedding is of a cloud, or as for `segment_all`.
        """
        state: SegvigenState = embedding.state
        embedding.check_faces()
        settings = settings or self._every()
        colors, palette = self._painted(state, settings, progress, should_stop)
        samples = face_samples(mesh)  # (F, 4, 3)
        fine = state.encoded.steps[-1].fine.coords[:, 1:].cpu().numpy()
        places = state.placement.apply(samples.reshape(-1, 3))
        found = to_bytes(ReadOut(fine, self.config.grid, places).at_points(colors))
        if palette is None:
            surface = to_bytes(state.read_out.at_points(colors))
            palette = find_palette(surface, settings.colors)[0]
        votes = nearest_color(found, palette).reshape(-1, samples.shape[1])
        parts = as_parts(label_faces(mesh, votes, faces or FaceSettings()), 1)
        progress(1.0, len(parts.parts))
        return parts

    def _plan_options(self) -> PlanOptions:
        return planned_options(
            self.device,
            self.settings,
            list(self.net.flows),
            has_image_encoder=self.net.image_encoder is not None,
        )

    def _every(self) -> SegmentEverySettings:
        """Return the defaults, with the guidance picture of the settings where there is one."""
        if not self.settings.guide:
            return SegmentEverySettings()
        return SegmentEverySettings(picture=read_picture(Path(self.settings.guide)))

    @torch.inference_mode()
    def _painted(
        self,
        state: SegvigenState,
        settings: SegmentEverySettings,
        progress: Progress,
        should_stop: Callable[[], bool],
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Return (M, 3) colours of the voxels, and the palette if a picture gives one."""
        mode, picture = 'full', None
        if settings.picture is not None:
            mode, picture = 'guided', crop(settings.picture)

        def on_step(share: float) -> None:
            if should_stop():
                raise CanceledError(_CANCELED)
            progress(share, 0)

        colors = self._paint(mode, state, picture=picture, seed=settings.seed, on_step=on_step)
        if picture is None or settings.palette is not None:
            return colors, settings.palette
        shown = picture.reshape(-1, 3)
        return colors, find_palette(shown[shown.any(axis=1)], settings.colors)[0]

    def _paint(
        self,
        mode: str,
        state: SegvigenState,
        *,
        clicks: tuple[Tensor, Tensor] | None = None,
        picture: np.ndarray | None = None,
        seed: int | None = None,
        on_step: Callable[[float], None] = lambda share: None,
    ) -> np.ndarray:
        """Return the (M, 3) float32 mean colours of the voxels over the draws of noise."""
        tokens = self._image_tokens(mode, state.view if picture is None else picture)
        sampler, num_draws = self.settings.sampler, self.settings.num_draws
        first = self.settings.seed if seed is None else seed
        flow = self.net.flow(mode)
        latents = []
        with self.net.at_work(flow):
            memory = flow.remember([tokens])
            for draw in range(num_draws):
                noise = torch.randn(
                    state.encoded.texture.shape,
                    generator=torch.Generator().manual_seed(first + draw),
                )

                def tell(step: int, draw: int = draw) -> None:
                    on_step((draw + step / sampler.num_steps) / num_draws)

                latents.append(
                    self.net.sample(
                        mode,
                        state.encoded,
                        memory,
                        noise.to(self.device),
                        sampler,
                        clicks=clicks,
                        on_step=tell,
                    )
                )
        total = torch.zeros((), device=self.device)
        for latent in latents:
            total = total + self.net.decode_colors(latent, state.encoded)
        return (total / num_draws).cpu().numpy()

    def _image_tokens(self, mode: str, picture: np.ndarray | None) -> Tensor:
        self.net.flow(mode)  # refuses before any work
        if picture is None:
            return self.net.null_tokens()
        image = torch.from_numpy(network_picture(picture, self.config.image.side))
        return self.net.image_tokens(image.to(self.device))


def as_parts(labels: np.ndarray, min_size: int) -> PartSegmentation:
    """Number labels by falling size.

    Args:
        labels: (N,) int labels, negative for none.
        min_size: Rows that a part must have; those of smaller ones get no part.

    Returns:
        Part ids 0 to K - 1; the network does not say how sure it is, so every score is 1.
    """
    used, member, counts = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind='stable')
    order = order[(used[order] >= 0) & (counts[order] >= min_size)]
    number = np.full(len(used), -1, np.int32)
    number[order] = np.arange(len(order))
    return PartSegmentation(
        part_ids=number[member.reshape(-1)],
        parts=tuple(SegmentedPart(part_id=part_id, score=1.0) for part_id in range(len(order))),
    )


def _as_candidate(shares: np.ndarray) -> MaskCandidates:
    """Return the one mask of (N,) white shares."""
    share = np.clip(shares - (WHITE_THRESHOLD - 0.5), _LEAST_SHARE, 1 - _LEAST_SHARE)
    logits = np.log(share / (1 - share)).astype(np.float32)
    certainty = float(np.abs(2 * share - 1).mean()) if (logits > 0).any() else 0.0
    return MaskCandidates(mask_logits=logits[None], iou_pred=np.array([certainty], np.float32))


def _features(encoded: EncodedObject, voxels: np.ndarray) -> np.ndarray:
    """Return (N, 2 D) float32 latents of the cells that (N, 3) voxels lie in."""
    cells = encoded.cells.coords[:, 1:].cpu().numpy()
    side = int(max(cells.max(), voxels.max() // CELL)) + 1
    row_of = np.zeros((side, side, side), np.int64)
    row_of[tuple(cells.T)] = np.arange(len(cells))
    latents = torch.cat([encoded.shape, encoded.texture], dim=1).cpu().numpy()
    return latents[row_of[tuple((voxels // CELL).T)]]


def planned_options(
    device: str,
    settings: SegvigenSettings | None,
    modes: Sequence[str] = MODES,
    *,
    has_image_encoder: bool = True,
) -> PlanOptions:
    """Return what a system with these settings will need memory for."""
    settings = settings or SegvigenSettings()
    return PlanOptions(
        device=device,
        modes=tuple(modes),
        has_image_encoder=has_image_encoder,
        is_widened=is_widened(settings.precision, device),
        low_memory=settings.low_memory,
    )


def random_system(
    config: SegvigenConfig,
    device: str,
    *,
    name: str = 'segvigen-tiny',
    seed: int = 0,
    settings: SegvigenSettings | None = None,
    modes: Sequence[str] = MODES,
) -> SegvigenSystem:
    """Build a system with random weights, the same for the same seed; to test and to time.

    Raises:
        DoesNotFitError: there is no memory for so many weights.
    """
    options = planned_options(device, settings, modes)
    check_weights(config, options, free_memory(device))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = SegvigenNet(config, modes)
    return SegvigenSystem(net, device, name=name, settings=settings)
