"""Other variants of the analysis, where it leaves a choice that needs no new training."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from stemlens.hypotheses.catalogue import MSE_MEASURES

VARIANTS: dict[str, tuple[str, str, str | bool | None]] = {
    "after_pool": ("activations", "tap", "pool"),
    "before_pool": ("activations", "tap", "activation"),
    "before_activation": ("activations", "tap", "normalised"),
    "probabilities": ("activations", "logits", False),
    "logits": ("activations", "logits", True),
    "flattened": ("activations", "pooling", None),
    "averaged_over_time": ("activations", "pooling", "channel band time -> channel band"),
    "most_active_segment": ("stimuli", "selection", "most_active"),
    "first_segment": ("stimuli", "selection", "first"),
    "last_segment": ("stimuli", "selection", "last"),
    **{name: ("similarity", "mse_measure", name) for name in MSE_MEASURES},
}
"""Name of each variant: section, key and value of the config."""


def other_variants(config: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Change one choice of a config at a time: name of each variant that differs → its config."""
    others = {}
    for name, (section, key, value) in VARIANTS.items():
        if value != config[section][key]:
            variant = deepcopy(dict(config))
            variant[section][key] = value
            others[name] = variant
    return others


def changes_activations(config: Mapping[str, Any], variant: Mapping[str, Any]) -> bool:
    """Whether a variant needs activations of its own."""
    return any(config[section] != variant[section] for section in ("activations", "stimuli"))
