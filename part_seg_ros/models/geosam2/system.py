# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""GeoSAM2 behind the common protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import expit
from torch import nn

from part_seg_ros.errors import CanceledError, InputError
from part_seg_ros.models.geosam2.click_views import draw_logits, spread_clicks
from part_seg_ros.models.geosam2.config import GeoSam2Config
from part_seg_ros.models.geosam2.mask_filters import PROMPTED, ObjectRules
from part_seg_ros.models.geosam2.model import GeoSam2Net, ViewFeatures, join_views
from part_seg_ros.models.geosam2.network_maps import normal_input, point_input
from part_seg_ros.models.geosam2.objects import (
    ObjectMasks,
    enlarged,
    keep_objects,
    vote_for_objects,
)
from part_seg_ros.models.geosam2.passes import FollowedObject, Request, follow
from part_seg_ros.models.geosam2.preparation import PreparedShape, prepare
from part_seg_ros.models.geosam2.proposals import find_proposals
from part_seg_ros.models.geosam2.settings import GeoSam2Settings, ProposalSettings
from part_seg_ros.models.geosam2.view_prompts import (
    ViewPrompt,
    answer_clicks,
    answer_view_prompt,
    view_of,
)
from part_seg_ros.models.network_system import NetworkSystem
from part_seg_ros.models.part_masks import Progress, never, silent
from part_seg_ros.models.system import Capabilities, Embedding, ViewPicture, check_prompt
from part_seg_ros.structures import (
    MaskCandidates,
    Mesh,
    PartSegmentation,
    PointCloud,
    PointPrompt,
    Prompt,
)

_PROPOSING_SHARE = 0.5
_PRESENT = 2.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GeoSam2State:
    """What decoding needs: the views of the shape, and what the network made of them."""

    shape: PreparedShape
    features: ViewFeatures

    @property
    def is_ring(self) -> bool:
        """All views are there, so that one can go round."""
        return len(self.shape.views) == len(self.shape.cameras)


