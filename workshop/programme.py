"""The programme's notebooks: one client's session, and one function for each cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from workshop.crm.calendar import WorkingTime
from workshop.crm.tables import Tables, open_tables
from workshop.errors import WorkspaceError
from workshop.i18n import Translator
from workshop.questions.agreed_files import heal
from workshop.questions.cards import Filled, fill, needs_crm
from workshop.questions.estimates import Estimate, estimate
from workshop.questions.matters import Matter
from workshop.questions.period import parse_day
from workshop.reports.session import Session
from workshop.session.exercise import About, Exercise
from workshop.session.exercise_file import read_exercise
from workshop.session.room_file import read_room
from workshop.session.rounds import Round
from workshop.session.store import Store, open_store
from workshop.views import ledger as ledger_view
from workshop.views.agenda import moment, write_invitations
from workshop.views.display import Note, show
from workshop.views.forms.decision_form import DecisionForm
from workshop.views.forms.desk import Desk
from workshop.views.forms.form import Form
from workshop.views.forms.round_panel import RoundPanel
from workshop.views.forms.round_state import RoundState
from workshop.views.forms.vote_state import VoteState
from workshop.views.fragment import Shown
from workshop.views.invitations import Invitations, invitations_of, rituals
from workshop.views.look import Look
from workshop.views.notebook_errors import word_errors
from workshop.views.room.canvas import Projected
from workshop.views.room.told import told
from workshop.views.room.welcome import Welcome
from workshop.workspace import Workspace


@dataclass(frozen=True)
class Programme:
    """One client's session: what the room says, and the CRM beside it where there is one.

    ``panels`` are the exercises on the screen, ``forms`` the builders, so that a cell that runs
    again replaces its own.
    """

    workspace: Workspace
    store: Store
    look: Look
    as_of: dt.date | None
    seed: int
    panels: dict[str, RoundPanel] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)

    @cached_property
    def tables(self) -> Tables | None:
        """The CRM; ``None`` where nothing was imported yet."""
        try:
            return open_tables(self.workspace, self.as_of)
        except WorkspaceError as error:
            if error.code == "no_data":
                return None
            raise

    @cached_property
    def desk(self) -> Desk:
        """Where definitions, rules, goals and decisions are made."""
        return Desk(self.workspace, self.store, self.tables, self.look, self.seed)

    @cached_property
    def answers(self) -> Session | None:
        """What the CRM says on its own, as in the session report; ``None`` without data."""
        if self.tables is None:
            return None
        return Session(self.workspace, self.tables, self.look, self.seed)

    def filled(self, exercise: Exercise, session_id: int) -> Filled:
        """Fill an exercise from the CRM, the same way each time within a session."""
        tables = self.tables if needs_crm(exercise) else None
        return fill(exercise, tables, self.seed + session_id)

    def estimate(self, about: About) -> Estimate | None:
        """Return what the CRM says of something that the room guessed."""
        return estimate(self.tables, about, WorkingTime.of(self.workspace.settings))


def opened(workspace: str, language: str = "", as_of: str = "", seed: str = "0") -> Programme:
    """Open a workspace for the room; what is empty follows from the workspace and its data.

    Raises ``InputError`` for a language or a day that is none, ``WorkspaceError`` where there is
    no workspace or its session database cannot be used.
    """
    space = Workspace.open(Path(workspace))
    t: Translator = space.translator(language or None)
    word_errors(t)
    store = open_store(space)
    heal(space, store, lambda decision: ledger_view.file_note(decision, t))
    return Programme(
        workspace=space,
        store=store,
        look=Look(t, space.settings.brand.color),
        as_of=parse_day(as_of) if as_of else None,
        seed=int(seed),
    )


def welcome(programme: Programme) -> None:
    """Show how to join: the QR code, the address and the code."""
    show(Welcome(read_room(programme.workspace), programme.look.t))


def exercise(programme: Programme, name: str) -> None:
    """Show an exercise's panel, and once its answers are shown also those.

    Raises ``InputError`` for an exercise that is none, or whose file has a mistake.
    """
    content = read_exercise(programme.workspace, name)
    floor = programme.workspace.settings.floor
    state = RoundState(programme.store, name, content, programme.filled, floor)
    _place_round(programme, name, state, lambda found: said(programme, found))


def crm(programme: Programme, part: Callable[[Session], None]) -> None:
    """Show a part of the session report; where nothing was imported yet, what to do."""
    if programme.answers is None:
        t, path = programme.look.t, str(programme.workspace.path)
        show(Note("next", t("error.no_data", path=path), t))
    else:
        part(programme.answers)


def define(programme: Programme, term: str, side: str = "joint") -> None:
    """Show the builder of what a term means: to both, to sales or to marketing."""
    _place(programme, f"define:{term}:{side}", programme.desk.definition(term, side))


def rules(programme: Programme) -> None:
    """Show the builder of the hand-over rules."""
    _place(programme, "rules", programme.desk.rules())


def goal(programme: Programme) -> None:
    """Show the goal's sliders."""
    _place(programme, "goal", programme.desk.goal())


