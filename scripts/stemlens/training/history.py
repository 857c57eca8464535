"""How a training ended, and whether the saved network is as good as its last epoch."""

import pandas as pd

FALL_ALLOWED = 0.05
"""By how much the saved network's macro F1 on its training examples may lie below the last epoch's.

Without dropout, and with the weights of the last step, it is usually the higher of the two.
"""


def fall_note(history: pd.DataFrame) -> str:
    """Note on a saved network that is worse than the last epoch of `train`; empty if it is not."""
    last = history.iloc[-1]
    if last["macro_f1"] - last["saved_macro_f1"] <= FALL_ALLOWED:
        return ""
    return (
        f"the saved network's macro F1 on its training examples is {last['saved_macro_f1']:.3f};"
        f" it was {last['macro_f1']:.3f} in the last epoch: more than {FALL_ALLOWED:g} is lost"
    )


def training_row(history: pd.DataFrame) -> dict[str, float | str]:
    """Compare the last epoch with the saved network.

    Returns
    -------
    dict
        ``n_epochs``; ``last_epoch_loss`` and ``last_epoch_macro_f1``, of the training examples
        during the epoch; ``saved_loss`` and ``saved_macro_f1``, of the saved network on the same
        examples; ``note``, see `fall_note`.
    """
    last = history.iloc[-1]
    row: dict[str, float | str] = {"n_epochs": len(history)}
    for score in ("loss", "macro_f1"):
        row |= {f"last_epoch_{score}": last[score], f"saved_{score}": last[f"saved_{score}"]}
    return row | {"note": fall_note(history)}
