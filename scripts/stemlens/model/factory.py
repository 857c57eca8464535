"""Building a network from a function that the user names."""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from stemlens.errors import InputError
from stemlens.given_paths import is_file

EXPECTED = "my_models.py:function or package.module:function"


def build_network(
    factory: str, arguments: Mapping[str, Any], *, pretrained: bool, seed: int = 0
) -> nn.Module:
    """Call a factory, and bring the network into evaluation mode.

    Parameters
    ----------
    factory
        ``file.py:function`` or ``package.module:function``.
    arguments
        What it is called with, beside ``pretrained``; ``weights``, a file, only if `pretrained`. A
        factory whose signature names ``seed`` gets that too, if not `pretrained`.
    pretrained
        Whether the network has its weights, or is the untrained twin: initial ones.
    seed
        Of the initial weights; PyTorch's generator has it when the factory is called.

    Raises
    ------
    InputError
        If there is no such function, a package that it needs is missing, it fails, or it returns
        something else than a network.
    """
    function = find_factory(factory)
    given = {name: value for name, value in arguments.items() if pretrained or name != "weights"}
    if not pretrained and "seed" in inspect.signature(function).parameters:
        given["seed"] = seed
    torch.manual_seed(seed)
    try:
        network = function(pretrained=pretrained, **given)
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise _failure(factory, error) from error
    if not isinstance(network, nn.Module):
        raise InputError(
            f"factory {factory}: returned {type(network).__name__}; expected a torch.nn.Module"
        )
    return network.eval().requires_grad_(False)


def find_factory(factory: str) -> Callable[..., Any]:
    """Import the function that a factory's name stands for.

    Raises
    ------
    InputError
        As in `build_network`.
    """
    source, colon, name = factory.rpartition(":")
    if not colon or not name.isidentifier():
        raise InputError(f"factory: found {factory!r}; expected {EXPECTED}")
    try:
        module = (
            _module_of_file(Path(source))
            if source.endswith(".py")
            else importlib.import_module(source)
        )
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise _failure(factory, error) from error
    function = getattr(module, name, None)
    if not callable(function):
        functions = [key for key, value in vars(module).items() if inspect.isfunction(value)]
        raise InputError(
            f"factory {factory}: {source} has no function {name}; expected one of"
            f" {', '.join(functions) or 'its functions, but it has none'}"
        )
    return function


def _module_of_file(path: Path) -> Any:
    if not is_file(path):
        raise InputError(f"factory: found no file {path}; expected {EXPECTED}")
    name = f"factory_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # As for any module that is imported: dataclasses look their own up there.
    sys.modules[name] = module
    # So that the file, and its functions when they are called, may import others beside it.
    folder = str(path.resolve().parent)
    if folder not in sys.path:
        sys.path.append(folder)
    spec.loader.exec_module(module)
    return module


def _failure(factory: str, error: BaseException) -> InputError:
    if isinstance(error, ModuleNotFoundError):
        package = (error.name or "").split(".")[0]
        return InputError(
            f"factory {factory}: the package {package} is missing; expected it to be installed:"
            f" pip install {package}"
        )
    last_line = (str(error).strip().splitlines() or [""])[-1]
    return InputError(
        f"factory {factory}: fails with {type(error).__name__}: {last_line}; expected a network:"
        " check its arguments"
    )
