"""The same examples in every run; HYPOTHESIS_PROFILE=search looks for others, and for more."""

import os

from hypothesis import HealthCheck, settings

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile(
    "fixed", derandomize=True, max_examples=30, deadline=None, suppress_health_check=SLOW
)
settings.register_profile(
    "search", database=None, max_examples=500, deadline=None, suppress_health_check=SLOW
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
