"""Files with faults: what is said of them, and that nobody reads pydantic's English."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field
from pydantic_core._pydantic_core import list_all_errors

from workshop.criteria import Definition
from workshop.errors import InputError
from workshop.i18n import LANGUAGES, Translator
from workshop.model_file import MOST_PROBLEMS, checked, misfit, read_model, read_with_lines
from workshop.questions.goal_file import GoalFile
from workshop.session.agenda_file import Agenda
from workshop.session.rules import RuleSet
from workshop.workspace import Settings

FOLDER = Path(__file__).parent / "unusable"
MODELS = {
    "agenda": Agenda,
    "definitions": Definition,
    "goal": GoalFile,
    "rules": RuleSet,
    "settings": Settings,
}
CLAUSE = "has to be a group with exactly one of `field`, `all_of`, `any_of` and `not`"
HOURS = "has to be a number of hours above 0 and at most 2000"

# What is said of each file, after its name.
SAID = {
    "agenda/both": "line 3: steps[1] has to name a notebook or a break, and not both",
    "agenda/break_with_minutes": "line 4: steps[1].minutes does not go with a break; write its "
    "minutes after break",
    "agenda/neither": "line 4: steps[2] has to name a notebook or a break, and not both",
    "agenda/no_time": "line 2: start is “half past nine”, but has to be a time such as 09:30; "
    "line 5: steps[1].minutes is “300”, but has to be a whole number from 5 to 240",
    "agenda/one_language": "line 1: title.en is missing; line 4: steps[1].at is “9:00”, but has "
    "to be a time such as 09:30",
    "agenda/twice": "line 5: steps[3].notebook: “01-diagnosis” is in the agenda already",
    "definitions/capital": "line 1: term is “MQL”, but has to be a name of at most 60 lower-case "
    "letters, digits, - and _",
    "definitions/criteria_are_text": f"line 3: joint.criteria is “big companies”, but {CLAUSE}",
    "definitions/empty_group": "line 2: joint.criteria.all_of is an empty list, but has to be a "
    "list of at least 1 item",
    "definitions/empty_list": "line 3: joint.criteria.value has to be a list of 1 to 500 values",
    "definitions/misspelt_deep": "line 5: joint.criteria.all_of[1].not.valeu does not exist here; "
    "choose from: field, operator, value, about",
    "definitions/no_value": "line 3: joint.criteria: “is” takes a text or a number",
    "definitions/nobody_s": "line 1: there is no definition yet; fill in at least one of joint, "
    "sales and marketing",
    "definitions/one_for_a_list": "line 7: joint.criteria.not.value: “one_of” takes a list of "
    "texts or a list of numbers",
    "definitions/true_is_no_text": "line 6: joint.criteria.any_of[2].value has to be a text or a "
    "number, or a list of these; put true and false between quotation marks",
    "definitions/two_groups": f"line 2: joint.criteria is a group of fields, but {CLAUSE}",
    "definitions/two_mistakes": "line 2: version is “0”, but has to be a whole number from 1 to "
    "1000000; line 4: joint.criteria.operator is “equals”, but has to be is, is_not, one_of, "
    "none_of, at_least, at_most or is_known",
    "definitions/window_too_short": "line 3: window_days has to be more than landmark_days, which "
    "is 90",
    "goal/all_of_it": "line 1: kind is “pipe”, but has to be pipeline or revenue; line 2: target "
    "is “1,5”, but decimals come after a point: 1.5; line 3: period is “2027Q5”, but has to be a "
    "quarter (2027Q1), a month (2027-01) or a year (2027); line 4: when does not exist here; "
    "choose from: kind, target, period, baseline, mqls, stage; line 5: baseline is “many”, but "
    "has to be a number of at least 0; line 6: mqls is “0”, but has to be a whole number from 1 "
    "to 10000000; and 1 more problem",
    "goal/below_zero": "line 2: target is “0”, but has to be a number above 0; line 4: baseline "
    "is “-1”, but has to be a number of at least 0",
    "goal/half_an_mql": "line 4: mqls is “12.5”, but has to be a whole number from 1 to 10000000",
    "goal/nothing_in_it": "line 1: the file is empty; it takes these fields: kind, target, "
    "period, baseline, mqls, stage",
    "rules/a_list": "line 1: the file has to consist of fields with their values (field: value); "
    "these are: rules, start, ends",
    "rules/at_limit_is_text": "line 8: rules[1].at_limit is “head of sales”, but has to be a "
    "group of fields (status, owner, tell)",
    "rules/empty": "line 1: the file is empty; it takes these fields: rules, start, ends",
    "rules/empty_name": "line 2: rules[1].name is empty, but has to be a text of 1 to 80 "
    "characters",
    "rules/half_a_time": "line 8: rules[1].at_most is “1.5”, but has to be a whole number from 1 "
    "to 100",
    "rules/limit_as_clock_time": f"line 7: rules[1].time_limit is “8:00”, but {HOURS}",
    "rules/limit_is_true": f"line 7: rules[1].time_limit is “true”, but {HOURS}",
    "rules/limit_not_a_number": f"line 7: rules[1].time_limit is “.nan”, but {HOURS}",
    "rules/limit_of_zero": f"line 7: rules[1].time_limit is “0”, but {HOURS}",
    "rules/missing_status": "line 2: rules[1].to is missing",
    "rules/missing_within": "line 8: rules[1].on_disagreement.within is missing",
    "rules/misspelt_field": "line 7: rules[1].timelimit does not exist here; choose from: name, "
    "from, to, trigger, customer_type, owner, time_limit, at_limit, at_most, on_disagreement, "
    "why, expects_of_marketing, expects_of_sales",
    "rules/misspelt_part": "line 8: rules[1].on_disagreement.soon does not exist here; choose "
    "from: decides, within, reason_required",
    "rules/name_is_a_number": "line 2: rules[1].name is 2026, but has to be a text: put it "
    "between quotation marks",
    "rules/no_rules": "line 1: rules is an empty list, but has to be a list of 1 to 200 items",
    "rules/owner_is_a_person": "line 6: rules[1].owner is “Jan Janssens”, but has to be sales or "
    "marketing",
    "rules/rules_is_text": "line 1: rules is “all”, but has to be a list of 1 to 200 items",
    "rules/same_name_twice": "line 8: more than one rule for the same type of customer is called "
    "“Talk”; give each a name of its own",
    "rules/too_many_rules": "line 1: rules is a list of 201 items, but has to be a list of 1 to "
    "200 items",
    "settings/all_of_it": "line 1: client is empty, but has to be a text of 1 to 200 characters; "
    "line 2: language is “fr”, but has to be nl or en; line 3: country is “Belgium”, but has to "
    "be a country code of two capital letters (such as BE); line 4: currency is “euro”, but has "
    "to be a currency code of three capital letters (such as EUR); line 5: floor is “2”, but has "
    "to be a whole number of at least 3; line 6: time_zone is “Brussels”, but has to be a time "
    "zone such as Europe/Brussels; and 3 more problems",
    "settings/client_is_a_number": "line 1: client is 12, but has to be a text: put it between "
    "quotation marks",
    "settings/cut_off": "line 3: this is no TOML; check the equals signs, the brackets and the "
    "quotation marks",
    "settings/long_key": "line 2: there are too many levels inside one another",
    "settings/misspelt": "line 2: curency does not exist here; choose from: client, language, "
    "country, time_zone, currency, rates, working_hours, floor, brand, example, programme, "
    "store, warehouse, mappings",
    "settings/not_closed": "line 2: this is no TOML; check the equals signs, the brackets and "
    "the quotation marks",
    "settings/rates": "line 4: rates.date is “yesterday”, but has to be a date such as "
    "2026-03-31; line 7: “us dollar” in rates.to_currency has to be a currency code of three "
    "capital letters (such as EUR); line 8: rates.to_currency.USD is “0”, but has to be a number "
    "above 0",
    "settings/second_mapping": "line 7: mappings[2].table is missing; line 11: "
    "mappings[2].stages.Won is “gewonnen”, but has to be won, lost or open",
}
FILES = sorted(path for name in MODELS for path in (FOLDER / name).iterdir())

# How pydantic's own messages begin: "Input should", "Field required", …
ENGLISH = {" ".join(error["message_template_python"].split()[:2]) for error in list_all_errors()}
WORDS = re.compile(
    r"\b(?:should|valid|required|permitted|must|than|error|got|but|missing|empty|allowed|file)\b"
)


def refused(path: Path, model: type[BaseModel]) -> InputError:
    with pytest.raises(InputError) as caught:
        read_model(path, model)
    return caught.value


def worded(error: InputError, language: str) -> str:
    return Translator(language)(f"error.{error.code}", **error.fields)


def foreign(text: str) -> list[str]:
    """Return what of pydantic's English, or of ours, stands in a Dutch text outside quotes."""
    own = re.sub(r"“[^”]*”|[\w.]*[\[_.][\w.\]]*|`[^`]*`", " ", text)
    return [words for words in ENGLISH if words in own] + WORDS.findall(own)


