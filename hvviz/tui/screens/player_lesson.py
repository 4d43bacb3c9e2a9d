"""How the player asks: a form for the step, its answer graded off the screen's thread, what it says then."""

from typing import TYPE_CHECKING

from textual import work

from hvviz.diagram.roles import Token
from hvviz.tui.forms import CONFIDENCES, ChoiceForm, ControlForm, CurveForm, Form, PickForm
from hvviz.tui.messages import AnswerGiven, FormChanged, NodePicked
from hvviz.tui.screens.player_actions import PlayerActions
from hvviz.tui.widgets.diagram import DiagramView
from hvviz.tui.widgets.lesson_panel import LessonPanel

if TYPE_CHECKING:
    from hvviz.lesson.grading import Answer
    from hvviz.scenario.lesson import Step
    from hvviz.tui.presenter import Stage

_BRIEF_ROWS = 2
"""A question with no more rows leaves the diagram room in the smallest window."""


class PlayerLesson(PlayerActions):
    """Opens and closes forms as the player comes to steps."""

    _shown: tuple[str, bool] | None = None

    @property
    def panel(self) -> LessonPanel:
        return self.query_one(LessonPanel)

    def _show_lesson(self) -> None:
        """Show the current step, once for each time that it or its question changes."""
        player = self._player
        stage = None if player is None else player.stage
        if player is None or stage is None or self._shown == (stage.step.id, player.question_open):
            return
        self._shown = (stage.step.id, player.question_open)
        step = stage.step
        self.set_class(bool(step.say), "-telling")
        grade = self._room.grades.get(step.id)
        self.panel.tell(f"Step {player.index + 1} of {len(player.stages)}", self._room.say(step))
        asked = self._room.form(step) if player.question_open or (step.ask is None and stage.moment) else None
        if grade is not None:
            self._verdict(step)
        elif asked is None:
            self.panel.close()
            self._ask_classes(None)
        else:
            self.panel.close()
            self.panel.ask(*asked)
            self._ask_classes(asked[1])
            self._start(asked[1])

    def _ask_classes(self, form: Form | None) -> None:
        self.set_class(form is not None, "-asking")
        self.set_class(isinstance(form, PickForm), "-picking")
        self.set_class(form is not None and len(form.rows()) <= _BRIEF_ROWS, "-brief")
        self.set_class(isinstance(form, ChoiceForm) and form.ordered, "-ordering")
        self.refresh_bindings()

    def _start(self, form: Form) -> None:
        """Put the keys where the question needs them."""
        if isinstance(form, PickForm):
            self._inspecting = True
            self.query_one("#diagram", DiagramView).focus()
        else:
            self.panel.form_view.focus()

    def _picking(self) -> bool:
        view = self.panel.form_view
        return isinstance(view.form, PickForm) and not view.closed

    def _pick(self, node: str, hand_in: bool) -> None:
        """Note a thing of the diagram as the answer."""
        form = self.panel.form_view.form
        if not isinstance(form, PickForm):
            return
        form.picked = node.split("/")[0] if "/link/" in node else node
        self.panel.form_view.redraw()
        if not hand_in:
            self.panel.verdict("Enter answers.", Token.MUTED)
        elif form.enter():
            self._hand_in(form.answer())
        else:
            self.panel.form_view.focus()

    def on_node_picked(self, message: NodePicked) -> None:
        if self._picking():
            self._pick(message.node, message.again)
            return
        self._inspecting = True
        self._show()

    def on_answer_given(self, message: AnswerGiven) -> None:
        if message.answer is None:
            self.panel.verdict(message.missing, Token.WARN)
        elif isinstance(self.panel.form_view.form, ControlForm):
            self.panel.verdict("← and → change a value; n goes on.", Token.MUTED)
        else:
            self._hand_in(message.answer)

    def _hand_in(self, answer: "Answer") -> None:
        """Grade an answer and say what came of it."""
        player, form = self._player, self.panel.form_view.form
        if player is None or player.stage is None or form is None:
            return
        from hvviz.lesson.grading import AnswerError

        step = player.stage.step
        confidence = CONFIDENCES[form.confidence] if form.asks_confidence else None
        try:
            self._room.answer(step, answer, confidence)
        except AnswerError as error:
            self.panel.verdict(str(error), Token.WARN)
            return
        if isinstance(form, CurveForm):
            form.truth_bytes = self._room.truth(step)
        player.answer(step.id)
        self._shown = (step.id, False)
        self._verdict(step)
        self._inspecting = False
        diagram = self.query_one("#diagram", DiagramView)
        diagram.cursor = None
        diagram.focus()
        self._show()

    def _verdict(self, step: "Step") -> None:
        grade = self._room.grades[step.id]
        self.panel.form_view.settle()
        points = f"{grade.points} of {grade.most_points} point{'s' if grade.most_points != 1 else ''}"
        sure = self._room.confidences.get(step.id) == CONFIDENCES[-1]
        if grade.correct:
            head = f"{self._sign('done')} Right. {points}."
        else:
            head = f"{self._sign('failed')} {'You were certain, and it is not so' if sure else 'Not so'}. {points}."
            head += f" The answer: {grade.key}."
        self.panel.verdict(f"{head}\n{grade.explanation} **n goes on.**", Token.DONE if grade.correct else Token.FAULT)
        self._ask_classes(None)
        self.set_class(True, "-asking")

    def _sign(self, name: str) -> str:
        from hvviz.diagram.glyphs import glyph

        return glyph(name, self._tier)

    def action_hint(self) -> None:
        player = self._player
        if player is not None and player.stage is not None and player.question_open:
            self.panel.verdict(f"Hint\n{self._room.hint(player.stage.step)}", Token.PHASE)
        elif player is not None:
            player.notice = "No question is open, so there is nothing to hint at."
            self._show()

    # What the learner may change

    def on_form_changed(self, message: FormChanged) -> None:
        form = self.panel.form_view.form
        stage = None if self._player is None else self._player.stage
        if isinstance(form, ControlForm) and stage is not None and not form.at_confidence:
            path = form.controls[form.cursor].path
            if path in form.values:
                self._change(stage.step, path, form.values[path])

    @work(thread=True, exclusive=True, group="change")
    def _change(self, step: "Step", path: str, value: str) -> None:
        """Simulate again off the screen's thread."""
        changed, said = self._room.change(step, path, value)
        self.app.call_from_thread(self._changed, self._room.stages() if changed else None, said)

    @work(thread=True, exclusive=True, group="change")
    def _go_back(self, step: "Step", again: bool) -> None:
        changed, said = self._room.do_again(step) if again else self._room.take_back(step)
        self.app.call_from_thread(self._changed, self._room.stages() if changed else None, said)

    def _changed(self, stages: "list[Stage] | None", said: str) -> None:
        form = self.panel.form_view.form
        if isinstance(form, ControlForm):
            form.values = dict(self._room.session.changes)
            self.panel.form_view.redraw()
        if self._player is not None and stages is not None:
            self._player.replace_traces(self._room.trace, stages)
        self.panel.verdict(said, Token.DONE)
        self._show()

    def _controlled(self) -> "Step | None":
        """The step whose controls are on the screen."""
        stage = None if self._player is None else self._player.stage
        return stage.step if stage is not None and isinstance(self.panel.form_view.form, ControlForm) else None

    def action_undo(self) -> None:
        step = self._controlled()
        if step is not None:
            self._go_back(step, False)

    def action_redo(self) -> None:
        step = self._controlled()
        if step is not None:
            self._go_back(step, True)

    def action_solution(self) -> None:
        step = self._controlled()
        if step is not None:
            self.panel.verdict(self._room.solution(step), Token.PHASE)
