"""The keys of the player. Only those that reach every console, and a second one where a layout hides the first."""

from textual.binding import Binding, BindingType

PLAYER_KEYS: list[BindingType] = [
    Binding("right", "forward('phase')", "Phase", key_display="←→", id="phase-next"),
    Binding("left", "back('phase')", show=False, id="phase-back"),
    Binding("full_stop", "forward('event')", "Event", key_display=",.", id="event-next"),
    Binding("comma", "back('event')", show=False, id="event-back"),
    Binding("right_square_bracket", "forward('pass')", show=False, id="pass-next"),
    Binding("left_square_bracket", "back('pass')", show=False, id="pass-back"),
    Binding("space", "play", "Play", id="play"),
    Binding("n", "next_step", "Next", id="step-next"),
    Binding("p", "previous_step", show=False, id="step-back"),
    Binding("a,enter", "answer", "Answer", key_display="a", id="answer"),
    Binding("x", "skip", show=False, id="skip"),
    Binding("g", "next_question", show=False, id="next-question"),
    Binding("i", "inspect", "Inspect", id="inspect"),
    Binding("tab", "panel", "Panel", show=False, id="panel"),
    Binding("plus,equals_sign", "faster", show=False, id="faster"),
    Binding("minus", "slower", show=False, id="slower"),
    Binding("f3", "pace", show=False, id="pace"),
    Binding("home", "start", show=False, id="start"),
    Binding("end", "end", show=False, id="end"),
    Binding("r", "next_run", show=False, id="run"),
    Binding("m", "bookmark", show=False, id="bookmark"),
    Binding("apostrophe", "next_bookmark", show=False, id="next-bookmark"),
    Binding("y", "copy", show=False, id="copy"),
    Binding("e", "save", show=False, id="save"),
    Binding("up", "cursor(0, -1)", show=False, id="up"),
    Binding("down", "cursor(0, 1)", show=False, id="down"),
    Binding("escape", "leave", show=False, id="leave"),
    Binding("q", "close", "Quit", id="close"),
]
