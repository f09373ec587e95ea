"""Whatever file comes in: one message and nothing changed, or an import that adds up.

A short form runs always. ``SAMENSPEL_TORTURE=full`` tries 50,000 files: about two hours.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.torture.fuzz.cases import KINDS, SHARED_KINDS, SHARES, case, case_by
from tests.torture.fuzz.importer import MEMORY, SECONDS, Importer, lay_down, tried_here

FULL = os.environ.get("SAMENSPEL_TORTURE") == "full"
BLOCK = 500 if FULL else 12

KEPT = [("ods", 200_002), ("ods", 200_007), ("cells", 529)]
"""Rows repeated without end, which took half a minute; a bare line end, which we counted wrong."""


@pytest.fixture(scope="module")
def importer() -> Iterator[Importer]:
    """Return the process that imports."""
    started = Importer()
    yield started
    started.close()


def numbers(kinds: tuple[str, ...]) -> list[tuple[str, int]]:
    """Return where each block of each kind begins."""
    return [(kind, block * BLOCK) for kind in kinds for block in range(SHARES[kind] if FULL else 1)]


def try_all(importer: Importer, tried, kind: str, first: int) -> None:
    found = {n: importer(kind, n) for n in range(first, first + BLOCK)}
    wrong = {n: (one.came, one.problem[-1500:]) for n, one in found.items() if one.problem}
    assert not wrong
    assert max(one.seconds for one in found.values()) < SECONDS
    assert max(one.peak for one in found.values()) < MEMORY
    imported = sum(one.came == "imported" for one in found.values())
    assert 0 < imported < BLOCK
    tried(f"files to import: {kind}", "imported", imported)
    tried(f"files to import: {kind}", "refused", BLOCK - imported)


@pytest.mark.parametrize(("kind", "first"), numbers(KINDS))
def test_a_file_of_any_kind(importer, tried, kind, first):
    try_all(importer, tried, kind, first)


@pytest.mark.shared
@pytest.mark.parametrize(("kind", "first"), numbers(SHARED_KINDS))
def test_a_mutated_real_export(shared_data, importer, tried, kind, first):
    try_all(importer, tried, kind, first)


@pytest.mark.parametrize(("kind", "number"), KEPT)
def test_a_file_that_something_was_wrong_with(importer, kind, number):
    assert importer(kind, number).problem == ""


def test_the_full_size_is_fifty_thousand():
    assert set(SHARES) == {*KINDS, *SHARED_KINDS}
    assert sum(SHARES.values()) * 500 == 50_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_case_is_the_same_each_time(kind):
    assert case(kind, 7) == case(kind, 7) != case(kind, 8)


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """Return a new workspace and one in use."""
    return lay_down(tmp_path_factory.mktemp("templates"))


@settings(
    max_examples=1_000 if FULL else 15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(kind=st.sampled_from(["cells", "made"]), chance=st.randoms(use_true_random=False))
def test_a_table_that_hypothesis_makes_and_shrinks(tmp_path, templates, kind, chance):
    assert not tried_here(case_by(kind, chance), tmp_path, templates).problem
