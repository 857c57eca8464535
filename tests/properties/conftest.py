"""The same examples in every run; HYPOTHESIS_PROFILE=search looks for others, and for more."""

import os

from hypothesis import HealthCheck, Phase, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "fixed", derandomize=True, max_examples=30, deadline=None, suppress_health_check=SLOW
)
settings.register_profile(
    "search", database=None, max_examples=500, deadline=None, suppress_health_check=SLOW
)
# Of a mutant it is enough to know that it fails.
settings.register_profile(
    "mutants", parent=settings.get_profile("fixed"), max_examples=10, phases=[Phase.generate]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
