"""What an answer may be, kind by kind, and what an exercise may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.session.conftest import exercise, options, words
from workshop.session.exercise import BadAnswer, Exercise, Question

AB = options("a", "b", "c")


def question(**fields: object) -> Question:
    return exercise({"id": "q", **fields}).questions[0]


KINDS: dict[str, dict[str, object]] = {
    "statement": {},
    "text": {"longest": 20},
    "lines": {"most": 2},
    "choice": {"options": AB},
    "choices": {"options": AB, "most": 2},
    "label": {"options": AB},
    "number": {"lowest": 0, "highest": 50},
    "involvement": {"stages": AB},
    "ranking": {"options": AB},
    "dots": {"options": AB, "dots": 3},
}

ALLOWED = [
    ("statement", "4", 4),
    ("statement", 1, 1),
    ("text", "  Veel te vroeg \x07", "Veel te vroeg"),
    ("lines", "een\n\n twee ", ["een", "twee"]),
    ("lines", ["een", ""], ["een"]),
    ("choice", "b", "b"),
    ("choices", ["c", "a", "a"], ["a", "c"]),
    ("choices", "b", ["b"]),
    ("label", "a", "a"),
    ("number", "12,5", 12.5),
    ("number", 0, 0.0),
    ("involvement", "4", 4),
    ("ranking", ["c", "a", "b"], ["c", "a", "b"]),
    ("ranking", {"a": "2", "b": "3", "c": "1"}, ["c", "a", "b"]),
    ("dots", {"a": "2", "b": "", "c": 1}, {"a": 2, "c": 1}),
]

REFUSED = [
    ("statement", "6", "number_out_of_range"),
    ("statement", "4.5", "number_out_of_range"),
    ("statement", True, "number_out_of_range"),
    ("statement", "٣", "number_out_of_range"),
    ("text", "x" * 21, "text_too_long"),
    ("text", {"a": 1}, "text_needed"),
    ("lines", "a\nb\nc", "too_many_lines"),
    ("lines", ["x" * 201], "text_too_long"),
    ("choice", "z", "unknown_option"),
    ("choice", ["a"], "unknown_option"),
    ("choices", ["a", "b", "c"], "too_many_choices"),
    ("choices", ["z"], "unknown_option"),
    ("label", "won", "unknown_option"),
    ("number", "51", "number_out_of_range"),
    ("number", "nan", "number_out_of_range"),
    ("number", "1e999", "number_out_of_range"),
    ("number", "veel", "number_out_of_range"),
    ("involvement", "-1", "number_out_of_range"),
    ("involvement", "5", "number_out_of_range"),
    ("ranking", ["a", "b"], "rank_all"),
    ("ranking", ["a", "a", "b"], "rank_all"),
    ("ranking", {"a": "1", "b": "1", "c": "2"}, "place_twice"),
    ("dots", {"a": 2, "b": 2}, "too_many_dots"),
    ("dots", {"z": 1}, "unknown_option"),
    ("dots", ["a"], "unknown_option"),
]


class TestAnswers:
    @pytest.mark.parametrize(("kind", "value", "expected"), ALLOWED)
    def test_allowed(self, kind: str, value: object, expected: object) -> None:
        assert question(kind=kind, **KINDS[kind]).checked(value) == expected

    @pytest.mark.parametrize(("kind", "value", "code"), REFUSED)
    def test_refused(self, kind: str, value: object, code: str) -> None:
        with pytest.raises(BadAnswer) as caught:
            question(kind=kind, **KINDS[kind]).checked(value)
        assert caught.value.code == code

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("nothing", [None, "", "  "])
    def test_nothing_takes_an_answer_back(self, kind: str, nothing: object) -> None:
        assert question(kind=kind, **KINDS[kind]).checked(nothing) is None

    @given(
        st.sampled_from(sorted(KINDS)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=6,
        ),
    )
    def test_whatever_is_sent_is_an_answer_or_refused(self, kind: str, value: object) -> None:
        asked = question(kind=kind, **KINDS[kind])
        try:
            stored = asked.checked(value)
        except BadAnswer:
            return
        # What is stored may be sent again and stays what it is.
        assert asked.checked(stored) == stored

    @pytest.mark.parametrize(("kind", "value", "expected"), ALLOWED)
    def test_what_is_stored_may_be_sent_again(
        self, kind: str, value: object, expected: object
    ) -> None:
        assert question(kind=kind, **KINDS[kind]).checked(expected) == expected


class TestExercise:
    def test_a_question_of_an_item(self) -> None:
        found = exercise(
            {"id": "a", "kind": "statement"}, {"id": "s", "kind": "involvement", "stages": AB[:2]}
        )
        assert [item.name for item in found.items()] == [
            "a",
            "s/0/a/marketing",
            "s/0/a/sales",
            "s/0/b/marketing",
            "s/0/b/sales",
        ]
        assert found.question_of("s/0/b/sales").id == "s"
        with pytest.raises(BadAnswer, match="unknown_item"):
            found.question_of("s/1/b/sales")

    @pytest.mark.parametrize(
        "fields",
        [
            {"questions": []},
            {"questions": [{"id": "q", "kind": "statement"}]},
            {"questions": [{"id": "q", "kind": "quiz", "text": words("x")}]},
            {"questions": [{"id": "Q 1", "kind": "statement", "text": words("x")}]},
            {"questions": [{"id": "q", "kind": "statement", "text": {"nl": "alleen dit"}}]},
            {"questions": [{"id": "q", "kind": "choice", "text": words("x"), "options": AB[:1]}]},
            {
                "questions": [
                    {"id": "q", "kind": "choice", "text": words("x"), "options": AB[:1] * 2}
                ]
            },
            {"questions": [{"id": "q", "kind": "number", "text": words("x"), "highest": 0}]},
            {"questions": [{"id": "q", "kind": "statement", "text": words("x")}] * 2},
            {"questions": [{"id": "q", "kind": "statement", "text": words("x")}], "seconds": 5},
            {"questions": [{"id": "q", "kind": "statement", "text": words("x")}], "minutes": 0},
        ],
    )
    def test_mistakes(self, fields: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            Exercise.model_validate({"title": words("title"), **fields})
