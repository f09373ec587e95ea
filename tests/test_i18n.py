"""The catalogues: both languages say the same, each code has its words, each word is used."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from workshop import errors, i18n
from workshop.crm import counts, readiness, schema
from workshop.errors import InputError, WorkshopError
from workshop.i18n import NOTHING, Translator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "workshop"
LOCALE = PACKAGE / "locale"
NOTEBOOKS = sorted((ROOT / "notebooks").rglob("*.ipynb"))
VARIANTS = ("en", "nl", "nl-NL")
NL_BE, NL_NL, EN = Translator("nl"), Translator("nl", "NL"), Translator("en")

FAMILIES = {
    "ask": (),
    "caveat": (),
    "column": (),
    "damage": None,
    "error": None,
    "fault": None,
    "finding": ("n", "columns", "quoted", "examples"),
    "kind": None,
    "lint": ("n", "statuses", "rules"),
    "outcome": (),
    "problem": None,
    "question": (),
    "reason": (),
    "stage": (),
    "status": (),
    "table": (),
    "verdict": (),
}
"""Messages ``<family>.<code>`` that are found by their code, and what each can be filled with.

The fields of an error, and of a `Phrase` within one, are those of its own making.
"""
SUFFIXES = (".long",)

# Where codes are born. By call: family, folder, function, position of the code.
CALLS = (
    ("finding", "crm", "note", 0),
    ("finding", "crm", "_note_where", 1),
    ("reason", "crm", "SetAside", 4),
    ("reason", "crm", "Reject", 1),
    ("error", "reports", "Failure", 0),
    ("error", "reports", "_note", 0),
    ("error", "crm", "wrong", 0),
    ("lint", "session", "Defect", 0),
    ("fault", "yaml_lines.py", "_Fault", 0),
    ("kind", "", "said_as", 0),
    ("problem", "", "misfit", 0),
    ("damage", "", "Part", 3),
)
# By name: family, folder, the name to which the code is bound.
NAMES = (
    ("finding", "crm", "code"),
    ("reason", "crm", "reason"),
    ("reason", "crm", "reasons"),
    ("caveat", "", "caveats"),
    ("verdict", "analysis", "verdict"),
    ("lint", "session", "_OF_ONE_RULE"),
)
# By function: family, folder, how its name begins; it returns codes, or a dict of them.
FUNCTIONS = (
    ("finding", "crm", "_reason_"),
    ("finding", "crm", "reason_"),
    ("caveat", "questions", "_caveats"),
    ("lint", "session", "_about_"),
    ("verdict", "analysis", "_verdicts"),
)

FORBIDDEN = ("winstpercentage", "winstkans", "workspace", "win rate", "overdue", "as-of date")
LOCAL = {"opportuniteit": "verkoopkans", "kmo": "mkb"}
"""What the Netherlands calls otherwise: never the first there, never the second in ``nl``."""
ENGLISH = re.compile(
    r"\b(?:allowed|and|cannot|columns?|could|files?|found|from|given|have|must|not|please|rows?"
    r"|should|that|the|this|which|without|with|would|your?)\b"
)


class Message(NamedTuple):
    """One entry of a catalogue; ``forms`` are the singular and the plural where it has both."""

    file: str
    forms: tuple[str, ...]
    plural: bool
    fuzzy: bool


@cache
def messages(variant: str) -> dict[str, Message]:
    """Return a variant's messages by key, read apart from the package."""
    found = {}
    for path in sorted((LOCALE / variant).glob("*.po")):
        with path.open("rb") as file:
            entries = list(read_po(file, locale=variant.replace("-", "_")))
        for entry in entries:
            if entry.id:
                plural = not isinstance(entry.id, str)
                forms = tuple(entry.string) if plural else (entry.string,)
                key = entry.id[0] if plural else entry.id
                found[key] = Message(path.name, forms, plural, entry.fuzzy)
    return found


def is_prose(key: str) -> bool:
    """Tell a notebook's markdown, which is its own key, from a key."""
    return re.fullmatch(r"[\w.-]+", key) is None


def keyed(variant: str) -> dict[str, Message]:
    """Return the messages that are found by a key."""
    return {key: found for key, found in messages(variant).items() if not is_prose(key)}


def placeholders(text: str) -> set[tuple[str, str]]:
    """Return the names in a message with their kinds."""
    parsed = string.Formatter().parse(text)
    return {(name, kind or "") for _, name, kind, _ in parsed if name is not None}


