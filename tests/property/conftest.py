"""Few examples in every run; HYPOTHESIS_PROFILE=check runs a thousand of each."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "net"))

quiet = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
settings.register_profile("few", max_examples=25, derandomize=True, deadline=None, suppress_health_check=quiet)
settings.register_profile("check", max_examples=1000, deadline=None, suppress_health_check=quiet)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "few"))
