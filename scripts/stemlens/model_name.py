"""What a model is called: its task, network, training and seed, which stand in its files' paths."""

from dataclasses import dataclass
from pathlib import Path

TASK_NAMES = ("instrument", "mood")
OTHER = "other"
"""Stands for the task in the names of models that the run does not train: it knows none."""
TRAININGS = ("trained", "untrained", "shuffled")
"""A network and its controls: one with its initial weights, one trained on shuffled labels."""

GROUP_COLUMNS = ["task", "network", "training"]
"""Columns of tables that hold `ModelName.group`."""


@dataclass(frozen=True, order=True)
class ModelName:
    """A model among those of the experiment.

    Attributes
    ----------
    task
        What it was trained for: one of `TASK_NAMES`, or `OTHER`.
    network
        Name of its architecture.
    training
        One of `TRAININGS`.
    seed
        Of its weights and training.
    """

    task: str
    network: str
    training: str
    seed: int

    @classmethod
    def from_path(cls, path: str | Path) -> "ModelName":
        """Read it from ``…/<task>/<network>/<training>-seed<k>.<suffix>``."""
        path = Path(path)
        training, seed = path.stem.rsplit("-seed", 1)
        return cls(path.parent.parent.name, path.parent.name, training, int(seed))

    @property
    def path(self) -> str:
        """How files of the model are called, without a suffix: what `from_path` reads."""
        return f"{self.task}/{self.network}/{self.training}-seed{self.seed}"

    @property
    def group(self) -> tuple[str, str, str]:
        """What models that differ by nothing but their seed have in common."""
        return self.task, self.network, self.training


def group_by_seed(paths: list[str]) -> dict[tuple[str, str, str], dict[int, str]]:
    """Sort files of models: (task, network, training) → seed → path, in the order given."""
    groups: dict[tuple[str, str, str], dict[int, str]] = {}
    for path in paths:
        model = ModelName.from_path(path)
        groups.setdefault(model.group, {})[model.seed] = path
    return groups
