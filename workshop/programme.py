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
from workshop.questions.cards import Filled, agreed_words, fill, needs_crm
from workshop.questions.estimates import Estimate, estimate
from workshop.questions.matters import Matter
from workshop.questions.period import parse_day
from workshop.questions.wall import is_answerable
from workshop.questions.which import Beside, Known, known
from workshop.reports.session import Session
from workshop.session.exercise import About, Exercise, Which
from workshop.session.exercise_file import read_exercise
from workshop.session.ledger import Decision
from workshop.session.room_file import read_room
from workshop.session.rounds import Round
from workshop.session.store import Store, open_store
from workshop.views import ledger as ledger_view
from workshop.views.agenda import moment, write_invitations
from workshop.views.display import Note, collected, show
from workshop.views.example import example_note
from workshop.views.experiment import experiments
from workshop.views.forms.clock import Clock
from workshop.views.forms.clock_state import ClockState
from workshop.views.forms.decision_form import DecisionForm
from workshop.views.forms.desk import Desk
from workshop.views.forms.following import Following
from workshop.views.forms.form import Form
from workshop.views.forms.promise_form import PromiseForm
from workshop.views.forms.promise_state import PromiseState
from workshop.views.forms.review_form import ReviewForm
from workshop.views.forms.review_state import ReviewState
from workshop.views.forms.round_panel import RoundPanel
from workshop.views.forms.round_state import RoundState
from workshop.views.forms.vote_place import VotePlace
from workshop.views.forms.vote_state import VoteState
from workshop.views.forms.wall_form import WallForm
from workshop.views.forms.wall_state import WallState
from workshop.views.fragment import Shown
from workshop.views.invitations import Invitation, Invitations, invitations_of, rituals
from workshop.views.look import Look
from workshop.views.notebook_errors import word_errors
from workshop.views.room.canvas import Projected
from workshop.views.room.told import told
from workshop.views.room.welcome import Welcome
from workshop.views.running_order import running_order
from workshop.views.time_boxes import time_boxes
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
        if not needs_crm(exercise):
            return Filled(exercise, ())
        terms = agreed_words(self.workspace.path)
        return fill(exercise, self.tables, self.seed + session_id, terms)

    def estimate(self, about: About) -> Estimate | None:
        """Return what the CRM says of something that the room guessed."""
        return estimate(self.tables, about, WorkingTime.of(self.workspace.settings))

    def known(self, which: Which) -> Known | None:
        """Return what the CRM says of the channels or sectors that the room chose from."""
        return known(self.tables, which, self.seed)


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
    """Show how to join: the QR code, the address and the code, as the room is now."""
    space, t = programme.workspace, programme.look.t
    show(*example_note(space, t))
    place = Following(lambda: read_room(space), lambda room: Welcome(room, t))
    _place(programme, "welcome", place)


def agenda(programme: Programme) -> None:
    """Show the session by the clock; without an agenda, how to get one.

    Raises ``InputError`` for an agenda that cannot be used.
    """
    show(running_order(programme.workspace, programme.look.t))


def exercise(programme: Programme, name: str) -> None:
    """Show an exercise's panel, and once its answers are shown also those.

    Raises ``InputError`` for an exercise that is none, or whose file has a mistake.
    """
    content = read_exercise(programme.workspace, name)
    settings = programme.workspace.settings
    state = RoundState(
        programme.store,
        name,
        content,
        programme.filled,
        settings.floor,
        earlier=settings.example,
    )
    _place_round(programme, name, state, lambda found: said(programme, found))


def crm(programme: Programme, part: Callable[[Session], None]) -> None:
    """Show a part of the session report; where nothing was imported yet, what to do."""
    if programme.answers is None:
        t, path = programme.look.t, str(programme.workspace.path)
        show(Note("next", t("error.no_data", path=path), t))
    else:
        answers = programme.answers
        show(Projected(collected(lambda: part(answers))))


def define(programme: Programme, term: str, side: str = "joint") -> None:
    """Show the builder of what a term means: to both, to sales or to marketing."""
    _place(programme, f"define:{term}:{side}", programme.desk.definition(term, side))


def deals(programme: Programme) -> None:
    """Show ten won deals beside ten lost or stalled ones, for the room to swap and fill in."""
    tables, t = programme.tables, programme.look.t
    if tables is None or not is_answerable(tables):
        show(Note("session", t("wall.none"), t))
    else:
        floor = programme.workspace.settings.floor
        state = WallState(programme.store, floor, tables, programme.seed)
        _place(programme, "deals", WallForm(state, t))


def rules(programme: Programme) -> None:
    """Show the builder of the hand-over rules."""
    _place(programme, "rules", programme.desk.rules())


def goal(programme: Programme) -> None:
    """Show the goal's sliders."""
    _place(programme, "goal", programme.desk.goal())


