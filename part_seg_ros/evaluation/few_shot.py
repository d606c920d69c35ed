# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Few-shot part segmentation: labels of new shapes from frozen features and a few examples.

Source:
    Point-SAM (Zhou et al. 2024), Sec. 5.3: the encoder is frozen, and a perceptron over features
    of points learns the labels of one or two shapes of each category by cross-entropy. There a
    layer that carries features of three depths of the encoder to the points is trained too; here
    the features are those that each system gives for its points, so that all are asked alike. The
    paper does not tell whether the categories share a classifier; here each kind has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.datasets import Dataset, LabeledObject, seed_of
from part_seg_ros.evaluation.few_shot_heads import HEADS, MLP, Scores, fit
from part_seg_ros.evaluation.layouts.lazy_objects import LazyObjects
from part_seg_ros.evaluation.metrics import mask_iou
from part_seg_ros.evaluation.views import ViewConfig, see_object
from part_seg_ros.geometry.normalization import fit_unit_sphere
from part_seg_ros.segmenter.segmenter import EncodedCloud, Segmenter

SYSTEM, PLACE = 'system', 'place'


@dataclass(frozen=True, slots=True, kw_only=True)
class FewShotConfig:
    """Protocol of the few-shot evaluation."""

    view: ViewConfig = field(default_factory=ViewConfig)
    shots: int = setting(1, 'Labelled shapes of each kind.', minimum=1)
    draws: int = setting(3, 'How often the labelled shapes are drawn anew.', minimum=1)
    head: str = setting(
        MLP,
        'What learns labels from features: a perceptron of two layers, of one, or nearest means.',
        choices=HEADS,
    )
    features: str = setting(
        SYSTEM,
        'From what: the features of the system, or as a floor the place of each point on the shape'
        ' and its normal, where the cloud has any.',
        choices=(SYSTEM, PLACE),
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabeledShape:
    """How well the parts of a shape were labelled.

    Attributes:
        object_name: The shape.
        kind: What it is, '' when unknown.
        draw: From which draw of examples the labels were learned, from 0.
        iou: Mean IoU over all labels of the kind; one that is neither there nor predicted counts
            as 1, as usual on ShapeNetPart (PointNet, Qi et al. 2017).
    """

    object_name: str
    kind: str
    draw: int
    iou: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Look:
    """An encoded shape and its truth.

    Attributes:
        encoded: N points, of which the network saw S.
        features: (S, C) float32.
        truth: (N,) int64 label of each point, -1 where none is known.
    """

    encoded: EncodedCloud
    features: np.ndarray
    truth: np.ndarray


def evaluate_few_shot(
    segmenter: Segmenter,
    dataset: Dataset,
    config: FewShotConfig,
    *,
    training: Sequence[LabeledObject] | None = None,
    progress: Callable[[], object] | None = None,
) -> list[LabeledShape]:
    """Label every shape of a data set from examples of its kind.

    Kinds that have too few examples are left out, and shapes of which no label is known.

    Args:
        segmenter: Encodes; nothing of it is trained.
        dataset: Shapes whose parts have names, or ids that are meanings.
        config: The protocol; `config.view.seed` also draws the examples.
        training: Where examples are drawn from; None draws them from the data set itself, and no
            shape is then labelled from itself.
        progress: Called after each shape.

    Raises:
        InputError: the system has no features of points and they are wanted, parts have neither
            names nor ids that are meanings, an example has no known label, or no kind has enough
            examples.
    """
    pool = dataset.objects if training is None else training
    asked, known = rows_by_kind(dataset.objects), rows_by_kind(pool)
    spare = 1 if training is None else 0
    results = []
    for kind, rows in asked.items():
        if len(known.get(kind, ())) < config.shots + spare:
            continue
        labels: dict[str, int] = {}
        draws = [_draw(known[kind], kind, number, config) for number in range(config.draws)]
        heads = _learn(segmenter, pool, draws, labels, config)
        found: list[tuple[str, int, dict[int, float]]] = []
        for row in rows:
            obj = dataset.objects[row]
            look = _look(segmenter, obj, labels, config)
            is_labeled = (look.truth >= 0).any()
            for number, (examples, head) in enumerate(zip(draws, heads, strict=True)):
                if is_labeled and (training is not None or row not in examples):
                    predicted = look.encoded.to_all(head(look.features).T).argmax(axis=0)
                    found.append((obj.name, number, label_ious(predicted, look.truth)))
            if progress is not None:
                progress()
        results += [
            LabeledShape(object_name=name, kind=kind, draw=number, iou=mean_iou(ious, len(labels)))
            for name, number, ious in found
        ]
    if not results:
        raise InputError(
            f'{dataset.name} has no kind with enough shapes to learn {config.shots} from and label'
            ' another; take fewer --shots, or more objects'
        )
    return results


def rows_by_kind(objects: Sequence[LabeledObject]) -> dict[str, list[int]]:
    """Return {kind: positions of its objects}, reading only objects whose kind is not known."""
    if isinstance(objects, LazyObjects) and objects.kinds:
        kinds = [objects.kinds[name] for name in objects.readers]
    else:
        kinds = [obj.kind for obj in objects]
    rows: dict[str, list[int]] = {}
    for row, kind in enumerate(kinds):
        rows.setdefault(kind, []).append(row)
    return rows


def label_ious(predicted: np.ndarray, truth: np.ndarray) -> dict[int, float]:
    """Return {label: IoU} for labels that are there or predicted; points of truth -1 are left out.

    Args:
        predicted: (N,) int.
        truth: (N,) int, -1 where the label is not known.
    """
    is_known = truth >= 0
    predicted, truth = predicted[is_known], truth[is_known]
    return {
        int(label): mask_iou(predicted == label, truth == label)
        for label in np.union1d(predicted, truth)
    }


def mean_iou(ious: Mapping[int, float], num_labels: int) -> float:
    """Mean over all labels of a kind; those without an IoU count as 1."""
    return (sum(ious.values()) + num_labels - len(ious)) / num_labels


def summarize(results: Sequence[LabeledShape]) -> dict[str, float]:
    """Averages over kinds (of the means over their shapes) and over shapes, in percent.

    Both are means over the draws of examples; their standard deviation over the draws is told for
    the average over kinds.
    """
    by_draw: dict[int, dict[str, list[float]]] = {}
    for result in results:
        by_draw.setdefault(result.draw, {}).setdefault(result.kind, []).append(result.iou)
    of_kinds = [np.mean([np.mean(ious) for ious in kinds.values()]) for kinds in by_draw.values()]
    of_shapes = [np.mean(np.concatenate(list(kinds.values()))) for kinds in by_draw.values()]
    return {
        'class mIoU': 100 * float(np.mean(of_kinds)),
        'instance mIoU': 100 * float(np.mean(of_shapes)),
        'deviation over draws': 100 * float(np.std(of_kinds)),
    }


def _draw(rows: list[int], kind: str, number: int, config: FewShotConfig) -> list[int]:
    rng = np.random.default_rng((config.view.seed, seed_of(kind), number))
    return rng.permutation(rows)[: config.shots].tolist()


def _learn(
    segmenter: Segmenter,
    pool: Sequence[LabeledObject],
    draws: list[list[int]],
    labels: dict[str, int],
    config: FewShotConfig,
) -> list[Scores]:
    """Train a classifier for each draw of examples, and give `labels` those that they show."""
    shown = {}
    for row in sorted({row for examples in draws for row in examples}):
        look = _look(segmenter, pool[row], labels, config)
        truth = look.truth[look.encoded.network_idx]
        if (truth < 0).all():
            raise InputError(f'no label of {pool[row].name} is known; take it out of the data set')
        shown[row] = look.features[truth >= 0], truth[truth >= 0]
    return [
        fit(
            config.head,
            np.concatenate([shown[row][0] for row in examples]),
            np.concatenate([shown[row][1] for row in examples]),
            len(labels),
            seed=config.view.seed,
            device=segmenter.system.device,
        )
        for examples in draws
    ]


def _look(
    segmenter: Segmenter, obj: LabeledObject, labels: dict[str, int], config: FewShotConfig
) -> _Look:
    """Encode a shape; what its parts mean is added to `labels`, {meaning: number}."""
    seen = see_object(obj, config.view)
    truth = np.full(len(seen.part_ids), -1, np.int64)
    for part_id in np.unique(seen.part_ids[seen.part_ids >= 0]):
        meaning = _meaning(obj, int(part_id))
        if meaning:
            truth[seen.part_ids == part_id] = labels.setdefault(meaning, len(labels))
    encoded = segmenter.encode(seen.cloud)
    features = _places(encoded) if config.features == PLACE else encoded.embedding.point_features
    if features is None:
        raise InputError(
            f'{segmenter.system.name} has no features of points to learn from; use another system'
        )
    return _Look(encoded=encoded, features=features, truth=truth)


def _places(encoded: EncodedCloud) -> np.ndarray:
    """Return (S, 3 or 6) float32, places in the unit ball around the shape, and normals."""
    seen = encoded.cloud.select(encoded.network_idx)
    places = fit_unit_sphere(seen.points).apply(seen.points)
    parts = [places] if seen.normals is None else [places, seen.normals]
    return np.concatenate(parts, axis=1).astype(np.float32)


def _meaning(obj: LabeledObject, part_id: int) -> str:
    """Return what a part is in all objects of the kind, '' where that is not known.

    Raises:
        InputError: the object's parts have neither names nor ids that are meanings.
    """
    if obj.ids_are_meanings and not obj.part_names:
        return str(part_id)
    if not any(obj.part_names):
        raise InputError(
            f'the parts of {obj.name} have no names, so that what they are cannot be learned; take'
            ' a data set with names of parts'
        )
    return obj.part_names[part_id] if part_id < len(obj.part_names) else ''
