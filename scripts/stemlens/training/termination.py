"""Being asked to end: a cluster sends SIGTERM some seconds before it takes a node away."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noticing_termination() -> Iterator[Callable[[], bool]]:
    """Note SIGTERM instead of ending at once, so that work can be put away first.

    Yields
    ------
    Callable
        Whether SIGTERM has come. Outside the main thread, where Python handles no signals, it
        never has.
    """
    came = threading.Event()

    def note(_signal: int, _frame: FrameType | None) -> None:
        came.set()

    if threading.current_thread() is not threading.main_thread():
        yield came.is_set
        return
    before = signal.signal(signal.SIGTERM, note)
    try:
        yield came.is_set
    finally:
        signal.signal(signal.SIGTERM, before)
