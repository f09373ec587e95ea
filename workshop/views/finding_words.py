"""What an import noticed, in words: in the report, and where it is imported."""

from __future__ import annotations

from workshop.crm.findings import Finding
from workshop.i18n import Translator
from workshop.views.naming import column_name, quoted


def finding_text(finding: Finding, t: Translator) -> str:
    """Return a finding in words."""
    names = [column_name(t, name) for name in finding.columns]
    return t(
        f"finding.{finding.code}",
        n=finding.count,
        columns=t.join(names),
        quoted=quoted(t, names),
        examples=t.join(finding.examples),
    )
