from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs


@pytest.fixture
def quiet() -> Iterator[None]:
    """Tracebacks are expected here, and printing them takes longer than the tests."""
    with capture_logs():
        yield
