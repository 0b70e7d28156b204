import itertools
import uuid

import pytest


@pytest.fixture
def new_names():
    """Names of topics that nobody else uses: the broker is shared."""
    numbers = itertools.count(1)
    return lambda: f"bosatt.test-{uuid.uuid4().hex[:8]}-{next(numbers)}"
