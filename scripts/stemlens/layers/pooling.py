"""Over which axes a layer is averaged, as in ``channel band time -> channel band``."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from stemlens.errors import InputError

WINDOW = "window"
"""Name of the axis of the windows of a stimulus, which comes first where there are several."""
EXAMPLE = "channel band time -> channel band"


@dataclass(frozen=True)
class Pooling:
    """Names of a layer's axes, without that of stimuli, and those that are kept.

    Over the others the mean is taken; what is kept is flattened afterwards, as in the paper.
    """

    axes: tuple[str, ...]
    kept: tuple[str, ...]

    @classmethod
    def parse(cls, notation: str) -> "Pooling":
        """Read ``axes -> axes that are kept``.

        Raises
        ------
        InputError
            If it is none, or the right side has other axes, or in another order.
        """
        left, arrow, right = notation.partition("->")
        axes, kept = tuple(left.split()), tuple(right.split())
        in_order = tuple(axis for axis in axes if axis in kept)
        names = all(axis.isidentifier() for axis in axes) and len({*axes}) == len(axes)
        if not (arrow and axes and names and kept == in_order):
            raise InputError(
                f"pooling: found {notation!r}; expected the names of a layer's axes and, in the"
                f" same order, those that are kept, say {EXAMPLE!r}"
            )
        return cls(axes, kept)

    @property
    def averaged(self) -> tuple[int, ...]:
        """Numbers of the axes over which the mean is taken, counted from the first of `axes`."""
        return tuple(n for n, axis in enumerate(self.axes) if axis not in self.kept)


@dataclass(frozen=True)
class PoolingRules:
    """Pattern over names of layers → how these are averaged; the first that fits counts.

    A rule fits a layer whose name its pattern matches and that has as many axes; its first is
    called `WINDOW` where, and only where, the layer has windows. A layer that none fits is not
    averaged.
    """

    rules: tuple[tuple[str, Pooling], ...] = ()

    @classmethod
    def from_settings(cls, settings: str | Mapping[str, str] | None) -> "PoolingRules":
        """Read the config's ``pooling``: nothing, a notation for all layers, or some by pattern.

        Raises
        ------
        InputError
            As in `Pooling.parse`.
        """
        if settings is None:
            return cls()
        by_pattern = {"*": settings} if isinstance(settings, str) else settings
        return cls(tuple((pattern, Pooling.parse(text)) for pattern, text in by_pattern.items()))

    def of(self, layer: str, n_axes: int, *, has_windows: bool = False) -> Pooling | None:
        """Find the rule of a layer with so many axes, not counting that of stimuli."""
        for pattern, pooling in self.rules:
            is_of_windows = pooling.axes[0] == WINDOW
            fits = len(pooling.axes) == n_axes and is_of_windows == has_windows
            if fits and fnmatchcase(layer, pattern):
                return pooling
        return None