def vote(programme: Programme, kind: str, term: str = "") -> None:
    """Show the vote about what is proposed: a ``definition`` of a term, ``rules`` or ``goal``.

    It is there as soon as there is a proposal, and follows that until it opens.
    Raises ``InputError`` for anything else.
    """
    matter, name = Matter.of(kind, term), f"vote:{kind}:{term}"

    def panel(found: VoteState) -> RoundPanel:
        first = name not in programme.panels
        made = _panel(programme, name, found, lambda one: voted(programme, one))
        found.observe(lambda _: _look_at_votes(programme), "phase")
        if first:
            _look_at_votes(programme)
        return made

    _place(programme, name, VotePlace(lambda: programme.desk.vote(matter), panel))


def decide(programme: Programme, kind: str = "other", term: str = "", *, outline: str = "") -> None:
    """Show the form that records a decision: on what was voted about, or on anything else.

    With an outline, ``brief`` or ``after_signature``, its text begins with lines to fill in.
    """
    form = programme.desk.decision(Matter.of(kind, term, outline))
    _place(programme, f"decide:{kind}:{term or outline}", form)


def promises(programme: Programme) -> None:
    """Show what is due, overdue first, one at a time, with a button for what became of it."""
    desk = programme.desk
    state = ReviewState(programme.workspace, programme.store, desk.today)
    _place(programme, "promises", ReviewForm(state, programme.look.t))


def promise(programme: Programme) -> None:
    """Show the form for who does what by when, three at most."""
    desk = programme.desk
    state = PromiseState(programme.workspace, programme.store, desk.today)
    _place(programme, "promise", PromiseForm(state, programme.look.t))


def clock(programme: Programme, notebook: str) -> None:
    """Show the clock over a notebook's steps: one clock, wherever in the notebook it is shown.

    Raises ``InputError`` for a notebook that is none.
    """
    name = f"clock:{notebook}"
    if name not in programme.forms:
        space, t = programme.workspace, programme.look.t
        boxes = time_boxes(space, notebook, t)
        state = ClockState(programme.store, space.settings.floor, notebook, boxes)
        programme.forms[name] = Clock(state, t)
    show(programme.forms[name])


def experiment(programme: Programme) -> None:
    """Show what became of the last experiments, and the form for the next one."""
    desk = programme.desk
    if desk.experiments():
        show(*experiments(desk.experiments(), programme.look.t))
    for form in desk.to_count():
        _place(programme, f"count:{form.told.decision.decision_id}", form)
    _place(programme, "experiment", desk.experiment())


def ledger(programme: Programme) -> None:
    """Show every decision as it stands now: those that hold first, with what is overdue."""
    desk, space, t = programme.desk, programme.workspace, programme.look.t

    def drawn(found: tuple[dt.date, tuple[Decision, ...]]) -> Projected:
        today, decisions = found
        return Projected(ledger_view.ledger(decisions, today, space, t))

    _place(programme, "ledger", Following(lambda: (desk.today, desk.ledger()), drawn))


def invitations(programme: Programme, stand_up: str = "", retro: str = "") -> None:
    """Write the calendar files of reviews and rituals, and show where they are.

    Those of the reviews follow what is decided from then on. The first stand-up and retro are
    given as ``2026-12-07 09:00``, or else proposed.
    """
    desk, space, t = programme.desk, programme.workspace, programme.look.t
    planned = rituals(space.settings, desk.today)
    planned = planned._replace(
        stand_up=moment(stand_up) if stand_up else planned.stand_up,
        retro=moment(retro) if retro else planned.retro,
    )
    written: tuple[Invitation, ...] = ()

    def drawn(decisions: tuple[Decision, ...]) -> Projected:
        nonlocal written
        files = invitations_of(decisions, planned, space, t)
        # Only what changed: another notebook may have given the rituals other times since.
        folder = write_invitations(space, [one for one in files if one not in written])
        written = files
        return Projected((Invitations(files, folder.relative_to(space.path).as_posix(), t),))

    _place(programme, "invitations", Following(desk.ledger, drawn))


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
    show(_panel(programme, name, state, result))


def _panel(
    programme: Programme, name: str, state: RoundState, result: Callable[[Round], Shown]
) -> RoundPanel:
    """Return a round's panel, which sees what happens to the others."""
    panel = RoundPanel(state, result, programme.look.t)
    programme.panels[name] = panel
    state.observe(lambda _: _look_around(programme, state), "phase")
    return panel


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
    beside = Beside(programme.estimate, programme.known)
    return told(programme.store, found, programme.look, beside, currency)


def voted(programme: Programme, found: Round) -> Shown:
    """Return what a vote came to, and what was said with it."""
    return Projected((programme.desk.counted(found), *said(programme, found).parts))
