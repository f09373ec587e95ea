"""Replay a definition on history: leads in, counts of verdicts and outcomes out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Literal, get_args

import ibis
import ibis.expr.types as ir
import pandas as pd

from workshop.criteria import LANDMARK_DAYS, WINDOW_DAYS, Clause, Side, criteria
from workshop.crm.clock import month
from workshop.crm.digest import digest
from workshop.crm.fact_fields import as_numbers
from workshop.crm.facts import count_names, number_names, verdict, with_numbers
from workshop.crm.hold import held, let_go
from workshop.crm.tables import Tables

Outcome = Literal["won", "opportunity"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True)
class Judging:
    """When a lead is judged, and what it should become by when; days since its creation.

    Leads without dates are judged by what is known of them, by what they became at all, and are
    split by ``seed``.
    """

    landmark_days: int = LANDMARK_DAYS
    window_days: int = WINDOW_DAYS
    outcome: Outcome = "won"
    seed: int = 0


def mature_days(tables: Tables, judging: Judging) -> pd.DataFrame:
    """Count the judged leads that have had the whole window, per day of creation.

    Columns: ``created_day``, ``leads``.
    """
    leads = followed(tables, judging)
    mature = leads.filter(leads._mature & ~leads._before)
    return frame(mature.group_by("created_day").agg(leads=ibis._.count()), ["created_day"])


class History:
    """Hold the leads, to be judged by one definition after another.

    Held is what does not change with the definition: when a lead came in, what it became, and
    ``fields``, stored ones and numbers of activities up to its landmark (all that are stored,
    unless given). A number that is asked for later is added when it is. `close` lets go of it.
    """

    def __init__(
        self,
        tables: Tables,
        judging: Judging,
        check_from: dt.date | None,
        fields: Collection[str] | None = None,
    ) -> None:
        self.tables, self.judging = tables, judging
        named = sorted(tables.traits("leads") if fields is None else fields)
        leads = as_numbers(followed(tables, judging, named), tables, named)
        leads = leads.mutate(
            _month=month(leads.created_day),
            _reached=leads._age >= judging.landmark_days,
            _period=period(leads, check_from),
        )
        self._numbers = number_names(named)
        self._leads = held(self._counted(leads, self._numbers), tables.rows("leads"))

    def judged(self, sides: Mapping[Side, Clause]) -> ir.Table:
        """Return each lead's verdict by every side; the clauses fit this CRM (`fitted`).

        Columns: ``lead_id``, ``created_day``, ``month`` (of creation), ``reached`` (its landmark
        has come), ``before_landmark`` (it became a deal by then), ``period`` (fit, check; null
        where the window is not over), ``became`` (the outcome within the window) and a column per
        side (true, false, unknown).
        """
        self._add_numbers(count_names(sides.values()))
        leads = self._leads
        return leads.select(
            "lead_id",
            "created_day",
            month=leads._month,
            reached=leads._reached,
            before_landmark=leads._before,
            period=leads._period,
            became=leads._became,
            **{
                side: as_text(verdict(clause, leads, self._numbers, self.judging.landmark_days))
                for side, clause in sides.items()
            },
        )

    def _add_numbers(self, asked: Collection[str]) -> None:
        numbers = number_names([*self._numbers, *asked])
        new = {name: column for name, column in numbers.items() if name not in self._numbers}
        if new:
            before, self._numbers = self._leads, numbers
            self._leads = held(self._counted(before, new), self.tables.rows("leads"))
            let_go(before)

    def _counted(self, leads: ir.Table, names: Mapping[str, str]) -> ir.Table:
        # Without a date of the lead, what was done with it before its landmark is unknown.
        activities = self.tables.activities if self.tables.dated_leads else None
        return with_numbers(leads, activities, names, self.judging.landmark_days)

    def close(self) -> None:
        """Let go of what is held."""
        let_go(self._leads)


@contextmanager
def judged(
    tables: Tables, sides: Mapping[Side, Clause], judging: Judging, check_from: dt.date | None
) -> Iterator[ir.Table]:
    """Hold what it takes to judge the leads by some definitions; see `History.judged`."""
    fields = {criterion.field for clause in sides.values() for criterion in criteria(clause)}
    with closing(History(tables, judging, check_from, fields)) as history:
        yield history.judged(sides)


def verdict_counts(leads: ir.Table, sides: Collection[Side]) -> pd.DataFrame:
    """Count `judged` leads by what each side's definition makes of them and what they became.

    Leads whose landmark has not come yet are left out.

    Columns: ``month`` (of creation), ``before_landmark``, ``period``, a column per side (true,
    false, unknown), ``became`` and ``leads``.
    """
    reached = leads.filter(leads.reached)
    rest = ["before_landmark", "period", *sides, "became"]
    counted = reached.group_by("month", *rest)
    return frame(counted.agg(leads=ibis._.count()), ["month", *rest])


def won_missed(
    tables: Tables,
    leads: ir.Table,
    sides: Sequence[Side],
    judging: Judging,
    won: ir.Table | None = None,
) -> pd.DataFrame:
    """Return the won deals whose `judged` lead a side's definition does not pass.

    They are those that count as won: within the window, of mature leads judged at the landmark.
    ``won`` is what `won_deals` returns, where it is held. Columns: ``side``, ``period``,
    ``deal_id``, ``verdict`` (false, unknown).
    """
    columns = ["side", "period", "deal_id", "verdict"]
    won = won_deals(tables) if won is None else won
    if won is None or not sides:
        return pd.DataFrame({column: [] for column in columns})
    became = won.inner_join(leads.filter(leads.period.notnull()), "lead_id")
    days = became.closed_day.delta(became.created_day, unit="day")
    in_time = days <= judging.window_days if tables.dated_leads else ibis.literal(True)
    not_passed = ibis.or_(*(became[side] != "true" for side in sides))
    few = became.filter(in_time & not_passed).select("deal_id", "period", *sides)
    found: pd.DataFrame = few.execute()
    rows = found.melt(["deal_id", "period"], list(sides), "side", "verdict")
    rows = rows[rows["verdict"] != "true"]
    return rows[columns].drop_duplicates().sort_values(columns).reset_index(drop=True)


def won_deals(tables: Tables) -> ir.Table | None:
    """Return the won deals with the leads they came from: ``lead_id``, ``deal_id``, ``closed_day``.

    ``None`` where there are no deals.
    """
    deals = tables.deals
    if deals is None:
        return None
    won = deals.filter(deals.outcome == "won").select("deal_id", "closed_day")
    return links(tables).inner_join(won, "deal_id").select("lead_id", "deal_id", "closed_day")


def links(tables: Tables) -> ir.Table:
    """Return which lead became which deal, said on either side: ``lead_id``, ``deal_id``."""
    sides = [
        table.select("lead_id", "deal_id").filter(table.lead_id.notnull() & table.deal_id.notnull())
        for table in (tables.leads, tables.deals)
        if table is not None
    ]
    return ibis.union(*sides, distinct=True) if len(sides) > 1 else sides[0]


def as_text(holds: ir.BooleanValue) -> ir.StringValue:
    """Return a verdict as true, false or unknown."""
    return ibis.cases((holds, "true"), (~holds, "false"), else_="unknown")


_FOLLOWED = ("lead_id", "created_day", "touch_day")
_TWO_THIRDS = "aaaaaaaa"
"""The eight hexadecimal digits that two thirds of all digests stay under."""


def followed(tables: Tables, judging: Judging, fields: Sequence[str] = ()) -> ir.Table:
    """Add to the dated leads their age and what became of them, by landmark and window.

    Where no lead has a date, all are there, as old as can be, with ``_drawn`` for a random third.
    """
    leads = tables.leads
    if leads is None:
        raise ValueError("no leads")
    if tables.as_of is None or not tables.dated_leads:
        return _undated(leads, judging, fields)
    leads = leads.filter(leads.created_day.notnull())
    days = {"won": leads.won_day, "opportunity": leads.deal_day}
    in_time = {
        outcome: (day.delta(leads.created_day, unit="day") <= judging.window_days).fill_null(False)
        for outcome, day in days.items()
    }
    deal_after = ibis.coalesce(leads.deal_day, leads.won_day).delta(leads.created_day, unit="day")
    age = ibis.literal(tables.as_of).delta(leads.created_day, unit="day")
    return leads.select(
        *_kept(leads, fields),
        _age=age,
        _mature=age >= judging.window_days,
        _before=(deal_after < judging.landmark_days).fill_null(False),
        _became=in_time[judging.outcome],
        **{f"_{outcome}": found for outcome, found in in_time.items()},
    )


def _undated(leads: ir.Table, judging: Judging, fields: Sequence[str]) -> ir.Table:
    """Take leads without dates as they stand: what they became, whenever that was."""
    became = {"won": leads.won, "opportunity": leads.has_deal.fill_null(False)}
    lot = digest(ibis.literal(f"{judging.seed}:") + leads.lead_id)
    return leads.select(
        *_kept(leads, fields),
        _age=ibis.literal(judging.landmark_days),
        _mature=ibis.literal(True),
        _before=ibis.literal(False),
        _became=became[judging.outcome],
        _drawn=lot.substr(0, len(_TWO_THIRDS)) >= _TWO_THIRDS,
        **{f"_{outcome}": found for outcome, found in became.items()},
    )


def _kept(leads: ir.Table, fields: Sequence[str]) -> list[str]:
    named = [name for name in fields if name in leads.columns and name not in _FOLLOWED]
    return [*_FOLLOWED, *named]


def period(leads: ir.Table, check_from: dt.date | None) -> ir.StringColumn:
    """Return fit or check for a mature lead that is judged at the landmark."""
    counts = leads._mature & ~leads._before
    dated = "_drawn" not in leads.columns
    late = leads.created_day >= (check_from or dt.date.max) if dated else leads._drawn
    return ibis.cases((counts & late, "check"), (counts, "fit"), else_=ibis.null("string"))


def frame(expression: ir.Table, order: Sequence[str]) -> pd.DataFrame:
    """Run a group-by and sort it, so that equal data gives equal frames."""
    rows: pd.DataFrame = expression.execute()
    return rows.sort_values(list(order), na_position="last").reset_index(drop=True)