def field_of(name: str) -> str:
    """Return the field that a placeholder takes something of: ``readings[0]`` is ``readings``."""
    return re.split(r"[.\[]", name)[0]


def names_in(key: str) -> set[str]:
    """Return the names that a message has to be given."""
    forms = keyed("en")[key].forms
    plural = {"n"} if len(forms) > 1 else set()
    return plural | {field_of(name) for form in forms for name, _ in placeholders(form)}


def listed(found: Iterable[str]) -> str:
    """Return what a test found, a line each."""
    return "\n" + "\n".join(sorted(found))


class TestCatalogues:
    def test_both_languages_have_the_same_keys_in_the_same_files(self) -> None:
        nl = {(key, found.file) for key, found in keyed("nl").items()}
        en = {(key, found.file) for key, found in keyed("en").items()}
        assert not nl ^ en, listed(key for key, _ in nl ^ en)

    def test_a_variant_only_rewords(self) -> None:
        assert set(messages("nl-NL")) <= set(messages("nl"))
        same = [k for k, found in messages("nl-NL").items() if found == messages("nl")[k]]
        assert same == []

    @pytest.mark.parametrize("variant", VARIANTS)
    def test_nothing_is_empty_or_half_translated(self, variant: str) -> None:
        bad = [
            key
            for key, found in messages(variant).items()
            if found.fuzzy
            or len(found.forms) != (2 if found.plural else 1)
            or not all(form and form.strip() for form in found.forms)
        ]
        assert bad == []

    @pytest.mark.parametrize("variant", VARIANTS)
    def test_no_stray_spaces(self, variant: str) -> None:
        texts = [(key, form) for key, found in keyed(variant).items() for form in found.forms]
        assert [key for key, form in texts if form != form.strip()] == []

    @pytest.mark.parametrize("variant", ["nl", "nl-NL"])
    def test_placeholders_and_plurals_are_the_same(self, variant: str) -> None:
        for key, found in keyed(variant).items():
            english = keyed("en")[key]
            assert found.plural == english.plural, key
            for form, other in zip(found.forms, english.forms, strict=True):
                assert placeholders(form) == placeholders(other), key

    @pytest.mark.parametrize("t", [EN, NL_BE, NL_NL], ids=VARIANTS)
    def test_every_message_can_be_filled_in(self, t: Translator) -> None:
        for key, found in keyed("en").items():
            for n in (0, 1, 2):
                values = {
                    field_of(name): sample(kind)
                    for form in found.forms
                    for name, kind in placeholders(form)
                }
                assert "{" not in t(key, **{**values, "n": n}), key

    @pytest.mark.parametrize("path", sorted(LOCALE.rglob("*.po")), ids=lambda path: path.name)
    def test_a_file_is_sorted_with_a_blank_line_between_entries(self, path: Path) -> None:
        entries = path.read_text("utf-8").removesuffix("\n").split("\n\n")
        keys = [re.findall(r'^msgid "(.*)"$', entry, re.M) for entry in entries]
        assert {len(found) for found in keys} <= {1}
        single = [key for (key,) in keys if key and not is_prose(key)]
        assert single == sorted(single)


def sample(kind: str) -> object:
    """Return a value that a placeholder of this kind can be given."""
    method, _, argument = kind.partition("-")
    if method in ("count", "number", "percent", "points", "money", "megabytes"):
        return 12345
    if method in ("date", "short_date", "month"):
        return dt.date(2026, 3, 3)
    if method == "words":
        prefix = f"{argument}."
        return [next(k for k in keyed("en") if k.startswith(prefix)).removeprefix(prefix)]
    return ["a", "b"]


class Code(NamedTuple):
    """A piece of source: where it stands below the root, and its tree."""

    place: str
    tree: ast.Module