def test_every_file_is_tested():
    found = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FILES}
    assert found == set(SAID)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_is_wrong_is_said_with_line_field_and_what_is_allowed(path):
    error = refused(path, MODELS[path.parent.name])
    said = SAID[f"{path.parent.name}/{path.stem}"]
    assert worded(error, "en") == f"{path}, {said}. Correct this and try again."
    assert f"line {error.fields['line']}:" in said.split(";")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_dutch_reader_reads_dutch(path):
    said = worded(refused(path, MODELS[path.parent.name]), "nl").removeprefix(str(path))
    assert said.startswith(", regel ")
    assert foreign(said) == []


def test_pydantic_s_english_would_be_seen():
    assert foreign("x: Input should be a valid number") != []
    assert foreign("x: Field required") != []


NAMES = sorted(
    {"rules", "joint", "criteria", "brand", "rates", "x"}
    | {name for model in MODELS.values() for name in model.model_fields}
    | {"name", "from", "at_limit", "all_of", "any_of", "not", "field", "operator", "value"}
)
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 3000), st.sampled_from([0.5, -1.5]),
    st.sampled_from(["", "a", "is", "mql", "sales", "1,5", "2027Q1", "nl", "EUR", "x" * 90]),
)  # fmt: skip
THINGS = st.recursive(
    PLAIN,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(thing=st.dictionaries(st.sampled_from(NAMES), THINGS, max_size=6) | THINGS)
def test_whatever_a_file_says_it_is_read_or_answered_in_both_languages(tmp_path, model, thing):
    file = tmp_path / "a.yaml"
    file.write_text(json.dumps(thing), "utf-8")
    try:
        read_model(file, model)
    except InputError as error:
        assert len(error.fields["problems"]) <= MOST_PROBLEMS + 1
        texts = [worded(error, language) for language in LANGUAGES]
        assert len(set(texts)) == len(LANGUAGES)
        assert foreign(texts[LANGUAGES.index("nl")].removeprefix(str(file))) == []


class Circle(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["circle"]
    size: Annotated[int, Field(gt=0, lt=10)]


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["line"]
    ends: Annotated[tuple[float, ...], Field(min_length=2, max_length=2)]


class Drawing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    parts: tuple[Annotated[Circle | Line, Field(discriminator="kind")], ...] = ()
    title: str | dict[str, Annotated[str, Field(min_length=3)]] = ""
    pair: tuple[int, bool] | None = None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("parts: [{kind: square}]", "parts[1].kind is “square”, but has to be circle or line"),
        ("parts: [{size: 3}]", "parts[1].kind is missing; write circle or line"),
        ("parts: [{kind: circle}]", "parts[1].size is missing"),
        (
            "parts: [{kind: circle, size: 10}]",
            "parts[1].size is “10”, but has to be a whole number above 0 and below 10",
        ),
        (
            "parts: [{kind: line, ends: [1], size: 1}]",
            "parts[1].ends is a list of 1 item, but has to be a list of 2 items; "
            "line 1: parts[1].size does not exist here; choose from: kind, ends",
        ),
        (
            "title: [a]",
            "title is a list of 1 item, but has to be a text or a group of names, each with a "
            "value",
        ),
        ("title: {nl: ab}", "title.nl is “ab”, but has to be a text of at least 3 characters"),
        ("pair: [1, maybe]", "pair[2] is “maybe”, but has to be true or false"),
        ("pair: [1]", "pair[2] is missing"),
    ],
)
def test_choices_among_groups_and_tuples_are_worded_too(tmp_path, text, said):
    file = tmp_path / "a.yaml"
    file.write_text(text, "utf-8")
    assert worded(refused(file, Drawing), "en").startswith(f"{file}, line 1: {said}. Correct")


def test_a_long_value_is_cut_and_stays_on_one_line(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_text('kind: "' + "a\\n" * 90 + '"\ntarget: 1\nperiod: 2027\n', "utf-8")
    said = worded(refused(file, GoalFile), "en")
    assert "\n" not in said
    assert "a a a…”" in said
    assert len(said) < 250


def test_lines_come_with_the_model_for_further_checks(tmp_path):
    file = tmp_path / "goal.yaml"
    file.write_text("kind: pipeline\ntarget: 5\nperiod: 2027Q1\n", "utf-8")
    goal, marked = read_with_lines(file, GoalFile)
    assert (goal.target, marked.line(("period",))) == (5, 3)


def test_values_that_are_from_no_file_are_answered_without_a_line():
    with pytest.raises(InputError) as caught:
        checked({"client": "A", "country": "Belgium", "currency": 1}, Settings)
    assert worded(caught.value, "en") == (
        "country is “Belgium”, but has to be a country code of two capital letters (such as BE); "
        "currency is 1, but has to be a text: put it between quotation marks. "
        "Correct this and try again."
    )


def test_a_misfit_carries_its_numbers_as_a_file_has_them():
    assert misfit("window", landmark=2000.0).context["fields"] == {"landmark": "2000"}
