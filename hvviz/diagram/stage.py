"""The middle of the picture: the milliseconds of a blackout in large digits, checks as they pass, what failed."""

from hvviz import units
from hvviz.diagram.digits import big_digits
from hvviz.diagram.glyphs import glyph
from hvviz.diagram.grid import Grid, width_of
from hvviz.diagram.moment import Moment, stopped_since
from hvviz.diagram.places import Places
from hvviz.diagram.roles import Emphasis, Token, role
from hvviz.trace.phases import phase_info
from hvviz.trace.records import Operation
from hvviz.trace.trace import Instant

_TCP_TIMEOUT_S = 20.0


class Stage:
    """Paints what the moment is about where the layout left room for it, else into a border."""

    def __init__(self, grid: Grid, moment: Moment, places: Places) -> None:
        self._grid = grid
        self._moment = moment
        self._places = places

    def paint(self, instant: Instant) -> None:
        """Paint what there is to tell at ``instant``, the most urgent alone."""
        stopped = self._moment.stopped()
        if stopped is not None:
            self._blackout(stopped[0], instant.time_s - stopped[1])
        elif self._moment.failed:
            self._failed(self._moment.failed[-1])
        elif len(self._moment.operations) == 1:
            self._checks(self._moment.operations[0], instant)
            self._last_blackout(self._moment.operations[0], instant)

    def _centred(self, y: int, text: str, ink: int) -> None:
        rect = self._places.stage
        if rect is not None:
            x = rect.x + max(0, (rect.width - width_of(text)) // 2)
            self._grid.write(x, y, text, ink, rect.right - x + 1)

    def _blackout(self, operation: Operation, elapsed_s: float) -> None:
        timeout_s = self._moment.instant.trace.settings.get("tcp_timeout", _TCP_TIMEOUT_S)
        over = elapsed_s > timeout_s
        token = Token.FAULT if over else Token.BLACKOUT
        shown = f"{elapsed_s:.3f}" if elapsed_s < 10 else f"{elapsed_s:.2f}" if elapsed_s < 100 else f"{elapsed_s:.0f}"
        rect, grid = self._places.stage, self._grid
        if rect is not None:
            for text in (f"{shown} s", shown, shown[: max(3, len(shown) - 1)]):
                digits = big_digits(text, grid.tier, token)
                if digits.width <= rect.width:
                    break
            if digits.width <= rect.width and rect.height >= 3:
                spare = rect.height - 3
                y = rect.y + (spare + 1) // 2 if spare != 1 else rect.y + 1
                grid.paste(rect.x + (rect.width - digits.width) // 2, y, digits)
                if y > rect.y:
                    name = f"BLACKOUT {operation.vm}"
                    self._centred(
                        y - 1, name if width_of(name) <= rect.width else "BLACKOUT", role(token, Emphasis.LIT)
                    )
                if y + 3 <= rect.bottom:
                    self._centred(y + 3, self._step(operation, over), role(Token.FAULT if over else Token.TEXT))
                return
        self._in_border(f" BLACKOUT {shown} s ", role(token, Emphasis.INVERSE))

    def _step(self, operation: Operation, over: bool) -> str:
        """The step of the cutover that is under way, with how many are done; past TCP's patience that is the news."""
        if over:
            return "TCP sessions drop"
        phase = self._moment.phases.get(operation.id)
        step = self._moment.steps.get(operation.id)
        if phase is None:
            return ""
        info = phase_info(operation.kind, phase.id)
        if step is None:
            return info.title
        steps = [each.id for each in phase.steps]
        title = next((each.title for each in info.steps if each.id == step.id), step.id)
        return f"{steps.index(step.id) + 1}/{len(steps)} {title}"

    def _in_border(self, text: str, ink: int) -> None:
        """At the right end of the first container's border, or in the last row that the layout left free."""
        places = self._places
        y = places.containers[0][1].y if places.containers else 0
        right = max((rect.right for _, rect in places.containers), default=places.width - 1) - 2
        ports = [x for path in places.wires.values() for x, row in path if row == y]
        for x in range(right - width_of(text) + 1, 0, -1):
            if not any(x - 1 <= port <= x + width_of(text) for port in ports):
                self._grid.write(x, y, text, ink)
                return

    def _failed(self, operation: Operation) -> None:
        """What failed, and what that means for the VM."""
        tier = self._grid.tier
        runs = self._moment.census.state.get(operation.vm or "")
        word = operation.outcome.value
        lines = [f"{glyph('failed', tier)} {operation.id} {word}"]
        if runs is not None:
            lines.append(f"{operation.vm} is {runs.value}")
        rect = self._places.stage
        if rect is None:
            self._in_border(f" {lines[0]} ", role(Token.FAULT, Emphasis.INVERSE))
            return
        y = rect.y + max(0, (rect.height - len(lines)) // 2)
        for number, text in enumerate(lines):
            ink = role(Token.FAULT, Emphasis.LIT) if number == 0 else role(Token.TEXT)
            self._centred(y + number, text, ink)

    def _checks(self, operation: Operation, instant: Instant) -> None:
        """The checks of the preflight, lighting up one by one, each marked as it came out."""
        phase = self._moment.phases.get(operation.id)
        rect = self._places.stage
        if phase is None or phase.id not in ("preflight", "shell-creation") or rect is None:
            return
        checks = _checks_of(instant, operation)
        if not checks or phase.end_s is None:
            return
        lasted_s = phase.end_s - phase.start_s
        share = (instant.time_s - phase.start_s) / lasted_s if lasted_s > 0 else 1.0
        done = len(checks) if phase.id != "preflight" else int(share * len(checks) + 1e-9)
        rows = rect.height
        first = max(0, min(done, len(checks)) - rows)
        for row, (name, good) in enumerate(checks[first : first + rows]):
            if first + row < done:
                sign, token = ("done", Token.DONE) if good else ("failed", Token.FAULT)
            else:
                sign, token = "pending", Token.MUTED
            text = f"{glyph(sign, self._grid.tier)} {name.replace('-', ' ')}"
            self._grid.write(rect.x, rect.y + row, text, role(token), rect.width)

    def _last_blackout(self, operation: Operation, instant: Instant) -> None:
        """How long it was, once it is over."""
        rect = self._places.stage
        phase = self._moment.phases.get(operation.id)
        if rect is None or phase is None or phase.id not in ("announce", "cleanup") or not operation.blackout_s:
            return
        if stopped_since(operation, instant.time_s) is None:
            y = rect.y + rect.height // 2 - 1
            self._centred(y, "blackout was", role(Token.MUTED))
            self._centred(y + 1, units.show_time(operation.blackout_s), role(Token.BLACKOUT))


def _checks_of(instant: Instant, operation: Operation) -> list[tuple[str, bool]]:
    """What the preflight looked at, and whether it was well."""
    for event in instant.trace.events:
        if event.operation == operation.id and event.kind == "preflight.checked":
            return [(str(name), bool(good)) for name, good in event.data.get("checks", ())]
    return []