@cache
def sources() -> tuple[Code, ...]:
    """Parse the package and the code of the notebooks."""
    found = [
        Code(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    ]
    for path in NOTEBOOKS:
        for number, cell in enumerate(cells(path, "code")):
            lines = [line for line in cell.splitlines() if not line.lstrip().startswith(("%", "!"))]
            found.append(Code(f"{path.name}:{number}", ast.parse("\n".join(lines))))
    return tuple(found)


def cells(path: Path, kind: str) -> list[str]:
    """Return the sources of a notebook's cells of one kind."""
    notebook = json.loads(path.read_text("utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]


@cache
def template_keys() -> frozenset[str]:
    """Return the keys that templates ask for."""
    texts = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.j2")]
    return frozenset(key for text in texts for key in re.findall(r"\bt\(\s*['\"]([^'\"]+)", text))


@cache
def constants() -> frozenset[str]:
    """Return every text that stands in the code."""
    return frozenset(
        node.value
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@cache
def composed() -> tuple[re.Pattern[str], ...]:
    """Return the keys that code puts together, as patterns: ``f"a.{b}"`` is ``a\\.(.+)``."""
    found = set()
    for _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                texts = [v.value if isinstance(v, ast.Constant) else None for v in node.values]
                if re.fullmatch(r"[\w-]+\.[\w.-]*", texts[0]):
                    found.add("".join("(.+)" if s is None else re.escape(s) for s in texts))
    return tuple(re.compile(pattern) for pattern in sorted(found))


def called(node: ast.Call) -> str:
    """Return the last name of what is called."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def texts_of(node: ast.AST | None) -> Iterator[str]:
    """Yield the texts that an expression can have as its value, or as part of it.

    What only decides or picks (a condition, a subscript) is passed over; of a dict the values
    count where they are texts, else the keys.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Dict):
        worded = all(isinstance(value, ast.Constant) for value in node.values)
        for part in node.values if worded else node.keys:
            yield from texts_of(part)
    elif not isinstance(node, ast.Subscript | ast.Compare | ast.JoinedStr | None):
        for part in ast.iter_child_nodes(node):
            if part is not getattr(node, "test", None):
                yield from texts_of(part)


@cache
def born() -> Mapping[str, frozenset[str]]:
    """Return the codes that the package makes, by family."""
    found: dict[str, set[str]] = {family: set() for family in FAMILIES}
    for place, tree in sources():
        for node in ast.walk(tree):
            for family, code in _born_in(node, place.partition("/")[0]):
                found[family].add(code)
    for need in readiness._NEEDS.values():
        found["ask"] |= {*need.required, *(choice[0] for choice in need.any_of)}
        found["caveat"] |= {code for _, code in need.wished}
    found["column"] |= {c for table in schema.TABLES.values() for c in table.columns}
    found["outcome"] |= {*schema.OUTCOMES, "stalled"}
    found["question"] |= {q + end for q in readiness.QUESTIONS for end in ("", *SUFFIXES)}
    found["stage"] |= set(counts.FUNNEL)
    found["table"] |= set(schema.TABLES)
    return {family: frozenset(codes) for family, codes in found.items()}


def _born_in(node: ast.AST, folder: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Call):
        if _is_error(called(node)) and node.args:
            yield from (("error", text) for text in texts_of(node.args[0]))
        for family, where, name, position in CALLS:
            if where in ("", folder) and name == called(node) and len(node.args) > position:
                yield from ((family, text) for text in texts_of(node.args[position]))
    if isinstance(node, ast.FunctionDef):
        for family, where, name in FUNCTIONS:
            if where == folder and node.name.startswith(name):
                parts = [part.value for part in ast.walk(node) if _gives_codes(part)]
                yield from ((family, text) for part in parts for text in texts_of(part))
    for name, value in _bound(node):
        for family, where, wanted in NAMES:
            if name == wanted and where in ("", folder):
                yield from ((family, text) for text in texts_of(value))


def _gives_codes(node: ast.AST) -> bool:
    """Tell a return or yield, and a dict that is given a name to be returned later."""
    named = isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict)
    return named or isinstance(node, ast.Return | ast.Yield)


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.AST | None]]:
    """Yield the names that a piece of code binds, or adds to, each with its expression."""
    if isinstance(node, ast.Assign):
        yield from ((target.id, node.value) for target in node.targets if hasattr(target, "id"))
    elif isinstance(node, ast.AnnAssign | ast.AugAssign):
        yield getattr(node.target, "id", ""), node.value
    elif isinstance(node, ast.keyword):
        yield node.arg or "", node.value
    elif isinstance(node, ast.Call) and called(node) == "append":
        yield getattr(getattr(node.func, "value", None), "id", ""), node.args[0]
    elif isinstance(node, ast.Tuple | ast.List):
        starred = [part.value for part in node.elts if isinstance(part, ast.Starred)]
        for part in starred:
            yield getattr(part, "attr", getattr(part, "id", "")), node
    elif isinstance(node, ast.For) and isinstance(node.target, ast.Tuple):
        rows = getattr(node.iter, "elts", ())
        for position, target in enumerate(node.target.elts):
            for row in rows:
                if isinstance(row, ast.Tuple):
                    yield getattr(target, "id", ""), row.elts[position]