class GeoSam2System(NetworkSystem[GeoSam2Net, GeoSam2Settings]):
    """SAM 2 on twelve views of a mesh or a cloud, and their masks carried back to it."""

    name = 'geosam2'
    settings_type = GeoSam2Settings
    capabilities = Capabilities(
        view_prompts=True, meshes=True, needs_normals=True, own_segmentation=True
    )

    @property
    def config(self) -> GeoSam2Config:
        """Sizes of the network."""
        return self.net.config

    @torch.inference_mode()
    def encode(self, shape: PointCloud | Mesh) -> Embedding:
        """Render a shape from twelve sides and encode the views; see `prepare`.

        Returns:
            The embedding. Its points are those of a cloud, or the middles of the faces of a mesh;
            it has no features of points. `.state.shape.views` are the pictures.

        Raises:
            InputError: too few points, one that is not finite, all in one place, a mesh without
                faces, or a shape that no view shows.
            BackendMissingError: Open3D is not installed.
        """
        prepared = prepare(shape, self.config.image_size, self.settings)
        features = join_views(
            [
                self.net.encode(
                    self._tensor(normal_input(view.normals)),
                    self._tensor(point_input(view.point_map())),
                )
                for view in prepared.views
            ]
        )
        return Embedding(
            points=prepared.points,
            point_features=None,
            state=GeoSam2State(shape=prepared, features=features),
            num_bytes=prepared.num_bytes + features.num_bytes,
            face_idx=np.arange(len(shape.faces)) if isinstance(shape, Mesh) else None,
        )

    def predict(
        self, embedding: Embedding, prompt: Prompt, previous: np.ndarray | None = None
    ) -> MaskCandidates:
        """Answer one prompt with one mask, or with the candidates that the settings want.

        3D clicks go to the views that see them, see `spread_clicks`. The logit of a point is that
        of the mean probability of its pixels in all views.

        Args:
            embedding: From `encode`.
            prompt: 3D clicks, or a click, box or mask on one of the twelve views.
            previous: (N,) float32 logits of an answer to refine, for clicks only; the network gets
                it as a picture.

        Raises:
            InputError: another kind of prompt, a view that is not there, a click beside the shape,
                a box or mask that does not fit, or `previous` of another length.
        """
        check_prompt(self.name, self.capabilities, prompt)
        if isinstance(prompt, PointPrompt):
            return self._answer_clicks(embedding, [prompt], previous)[0]
        state: GeoSam2State = embedding.state
        found = self._follow(state, [self._request(state, prompt)], lambda: None)
        return self._candidates(state, [found])

    def view_pictures(self, embedding: Embedding) -> tuple[ViewPicture, ...]:
        """Return the views as pictures of their normals; see `ViewedSystem.view_pictures`."""
        shape = embedding.state.shape
        return tuple(
            ViewPicture(view_idx=number, picture=view.normals, point_idx=view.element_idx)
            for number, view in zip(shape.view_numbers, shape.views, strict=True)
        )

    def predict_batch(
        self, embedding: Embedding, prompts: list[PointPrompt]
    ) -> list[MaskCandidates]:
        """Answer M independent first prompts; those that begin on one view go together."""
        for prompt in prompts:
            check_prompt(self.name, self.capabilities, prompt)
        return self._answer_clicks(embedding, prompts, None)

    def segment_prompted(
        self,
        embedding: Embedding,
        prompts: Sequence[ViewPrompt],
        *,
        looks_behind: bool = True,
        within: np.ndarray | None = None,
        progress: Progress = silent,
        should_stop: Callable[[], bool] = never,
    ) -> PartSegmentation:
        """Find several objects, each prompted on a view, and perhaps more on the opposite side.

        Args:
            embedding: From `encode`.
            prompts: One for each object; on any views.
            looks_behind: Objects that nobody prompted are looked for in the view opposite to that
                of the first prompt, where no mask lies.
            within: (N,) bool, the part that is divided; None for all.
            progress: Told the share done in [0, 1] and the number of objects.
            should_stop: Asked before each view.

        Returns:
            Part ids of the embedding's points, -1 where no object covers or no view sees. Ids are
            numbers of prompts, even of objects that were dropped; those found behind come after.

        Raises:
            InputError: as for `predict`, or no prompt.
            CanceledError: `should_stop` returned True.
        """
        if not prompts:
            raise InputError('segmenting prompted objects needs at least one prompt')
        check_stop = _checker(should_stop)
        state: GeoSam2State = embedding.state
        requests = []
        for prompt in prompts:
            check_prompt(self.name, self.capabilities, prompt)
            requests.append(self._request(state, prompt))
        objects: list[ObjectMasks] = []
        for view in dict.fromkeys(request.view for request in requests):
            ids = [idx for idx, request in enumerate(requests) if request.view == view]
            found = self._follow(state, [requests[idx] for idx in ids], check_stop)
            objects += keep_objects(
                found, ids, state.shape.views, PROMPTED, objects, is_prompted=True
            )
            progress(_PROPOSING_SHARE, len(objects))
        if looks_behind:
            behind = state.shape.opposite(view_of(prompts[0], state.shape))
            objects += self._search(state, behind, objects, len(prompts), None, check_stop)
        progress(1.0, len(objects))
        return vote_for_objects(state.shape, objects, len(prompts), within)

    def segment_all(
        self,
        embedding: Embedding,
        settings: ProposalSettings | None = None,
        *,
        progress: Progress = silent,
        should_stop: Callable[[], bool] = never,
    ) -> PartSegmentation:
        """Find every part from the first view and then from behind; see `SegmentingSystem`.

        Args:
            embedding: From `encode`.
            settings: How objects are looked for; None for those of the system.
            progress: Told the share done in [0, 1] and the number of objects so far.
            should_stop: Asked before each batch of clicks and each view.

        Raises:
            CanceledError: `should_stop` returned True.
        """
        check_stop = _checker(should_stop)
        state: GeoSam2State = embedding.state
        objects = self._search(state, 0, [], 0, settings, check_stop)
        progress(_PROPOSING_SHARE, len(objects))
        behind = state.shape.opposite(0)
        if behind is not None:
            first_id = 1 + max((each.part_id for each in objects), default=-1)
            objects += self._search(state, behind, objects, first_id, settings, check_stop)
        progress(1.0, len(objects))
        return vote_for_objects(state.shape, objects, 0)

    @torch.inference_mode()
    def _request(self, state: GeoSam2State, prompt: ViewPrompt) -> Request:
        view = view_of(prompt, state.shape)
        answer = answer_view_prompt(self.net, state.features, state.shape, prompt)
        return Request(view=view, answer=answer)

    @torch.inference_mode()
    def _follow(
        self, state: GeoSam2State, requests: Sequence[Request], check_stop: Callable[[], None]
    ) -> list[FollowedObject]:
        return follow(
            self.net,
            state.features,
            requests,
            self.settings,
            is_ring=state.is_ring,
            before_step=check_stop,
        )

    @torch.inference_mode()
    def _answer_clicks(
        self, embedding: Embedding, prompts: Sequence[PointPrompt], previous: np.ndarray | None
    ) -> list[MaskCandidates]:
        """Answer 3D clicks of several prompts together."""
        state: GeoSam2State = embedding.state
        if previous is not None and np.shape(previous) != (len(embedding.points),):
            raise InputError(
                f'the previous mask must have one logit for each of the {len(embedding.points)}'
                f' points, got {np.shape(previous)}'
            )
        asked = [self._requests(state, each, previous) for each in prompts]
        requests = [each for candidates in asked for views in candidates for each in views]
        found = iter(self._follow(state, requests, lambda: None))
        return [
            self._candidates(state, [[next(found) for _ in views] for views in candidates])
            for candidates in asked
        ]

    def _requests(
        self, state: GeoSam2State, prompt: PointPrompt, previous: np.ndarray | None
    ) -> list[list[Request]]:
        """Return what to follow for each candidate, on as many views as its clicks need."""
        coords = state.shape.world.apply(prompt.prompt_coords)
        views = spread_clicks(state.shape, coords, prompt.prompt_labels)
        if not views:
            raise InputError(f'{self.name} needs a click on the part (label 1) that a view sees')
        is_first = previous is None and len(prompt.prompt_labels) == 1
        size = self.config.image_size // 4
        answers = [
            answer_clicks(
                self.net,
                state.features,
                clicks.view,
                clicks.coords_px,
                clicks.labels,
                None
                if previous is None
                else draw_logits(state.shape.views[clicks.view], previous, size),
                num_candidates=self.settings.num_candidates if is_first else 1,
            )
            for clicks in views
        ]
        return [
            [Request(view=v.view, answer=answer) for v, answer in zip(views, some, strict=True)]
            for some in zip(*answers, strict=True)
        ]

    def _candidates(
        self, state: GeoSam2State, found: Sequence[Sequence[FollowedObject]]
    ) -> MaskCandidates:
        """Let the pixels of all views vote on each candidate, as surely as they are of it.

        A candidate that was followed from several views is all that it was in any of them.
        """
        links, views = state.shape.links, state.shape.views
        total, logits = links.num_votes(), []
        for followed in found:
            probs = [
                expit(np.maximum.reduce([enlarged(each.logits[v], view) for each in followed]))
                for v, view in enumerate(views)
            ]
            inside = links.votes_for(probs)
            logits.append(np.log((inside + 0.5) / (total - inside + 0.5)))
        scores = [np.mean([each.iou_pred for each in followed]) for followed in found]
        return MaskCandidates(
            mask_logits=np.stack(logits).astype(np.float32), iou_pred=np.array(scores, np.float32)
        )

    @torch.inference_mode()
    def _search(
        self,
        state: GeoSam2State,
        view: int | None,
        earlier: Sequence[ObjectMasks],
        first_id: int,
        settings: ProposalSettings | None,
        check_stop: Callable[[], None],
    ) -> list[ObjectMasks]:
        """Look in a view for objects where there are none yet, and follow them."""
        if view is None:
            return []
        region = state.shape.views[view].is_shape.copy()
        for each in earlier:
            region &= ~each.masks[view]
        settings = settings or self.settings.proposals
        proposals = find_proposals(
            self.net, state.features.view(view), region, settings, before_batch=check_stop
        )
        requests = [
            Request(
                view=view,
                answer=answer_clicks(
                    self.net, state.features, view, each.coord_px[None], np.ones(1)
                )[0],
            )
            for each in proposals
        ]
        found = self._follow(state, requests, check_stop)
        ids = range(first_id, first_id + len(found))
        rules = ObjectRules(min_stability=settings.min_stability, max_growth=settings.max_growth)
        return keep_objects(found, ids, state.shape.views, rules, earlier, is_prompted=False)


def _checker(should_stop: Callable[[], bool]) -> Callable[[], None]:
    def check() -> None:
        if should_stop():
            raise CanceledError('stopped while objects were followed through the views')

    return check


def random_system(
    config: GeoSam2Config,
    device: str,
    *,
    name: str = 'geosam2-tiny',
    seed: int = 0,
    settings: GeoSam2Settings | None = None,
) -> GeoSam2System:
    """Build a system with random weights, the same for the same seed; to test and to time.

    Its objects count as present, which random weights alone would leave to chance.
    """
    settings = settings or GeoSam2Settings()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = GeoSam2Net(settings.network(config))
    nn.init.constant_(net.sam_mask_decoder.pred_obj_score_head.layers[-1].bias, _PRESENT)
    return GeoSam2System(net, device, name=name, settings=settings)
