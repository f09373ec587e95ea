"""What fits on a page of minutes: never more lines than there are, and nothing goes unsaid."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from workshop.views.fitted import LONGEST, WIDTH, cut, fitted, lines_of, shares

TEXTS = st.lists(st.text(max_size=700), max_size=30)


@given(TEXTS, st.integers(2, 40), st.booleans())
def test_what_is_kept_fits_and_the_rest_is_counted(texts, room, beside):
    found = fitted(texts, room, beside=beside)
    assert len(found.items) + found.left_out == len(texts)
    used = sum(lines_of(text) for text in found.items)
    below = 1 if found.left_out and not beside else 0
    assert used + below <= room
    if found.left_out:
        left = lines_of(texts[len(found.items)])
        assert used + left > room - below


@given(st.text(max_size=2000))
def test_a_text_that_is_too_long_says_so(text):
    short = cut(text)
    assert len(short) <= LONGEST
    assert short == " ".join(text.split()) or short.endswith("…")
    assert lines_of(text) <= LONGEST / WIDTH


def test_a_line_is_as_wide_as_its_letters():
    assert [lines_of("a" * n) for n in (0, 1, WIDTH, WIDTH + 1)] == [1, 1, 1, 2]
    assert lines_of("商" * (WIDTH // 2 + 1)) == 2


@given(st.dictionaries(st.sampled_from("abc"), st.integers(0, 60), min_size=1), st.integers(12, 50))
def test_the_lines_are_shared_without_waste(wanted, room):
    least = dict.fromkeys(wanted, room // 3)
    found = shares(wanted, least, room)
    assert sum(found.values()) == min(room, sum(wanted.values()))
    assert all(min(wanted[name], least[name]) <= found[name] <= wanted[name] for name in wanted)