def _is_error(name: str) -> bool:
    made = getattr(errors, name, None)
    return isinstance(made, type) and issubclass(made, WorkshopError)


class Spoken(NamedTuple):
    """A message that code asks for by its key: where, and with what; ``None`` is ``**fields``."""

    place: str
    key: str
    names: frozenset[str | None]


@cache
def spoken() -> tuple[Spoken, ...]:
    """Return the calls of a translator, and the phrases, with a key that stands there."""
    return tuple(
        Spoken(place, node.args[0].value, frozenset(word.arg for word in node.keywords))
        for place, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called(node) in ("t", "words", "Phrase")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    )


class TestCodes:
    @pytest.mark.parametrize("family", FAMILIES)
    def test_every_code_has_its_message(self, family: str) -> None:
        missing = {f"{family}.{code}" for code in born()[family]} - set(keyed("nl"))
        assert not missing, listed(missing)

    def test_every_key_asked_for_exists(self) -> None:
        missing = ({call.key for call in spoken()} | template_keys()) - set(keyed("nl"))
        assert not missing, listed(missing)

    def test_every_message_is_used(self) -> None:
        unused = [key for key in keyed("en") if not is_used(key)]
        assert not unused, listed(unused)

    def test_every_key_asked_for_gets_what_it_needs(self) -> None:
        short = [
            f"{call.place}: {call.key} needs {name}"
            for call in spoken()
            if call.key in keyed("en") and None not in call.names
            for name in names_in(call.key) - call.names
        ]
        assert not short, listed(short)

    def test_an_error_has_the_fields_that_its_message_needs(self) -> None:
        short = [
            f"error.{code} needs {name}"
            for code, fields in raised()
            if f"error.{code}" in keyed("en") and None not in fields
            for name in names_in(f"error.{code}") - fields
        ]
        assert not short, listed(short)

    @pytest.mark.parametrize("family", [f for f, names in FAMILIES.items() if names is not None])
    def test_a_family_needs_only_what_it_is_given(self, family: str) -> None:
        needs = {
            key: names_in(key) - set(FAMILIES[family] or ())
            for key in keyed("en")
            if key.startswith(f"{family}.")
        }
        assert {key: names for key, names in needs.items() if names} == {}

    def test_the_scan_sees_codes_of_each_kind(self) -> None:
        """Hold the scan to one known code per way in which codes are born."""
        assert {"no_file", "no_workspace", "external_address"} <= born()["error"]
        assert {"footer", "future_date", "unmatched_account", "empty_column"} <= born()["finding"]
        assert {"bad_date", "repeated_header", "too_few_fields"} <= born()["reason"]
        assert {"no_sector", "few_closed_deals", "confounded", "too_few"} <= born()["caveat"]
        assert {"dead_end", "missing_why", "no_rules_for_others"} <= born()["lint"]
        assert {"works", "clear", "inside", "undecided"} <= born()["verdict"]
        assert {"twice", "anchor"} <= born()["fault"]
        assert {"hours", "period"} <= born()["kind"]
        assert {"operand", "same_rule_name"} <= born()["problem"]
        assert not {"known_at_creation", "currency"} & born()["caveat"]


def raised() -> list[tuple[str, set[str | None]]]:
    """Return the errors made with a code in sight, and their fields; ``None`` is ``**fields``."""
    return [
        (code, {word.arg for word in node.keywords})
        for _, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _is_error(called(node)) and node.args
        for code in texts_of(node.args[0])
    ]


@cache
def columns() -> frozenset[str]:
    """Return the names that code gives to the columns of a frame, or to the fields of a tuple."""
    nodes = [node for _, tree in sources() for node in ast.walk(tree)]
    given = {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg}
    fields = {getattr(n.target, "id", "") for n in nodes if isinstance(n, ast.AnnAssign)}
    return frozenset(given | fields) | constants()