def vote(programme: Programme, kind: str, term: str = "") -> None:
    """Show the vote about what is proposed: a ``definition`` of a term, ``rules`` or ``goal``.

    Raises ``InputError`` for anything else.
    """
    found = programme.desk.vote(Matter.of(kind, term))
    if isinstance(found, VoteState):
        name = f"vote:{kind}:{term}"
        _place_round(programme, name, found, lambda one: voted(programme, one))
        found.observe(lambda _: _look_at_votes(programme), "phase")
    else:
        show(found)


def decide(programme: Programme, kind: str = "other", term: str = "") -> None:
    """Show the form that records a decision: on what was voted about, or on anything else."""
    _place(programme, f"decide:{kind}:{term}", programme.desk.decision(Matter.of(kind, term)))


def ledger(programme: Programme) -> None:
    """Show every decision: those that hold first, with what is overdue for review."""
    desk, t = programme.desk, programme.look.t
    show(Projected(ledger_view.ledger(desk.ledger(), desk.today, programme.workspace, t)))


def invitations(programme: Programme, stand_up: str = "", retro: str = "") -> None:
    """Write the calendar files of reviews and rituals, and show where they are.

    The first stand-up and retro are given as ``2026-12-07 09:00``, or else proposed.
    """
    desk, space, t = programme.desk, programme.workspace, programme.look.t
    planned = rituals(space.settings, desk.today)
    planned = planned._replace(
        stand_up=moment(stand_up) if stand_up else planned.stand_up,
        retro=moment(retro) if retro else planned.retro,
    )
    files = invitations_of(desk.ledger(), planned, space, t)
    folder = write_invitations(space, files)
    show(Invitations(files, str(folder), t))


def _place(programme: Programme, name: str, form: Form) -> None:
    """Show a form in the place of the one that an earlier run of its cell left."""
    earlier = programme.forms.pop(name, None)
    if earlier is not None:
        earlier.stop()
    programme.forms[name] = form
    show(form)


def _place_round(
    programme: Programme, name: str, state: RoundState, result: Callable[[Round], Shown]
) -> None:
    """Show a round's panel in the place of the one that an earlier run of its cell left."""
    earlier = programme.panels.pop(name, None)
    if earlier is not None:
        earlier.stop()
    panel = RoundPanel(state, result, programme.look.t)
    programme.panels[name] = panel
    state.observe(lambda _: _look_around(programme, state), "phase")
    show(panel)


def _look_at_votes(programme: Programme) -> None:
    """Let the forms that record a decision see how a vote went."""
    for form in programme.forms.values():
        if isinstance(form, DecisionForm):
            form.look()


def _look_around(programme: Programme, changed: RoundState) -> None:
    """Let the exercises that wait see that another one opened, or is over."""
    for panel in programme.panels.values():
        if panel.state is not changed and panel.state.phase == "waiting":
            panel.state.look()


def said(programme: Programme, found: Round) -> Projected:
    """Return what the room said in a round that was shown."""
    currency = programme.workspace.settings.currency
    return told(programme.store, found, programme.look, programme.estimate, currency)


def voted(programme: Programme, found: Round) -> Shown:
    """Return what a vote came to, and what was said with it."""
    return Projected((programme.desk.counted(found), *said(programme, found).parts))
