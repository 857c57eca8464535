"""The command ``stemlens``: looking at a network before a run.

``stemlens layers my_models.py:crepe --sample-rate-hz 16000 --layers 'conv*'`` lists the layers of a
factory's network; ``stemlens layers crepe --config my.yaml`` those of a network in a config.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from stemlens.errors import InputError
from stemlens.layers.overview import example_stimulus, layer_overview
from stemlens.model.module_settings import MEL, ModuleSettings
from stemlens.workflow.others import module_settings
from stemlens.yaml_file import read_yaml


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 1 if it fails, with one line that says why."""
    parser = argparse.ArgumentParser(prog="stemlens", description="Looking at networks.")
    commands = parser.add_subparsers(dest="command", required=True)
    layers = commands.add_parser(
        "layers", help="list the layers of a network, and what patterns over them select"
    )
    layers.add_argument(
        "network", help="my_models.py:function, package.module:function, or a name with --config"
    )
    layers.add_argument("--config", metavar="FILE", help="YAML with the network under networks")
    layers.add_argument("--layers", nargs="+", metavar="PATTERN")
    layers.add_argument("--pooling", metavar="'AXES -> AXES'")
    layers.add_argument("--sample-rate-hz", type=int)
    layers.add_argument("--window-s", type=float)
    layers.add_argument("--hop-s", type=float)
    layers.add_argument("--call", type=int)
    layers.add_argument("--output")
    layers.add_argument("--mel", nargs=2, type=int, metavar=("BANDS", "FRAMES"))
    layers.add_argument("--duration-s", type=float, default=10.0, help="of a stimulus")
    layers.add_argument("--stimuli", type=int, default=188, help="of the run, 47 songs of 4 stems")
    options = parser.parse_args(arguments)
    try:
        print_layers(options)
    except InputError as error:
        print(f"stemlens: {error}", file=sys.stderr)
        return 1
    return 0


def print_layers(options: argparse.Namespace) -> None:
    """Print a table of the layers, and what the selected ones take."""
    settings, has_twin = _settings(options)
    # Its weights tell nothing of its layers.
    reader = settings.reader(settings.network(pretrained=not has_twin))
    if settings.input == MEL:
        n_bands, n_frames = options.mel or (80, 300)
        stimulus = example_stimulus(n_bands * n_frames).reshape(n_bands, n_frames)
    else:
        stimulus = example_stimulus(round(options.duration_s * settings.sample_rate_hz))
    table = layer_overview(reader, stimulus)
    shown = table.assign(
        mb=[
            f"{mb:.3g}" if read else "" for mb, read in zip(table["mb"], table["read"], strict=True)
        ],
        features=[n or "" for n in table["features"]],
        parameters=[n or "" for n in table["parameters"]],
    )
    print(shown.to_string(index=False))
    megabytes = table["mb"].sum()
    print(
        f"\nLayers read: {(table['read'] != '').sum()}; {megabytes:.3g} MB per stimulus,"
        f" {megabytes * options.stimuli / 1e3:.3g} GB on disk for {options.stimuli} stimuli."
        + (" Shapes of outputs are for one window." if settings.windows else "")
    )


def _settings(options: argparse.Namespace) -> tuple[ModuleSettings, bool]:
    """Settings of the network, and whether it can be made without its weights."""
    if not options.config:
        return ModuleSettings(
            factory=options.network,
            layers=options.layers or [],
            input=MEL if options.mel else "waveform",
            sample_rate_hz=options.sample_rate_hz or 16000,
            window_s=options.window_s,
            hop_s=options.hop_s,
            pooling=options.pooling,
            call=options.call,
            output=int(options.output) if (options.output or "").isdigit() else options.output,
        ), True
    networks = _networks(options.config)
    network = networks.get(options.network)
    if not isinstance(network, dict) or "factory" not in network:
        raise InputError(
            f"{options.config}: found no network {options.network!r} with a factory; expected one"
            f" of {', '.join(networks) or 'some under networks'}"
        )
    has_twin = network.get("twin", True)
    given = module_settings(
        options.network, {**network, "weights": None} if has_twin else network, os.environ
    )
    for key in ("layers", "pooling", "sample_rate_hz", "window_s", "hop_s", "call"):
        if getattr(options, key) is not None:
            given[key] = getattr(options, key)
    known = [key.name for key in fields(ModuleSettings)]
    for key in given:
        if key not in known:
            raise InputError(
                f"{options.config}, networks.{options.network}.{key}: unknown; expected one of"
                f" {', '.join(known)}"
            )
    return ModuleSettings(**given), has_twin


def _networks(path: str) -> dict[str, Any]:
    try:
        content = read_yaml(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); expected a YAML file with networks"
        ) from error
    networks = content.get("networks") if isinstance(content, dict) else None
    return networks if isinstance(networks, dict) else {}
