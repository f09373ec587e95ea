"""Waits of a handful of leads counted by hand, and of the example company recounted with pandas."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workshop.crm.calendar import WorkingTime
from workshop.crm.importing import import_files
from workshop.crm.staging import Request
from workshop.crm.tables import open_tables
from workshop.crm.waiting_counts import Case, assignments, touch_effect, waits
from workshop.crm.watch import watch_leads
from workshop.resources import kit
from workshop.workspace import Workspace

# Brussels time. Monday 6 April 2026 is Easter Monday; the as-of date is Friday 10 April.
LEADS = """\
lead_id;customer_type;created_at;mql_at;assigned_at;first_touch_at;sql_at;rejected_at
A;new;2026-04-02 10:00;2026-04-02 16:00;2026-04-02 16:30;2026-04-03 09:30;2026-04-08 12:00;
B;new;2026-04-02 10:00;2026-04-03 16:00;2026-04-03 22:00;2026-04-07 10:00;;
C;new;2026-04-02 10:00;2026-04-07 09:00;2026-04-07 10:00;;;
D;old;2026-04-02 10:00;2026-04-07 09:00;2026-04-07 13:00;2026-04-07 11:00;;
E;old;2026-04-02 10:00;2026-04-08 09:00;2026-04-08 09:00;;;2026-04-09 11:00
F;old;2026-04-02 10:00;2026-04-09 12:00;;;;
G;;2026-04-02 10:00;;;;;
"""
ACTIVITIES = """\
activity_id;record;record_id;at;kind;team
1;lead;A;2026-04-02 11:00;call;marketing
2;lead;A;2026-04-08 11:00;call;sales
3;lead;A;2026-04-09 11:00;call;sales
4;lead;C;2026-04-10 10:00;call;marketing
5;lead;B;2026-04-07 09:30;call;sales
6;lead;G;2026-04-10 16:00;mail;marketing
"""
MOVED = ("sql", "opportunity", "rejected")


def workspace(folder: Path, leads: str = LEADS, activities: str | None = ACTIVITIES) -> Workspace:
    made = Workspace.create(folder / "client", "X")
    texts = {"leads": leads} | ({"activities": activities} if activities else {})
    for table, text in texts.items():
        file = folder / f"{table}.csv"
        file.write_text(text, "utf-8")
        import_files(made, Request((file,), table=table))
    return made


def watching(folder: Path, as_of: dt.date | None = None, **texts):
    return watch_leads(open_tables(workspace(folder, **texts), as_of), WorkingTime())


@pytest.fixture(scope="module")
def watch(tmp_path_factory: pytest.TempPathFactory):
    return watching(tmp_path_factory.mktemp("hand"))


def told(frame: pd.DataFrame) -> set[tuple[object, ...]]:
    """Return the rows as text, an unknown type of customer as a dash."""
    known = frame.assign(customer_type=frame["customer_type"].astype("str").fillna("-"))
    return set(known.itertuples(index=False, name=None))


def test_the_wait_from_the_assignment_to_the_first_act(watch):
    # A: half an hour, and half an hour. B: called at 9.30, before the touch that the lead says.
    # C: nobody. D: touched before the assignment. E: rejected. F, G: not assigned.
    assert told(waits(watch, Case("assigned", MOVED))) == {
        ("new", 0.5, True, False, False, 1),
        ("new", 1.0, True, False, False, 1),
        ("new", 31.0, False, False, False, 1),
        ("old", 0.0, True, False, False, 1),
        ("old", 10.0, True, False, False, 1),
    }


def test_a_touch_alone_ends_the_wait_where_nothing_else_does(watch):
    cells = waits(watch, Case("assigned"))
    assert told(cells[~cells["touched"]]) == {
        ("new", 31.0, False, False, False, 1),
        ("old", 24.0, False, False, False, 1),
    }


def test_the_wait_from_becoming_an_mql(watch):
    cells = waits(watch, Case("mql", MOVED))
    assert told(cells) == {
        ("new", 1.5, True, False, False, 2),
        ("new", 32.0, False, False, False, 1),
        ("old", 2.0, True, False, False, 1),
        ("old", 10.0, True, False, False, 1),
        ("old", 13.0, False, False, False, 1),
    }


def test_after_a_status_only_a_later_act_counts(watch):
    # A became an SQL on Wednesday at noon: the call of an hour before led to that.
    cells = waits(watch, Case("sql", ("opportunity",)))
    assert told(cells) == {("new", 7.0, True, False, False, 1)}


def test_where_a_touch_is_no_act_only_the_next_status_is(watch):
    cells = waits(watch, Case("lead", ("mql",), touched=False))
    assert told(cells) == {
        ("new", 6.0, True, False, False, 1),
        ("new", 14.0, True, False, False, 1),
        ("new", 15.0, True, False, False, 1),
        ("old", 15.0, True, False, False, 1),
        ("old", 23.0, True, False, False, 1),
        ("old", 34.0, True, False, False, 1),
        ("-", 47.0, False, False, False, 1),
    }


@pytest.mark.parametrize(
    ("limit", "mature", "breached"),
    [
        (0.99, "ABCDE", "BCE"),
        (1, "ABCDE", "CE"),  # touched on the limit is in time
        (10, "ABCDE", "C"),
        (24, "ABCDE", "C"),  # the 24 hours of E are over at the end of the as-of date
        (24.01, "ABCD", "C"),
        (31, "ABC", "C"),  # a limit that has just passed is breached where nobody acted
        (31.01, "AB", ""),
    ],
)
def test_a_limit_is_judged_when_it_has_passed(watch, limit, mature, breached):
    cells = waits(watch, Case("assigned", MOVED, limit_hours=limit))
    waited = {0.5: "A", 1.0: "B", 31.0: "C", 0.0: "D", 10.0: "E"}
    for flag, names in (("mature", mature), ("breached", breached)):
        assert set(cells.loc[cells[flag], "hours"].map(waited)) == set(names)


def test_nothing_after_the_as_of_date_is_known(tmp_path):
    cells = waits(watching(tmp_path, dt.date(2026, 4, 3)), Case("assigned", MOVED))
    assert told(cells) == {
        ("new", 1.0, True, False, False, 1),
        ("new", 0.0, False, False, False, 1),
    }


def test_the_system_waits_from_mql_to_assignment(watch):
    assert told(assignments(watch)) == {
        ("new", 0.5, True, 1),
        ("new", 1.0, True, 2),
        ("old", 4.0, True, 1),
        ("old", 0.0, True, 1),
        ("old", 13.0, False, 1),
    }


def test_without_mqls_the_system_waits_from_creation(tmp_path):
    leads = "\n".join(
        ";".join(cell for i, cell in enumerate(line.split(";")) if i != 3)
        for line in LEADS.splitlines()
    )
    cells = assignments(watching(tmp_path, leads=leads))
    assert cells.groupby("touched")["leads"].sum().to_dict() == {True: 5, False: 2}
    assert sorted(cells.loc[cells["touched"], "hours"]) == [6.5, 15.0, 16.0, 19.0, 23.0]


def test_the_order_of_the_rows_changes_nothing(tmp_path):
    header, *rows = LEADS.splitlines()
    turned = "\n".join([header, *reversed(rows)])
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    case = Case("assigned", MOVED, limit_hours=8)
    pd.testing.assert_frame_equal(
        waits(watching(one), case), waits(watching(two, leads=turned), case)
    )


def test_stages_of_the_history_date_a_status_too(tmp_path):
    made = workspace(tmp_path)
    file = tmp_path / "history.csv"
    file.write_text(
        "record;record_id;stage;entered_at\n"
        "lead;C;Nurture;2026-04-08 09:00\nlead;C;Nurture;2026-04-10 09:00\n"
        "lead;G;MQL;2026-04-10 12:00\ndeal;X;MQL;2026-04-01 12:00\n",
        "utf-8",
    )
    import_files(made, Request((file,), table="stage_history"))
    watch = watch_leads(open_tables(made), WorkingTime())
    assert {"nurture", "mql", "lead"} <= watch.statuses
    assert told(waits(watch, Case("nurture"))) == {("new", 24.0, False, False, False, 1)}
    assert ("-", 5.0, False, False, False, 1) in told(waits(watch, Case("mql", MOVED)))
    with pytest.raises(ValueError, match=r"'asleep'.*nurture"):
        waits(watch, Case("asleep"))


def test_days_without_a_time_count_whole_working_days(tmp_path):
    leads = "lead_id;created_at;assigned_at;first_touch_at\nA;2026-04-01;2026-04-02;2026-04-07\n"
    watch = watching(tmp_path, leads=leads, activities=None)
    assert "assigned" not in watch.timed
    assert waits(watch, Case("assigned"))["hours"].tolist() == [16.0]


def test_activities_that_name_no_team_count_only_where_no_lead_says_more(tmp_path):
    nameless = ACTIVITIES.replace("marketing", "").replace("sales", "")
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    watch = watching(one, activities=nameless)
    assert not watch.teams
    assert int(waits(watch, Case("mql")).query("touched")["leads"].sum()) == 3
    silent = "\n".join(
        ";".join(cell for i, cell in enumerate(line.split(";")) if i != 5)
        for line in LEADS.splitlines()
    )
    watch = watching(two, leads=silent, activities=nameless)
    assert int(waits(watch, Case("mql")).query("touched")["leads"].sum()) == 3  # A, B, C


def test_who_moved_on_is_counted_within_the_window(watch):
    case = Case("mql")

    def found(hours: float, days: int) -> set[tuple[object, ...]]:
        cells = touch_effect(watch, case, "sql", hours, days)
        return set(cells.itertuples(index=False, name=None))

    # A took six days; A and B were touched after an hour and a half, D after two, C, E, F never.
    assert found(1.5, 6) == {(True, True, 2, 1)}
    assert found(1.5, 5) == {(True, True, 2, 0)}
    assert found(2, 1) == {(False, False, 3, 0), (True, True, 3, 0)}
    assert found(1.4, 1) == {(False, False, 3, 0), (True, False, 3, 0)}


@pytest.fixture(scope="module")
def export() -> pd.DataFrame:
    rows = pd.read_csv(
        kit("datasets", "example", "leads.csv"), sep=";", encoding="cp1252", dtype=str
    )
    times = ["Toegewezen op", "Eerste contact op", "SQL op", "MQL op"]
    return rows.assign(
        **{name: pd.to_datetime(rows[name], format="%d-%m-%Y %H:%M") for name in times}
    )


def hours_by_hand(start: pd.Series, end: pd.Series) -> np.ndarray:
    """Return hours from 9 to 17 on working days of Belgium, in local time."""
    import holidays

    off = np.array(
        sorted(holidays.country_holidays("BE", years=[2024, 2025, 2026])), "datetime64[D]"
    )

    def position(at: pd.Series) -> np.ndarray:
        day = at.to_numpy().astype("datetime64[D]")
        days = np.busday_count("2024-01-01", day, holidays=off)
        hours = (at.to_numpy() - day) / np.timedelta64(1, "h")
        return days * 8 + np.where(np.is_busday(day, holidays=off), np.clip(hours - 9, 0, 8), 0)

    return position(end) - position(start)


def test_the_example_company_recounted(example, export):
    watch = watch_leads(open_tables(example), WorkingTime.of(example.settings))
    cells = waits(watch, Case("assigned", limit_hours=8))
    assigned = export[export["Toegewezen op"].notna()]
    as_of = pd.Series(pd.Timestamp("2026-10-31 23:59"), index=assigned.index)
    touch = assigned["Eerste contact op"]
    waited = hours_by_hand(assigned["Toegewezen op"], touch.fillna(as_of))
    available = hours_by_hand(assigned["Toegewezen op"], as_of)
    late = (waited > 8 + 1e-9) | touch.isna()
    by_hand = pd.DataFrame(
        {"type": assigned["Klanttype"], "touched": touch.notna(), "mature": available >= 8}
    ).assign(breached=late & (available >= 8))
    fine = np.floor(waited * 60 + 1e-6) / 60
    by_hand["hours"] = np.where(fine < 100, fine, np.floor(fine + 1e-6)).round(6)
    expected = by_hand.groupby(["type", "touched", "mature", "breached", "hours"]).size()
    found = cells.assign(hours=cells["hours"].round(6)).set_index(
        ["customer_type", "touched", "mature", "breached", "hours"]
    )["leads"]
    assert found.to_dict() == expected.to_dict()
