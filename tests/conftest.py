"""What all tests have in common."""

from hypothesis import HealthCheck, settings

# No clock decides what passes: beside other work any example may be slow once. Without
# this a test of 20 ms was "flaky" when it took more than 200.
settings.register_profile(
    "kamaelia", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("kamaelia")
