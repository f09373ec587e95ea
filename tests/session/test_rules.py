from __future__ import annotations

from pathlib import Path

from workshop.session.rules import ENDS, AtLimit, OnDisagreement, read_rules

FOLDER = Path(__file__).parent
SOUND = (FOLDER / "rules" / "sound.yaml").read_text("utf-8")


def rules_of(folder: Path, text: str | bytes):
    content = text if isinstance(text, bytes) else text.encode()
    (folder / "rules.yaml").write_bytes(content)
    return read_rules(folder)


def test_a_workspace_without_rules_has_none(tmp_path):
    assert read_rules(tmp_path) is None


def test_rules_are_read_as_they_stand(tmp_path):
    rules = rules_of(tmp_path, SOUND)
    assert [rule.name for rule in rules.rules] == ["Qualify", "Talk", "Offer", "Turn down"]
    qualify, talk = rules.rules[:2]
    assert (talk.from_status, talk.to_status, talk.owner) == ("mql", "sql", "sales")
    assert talk.time_limit == 8
    assert talk.at_limit == AtLimit(owner="marketing", tell="head of sales")
    assert qualify.on_disagreement == OnDisagreement(decides="both team leads", within=16)
    assert qualify.on_disagreement.reason_required
    assert (rules.first_status, rules.ends) == ("lead", ENDS)


def test_a_status_is_the_same_in_any_case_and_no_is_text(tmp_path):
    rules = rules_of(tmp_path, SOUND.replace("to: mql", "to: ' MQL '").replace("Talk", "no"))
    assert rules.rules[0].to_status == "mql"
    assert rules.rules[1].name == "no"


def test_a_rule_for_a_type_replaces_the_general_one_for_the_same_case(tmp_path):
    own = SOUND.split("  - name: Talk")[1].split("  - name: Offer")[0]
    own = "  - name: Talk" + own.replace("    from:", "    customer_type: Existing\n    from:")
    rules = rules_of(tmp_path, SOUND + own.replace("time_limit: 8", "time_limit: 2"))
    assert rules.customer_types == ("Existing",)

    def limit(customer_type):
        (talk,) = [rule for rule in rules.applying(customer_type) if rule.name == "Talk"]
        return talk.time_limit

    assert (limit(None), limit("New"), limit("existing"), limit("Existing")) == (8, 8, 2, 2)
    assert len(rules.applying("Existing")) == len(rules.applying(None)) == 4