def is_used(key: str) -> bool:
    """Tell whether code or a template can ask for a message."""
    if key in constants() or key in template_keys():
        return True
    family, _, code = key.partition(".")
    for suffix in SUFFIXES:
        code = code.removesuffix(suffix)
    if family in FAMILIES and code in constants():
        return True
    if family == "field" and code in columns():
        return True
    matches = (pattern.fullmatch(key) for pattern in composed())
    return any(found and constants().issuperset(found.groups()) for found in matches)


class TestDutch:
    def test_no_english_is_left(self) -> None:
        left = [
            f"{key}: {word}"
            for key, found in messages("nl").items()
            for form in found.forms
            for word in ENGLISH.findall(own_words(form))
        ]
        assert not left, listed(left)

    @pytest.mark.parametrize("variant", ["nl", "nl-NL"])
    @pytest.mark.parametrize("word", FORBIDDEN)
    def test_forbidden_words(self, variant: str, word: str) -> None:
        assert [key for key, text in lowered(variant) if word in text] == []

    @pytest.mark.parametrize(("belgian", "dutch"), LOCAL.items())
    def test_each_country_has_its_own_words(self, belgian: str, dutch: str) -> None:
        assert [key for key, text in lowered("nl-NL") if belgian in text] == []
        assert [key for key, text in lowered("nl") if dutch in text] == []
        said = {key for key, text in lowered("nl") if belgian in text}
        assert not said - set(messages("nl-NL")), listed(said - set(messages("nl-NL")))

    def test_the_variant_of_a_client(self) -> None:
        assert NL_BE("stage.opportunity") == "Opportuniteit"
        assert NL_NL("stage.opportunity") == "Verkoopkans"
        assert NL_NL("stage.won") == NL_BE("stage.won") == "Gewonnen"
        assert Translator("nl", "LU")("stage.opportunity") == "Opportuniteit"


def lowered(variant: str) -> list[tuple[str, str]]:
    """Return each form of each message in lower case, with its key."""
    found = messages(variant).items()
    return [(key, form.lower()) for key, message in found for form in message.forms]


def own_words(text: str) -> str:
    """Return a text in lower case, without files, options, their forms, code and addresses."""
    files = r"\b[\w-]+\.(?:toml|xlsx|csv|yaml)\b"
    names = rf"\{{[^}}]*\}}|`[^`]*`|\]\([^)]*\)|--[\w-]+|\b[A-Z]+=[A-Z-]*|{files}"
    return re.sub(names, " ", text).lower()


class TestNotebooks:
    def test_every_markdown_cell_is_translated_and_no_other(self) -> None:
        if not (LOCALE / "nl" / "notebooks.po").is_file():
            pytest.skip("no notebooks are translated yet")
        written = {cell for path in NOTEBOOKS for cell in cells(path, "markdown")}
        prose = {key for key, found in messages("nl").items() if found.file == "notebooks.po"}
        assert not written ^ prose, listed(written ^ prose)

    def test_headings_and_code_stay_what_they_are(self) -> None:
        for key, found in messages("nl").items():
            if is_prose(key):
                for sign in (r"^#+ ", r"`[^`]*`", r"^[-*] ", r"^\|"):
                    theirs = re.findall(sign, found.forms[0], re.M)
                    assert re.findall(sign, key, re.M) == theirs, key


