"""From a CatBoost model to the file that `workers.extract.trees` reads."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from catboost import CatBoostClassifier

MODELS = Path(__file__).parent.parent / "workers" / "extract" / "models"


def export(model: CatBoostClassifier, name: str, features: Sequence[str]) -> Path:
    """Write `models/NAME.npz`.

    Args:
        model: Trained on float features alone, with symmetric (oblivious) trees of one depth.
        name: Name of the model.
        features: The names of the columns.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.json")
        model.save_model(str(path), format="json")
        dump = json.loads(path.read_text())
    depth = max(len(tree["splits"] or []) for tree in dump["oblivious_trees"])
    columns, borders, values = [], [], []
    for tree in dump["oblivious_trees"]:
        splits = tree["splits"] or []
        missing = depth - len(splits)
        columns.append([split["float_feature_index"] for split in splits] + [0] * missing)
        borders.append([split["border"] for split in splits] + [np.inf] * missing)
        values.append(tree["leaf_values"] + [0.0] * ((1 << depth) - len(tree["leaf_values"])))
    scale, (bias,) = dump["scale_and_bias"]
    path = MODELS / f"{name}.npz"
    np.savez_compressed(
        path,
        names=np.array(list(features)),
        columns=np.array(columns, np.int16),
        borders=np.array(borders, np.float32),
        values=np.array(values, np.float32) * np.float32(scale),
        bias=np.float32(bias),
    )
    return path
