"""Stage history in wide form: a column a stage, as HubSpot writes it."""

from __future__ import annotations

import pandas as pd
import pytest

from workshop.crm.wide import stage_of

TEXT = (
    'Record ID,Deal Stage,"Date entered ""Appointment Scheduled (Sales Pipeline)""",'
    '"Date entered ""Closed won (Sales Pipeline)""",Date entered current stage\n'
    "1,Closed won,2026-02-13 10:00,2026-02-28 11:00,2026-02-28 11:00\n"
    "2,Appointment Scheduled,2026-07-14 10:00,,2026-07-14 10:00\n"
    "3,Lead,,,\n"
)


def history(desk):
    table = desk.table("stage_history")[["record", "record_id", "stage", "entered_at"]]
    return sorted(table.itertuples(index=False, name=None))


def test_a_column_a_stage_becomes_a_row_an_entry(desk):
    imported = desk.run(TEXT)
    assert imported.table == "deals"
    assert history(desk) == [
        ("deal", "1", "Appointment Scheduled", pd.Timestamp("2026-02-13 09:00")),
        ("deal", "1", "Closed won", pd.Timestamp("2026-02-28 10:00")),
        ("deal", "2", "Appointment Scheduled", pd.Timestamp("2026-07-14 08:00")),
    ]
    assert not [column for column in desk.table() if column.lower().startswith("date entered")]


def test_the_same_export_twice_and_a_newer_one(desk):
    desk.run(TEXT)
    before = desk.tree()
    assert not desk.run(TEXT).changed
    assert desk.tree() == before
    desk.run(TEXT.replace("2026-07-14 10:00,,", "2026-07-14 10:00,2026-08-01 09:00,"))
    assert len(history(desk)) == 4


def test_records_that_are_set_aside_have_no_history(desk):
    doubled = TEXT + "1,Closed lost,2026-02-13 10:00,2026-02-28 11:00,2026-02-28 11:00\n"
    imported = desk.run(doubled)
    assert len(imported.set_aside) == 2
    assert {row[1] for row in history(desk)} == {"2"}


def test_an_ambiguous_date_is_refused_here_too(desk):
    text = 'Record ID,Deal Stage,"Date entered ""Lead (Sales Pipeline)"""\n1,Lead,03-04-2026\n'
    error = desk.refuse(text, dry_run=True)
    assert (error.code, error.fields["column"]) == (
        "ambiguous_dates",
        'Date entered "Lead (Sales Pipeline)"',
    )


def test_a_date_that_does_not_read_is_said(desk):
    imported = desk.run(TEXT.replace("2026-07-14 10:00,,", "soon,,"))
    found = {f.code: f.count for f in imported.findings}
    assert found["unreadable_stage_date"] == 1
    assert len(history(desk)) == 2


def test_days_and_times_in_one_export(desk):
    desk.run(TEXT.replace("2026-02-28 11:00,2", "2026-02-28,2"))
    assert ("deal", "1", "Closed won", pd.Timestamp("2026-02-27 23:00")) in history(desk)


@pytest.mark.parametrize(
    ("header", "stage"),
    [
        ('Date entered "Closed won (Sales Pipeline)"', "Closed won"),
        ('Date entered "Demo (fysiek) (Sales Pipeline)"', "Demo (fysiek)"),
        ("hs_v2_date_entered_appointmentscheduled", "appointmentscheduled"),
        ("hs_date_entered_closedwon", "closedwon"),
        ("hs_v2_date_entered_current_stage", None),
        ("Date entered current stage", None),
        ("Amount", None),
    ],
)
def test_headers_of_stages(header, stage):
    assert stage_of(header) == stage