class TestNumbers:
    def test_dutch_numbers_money_and_dates(self) -> None:
        day = dt.date(2026, 3, 3)
        assert NL_BE.number(1234.5, 1) == "1.234,5"
        assert NL_BE.count(10005534) == "10.005.534"
        assert NL_BE.percent(0.6315, 2) == "63,15%"
        assert NL_BE.points(0.0664, 1) == "+6,6"
        assert NL_BE.points(-0.029, 1) == "−2,9"
        assert NL_BE.money(10005534, "EUR").split() == ["€", "10.005.534"]
        assert NL_BE.money(-5, "EUR").split() == ["€", "-5"]
        assert NL_BE.date(day) == "3 maart 2026"
        assert NL_BE.short_date(day) == "03/03/2026"
        assert NL_NL.short_date(day) == "03-03-2026"
        assert NL_BE.month(day).startswith("mrt")
        assert NL_BE.join(["a", "b", "c"]) == "a, b en c"
        assert NL_BE.join(["a", "b", "c"], "or") == "a, b of c"
        assert NL_BE.country("NL") == "Nederland"

    def test_english_numbers_money_and_dates(self) -> None:
        assert EN.number(1234.5, 1) == "1,234.5"
        assert EN.money(10005534, "EUR") == "€10,005,534"
        assert EN.date(dt.date(2026, 3, 3)) == "3 March 2026"
        assert EN.join(["a", "b", "c"]) == "a, b and c"

    @pytest.mark.parametrize("nothing", [None, float("nan"), float("inf")])
    def test_what_is_undefined_is_a_dash(self, nothing: float | None) -> None:
        for method in ("count", "number", "percent", "points", "plain"):
            assert getattr(NL_BE, method)(nothing) == NOTHING
        assert NL_BE.money(nothing, "EUR") == NL_BE.date(None) == NL_BE.plain([]) == NOTHING

    def test_a_half_is_rounded_as_a_spreadsheet_does(self) -> None:
        assert [EN.number(x, 0) for x in (0.5, 1.5, 2.5, -2.5)] == ["1", "2", "3", "-3"]
        assert EN.percent(0.285) == "29%"
        assert EN.money(Decimal("2.5"), "EUR") == "€3"

    def test_never_minus_zero(self) -> None:
        assert EN.number(-0.4, 0) == "0"
        assert EN.percent(-0.001) == "0%"
        assert EN.money(-0.4, "EUR") == "€0"
        assert EN.points(-0.0001) == "0"

    @given(st.integers(-(10**15), 10**15), st.integers(0, 4))
    def test_a_dutch_number_reads_back(self, units: int, decimals: int) -> None:
        value = Decimal(units).scaleb(-4)
        text = NL_BE.number(value, decimals).replace(".", "").replace(",", ".")
        step = Decimal(1).scaleb(-decimals)
        assert Decimal(text) == value.quantize(step, ROUND_HALF_UP)

    def test_any_value_is_written_in_the_language(self) -> None:
        assert NL_BE.plain(np.int64(1234)) == NL_BE.plain(1234) == "1.234"
        assert NL_BE.plain(np.float32(0.5)) == NL_BE.plain(Decimal("0.5")) == "0,50"
        assert NL_BE.plain((dt.date(2026, 3, 4), dt.date(2026, 4, 3))) == (
            "4 maart 2026 en 3 april 2026"
        )


class TestTranslator:
    def test_a_plural_follows_n(self) -> None:
        texts = [NL_BE("set_aside", n=n) for n in (0, 1, 2, 1200)]
        assert [text.split(" ", 2)[:2] for text in texts] == [
            ["0", "rijen"],
            ["1", "rij"],
            ["2", "rijen"],
            ["1.200", "rijen"],
        ]

    def test_codes_become_words(self) -> None:
        text = NL_BE("error.nothing_kept", files=["a.csv"], reasons=["bad_date", "bad_number"])
        assert "een datum die niet te lezen is en een getal dat niet te lezen is" in text

    def test_a_kind_takes_an_argument(self, monkeypatch: pytest.MonkeyPatch) -> None:
        texts = {"x": ("{a:money-EUR} {b:percent-1} {c:megabytes}",)}
        monkeypatch.setattr(i18n, "catalogue", lambda variant: texts)
        assert EN("x", a=1200, b=0.5, c=4_000_000) == "€1,200 50.0% 4 MB"

    def test_a_field_may_be_called_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(i18n, "catalogue", lambda variant: {"x": ("{key}",)})
        assert EN("x", key="deal_id") == "deal_id"

    def test_an_unknown_key_is_a_fault(self) -> None:
        assert not NL_BE.has("no.such.key")
        with pytest.raises(KeyError, match=r"no\.such\.key"):
            NL_BE("no.such.key")

    def test_an_unknown_language_says_what_is_allowed(self) -> None:
        with pytest.raises(InputError) as caught:
            Translator("fr")
        error = caught.value
        assert EN(f"error.{error.code}", **error.fields) == (
            "“fr” is no language of Samenspel. Choose from nl and en."
        )

    def test_prose_is_english_where_the_language_is(self) -> None:
        assert EN.prose("## Any text\n") == "## Any text\n"

    def test_a_key_in_two_files_is_a_fault(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "en").mkdir()
        for name in ("a.po", "b.po"):
            (tmp_path / "en" / name).write_text('msgid "x"\nmsgstr "y"\n')
        monkeypatch.setattr(i18n, "_LOCALE_FOLDER", tmp_path)
        with pytest.raises(ValueError, match="'x' stands twice"):
            i18n.catalogue.__wrapped__("en")
