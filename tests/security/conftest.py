"""The real agent and its fake model, as the runner's own tests have them."""

from tests.runner.conftest import api, home, new_runner, runner, spec, workspace

__all__ = ["api", "home", "new_runner", "runner", "spec", "workspace"]
