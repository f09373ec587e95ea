import pytest

from tests.kernels.running import started


@pytest.fixture
def kernel():
    """A forked kernel with little imported."""
    with started() as kernel:
        yield kernel
