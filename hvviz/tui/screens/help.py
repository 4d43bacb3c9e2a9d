"""What the keys do, and what the picture means."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

_KEYS = """[b]Moving[/b]
  right, left      next, previous phase
  down, up         next, previous event; . and , do the same
  ] and \\[          next, previous pass of the memory
  space            play or pause
  + and -          faster, slower (0.05 to 64 times)
  f3               equal time for each phase, or even time
  home, end        to the ends
  click            a phase, the timeline, or a thing

[b]The lesson[/b]
  n and p          next, previous step
  up, down, space  in a question: move and mark; enter answers
  a                back into the question after esc
  h                a hint
  x                skip the question
  left, right      change a value of a task; u undo, U redo, s solution
  g                to the next question

[b]Looking[/b]
  i                inspect: the arrows go from thing to thing, enter picks one, esc leaves
  r                the next run of this scenario
  tab              the panel alone, with the numbers (in small windows)
  page up, down    read on in the panel
  m and '          keep this place, go to a kept place
  y                copy what is told to the clipboard
  e                save the screen as a picture
  f2               another theme
  :  or ctrl+p     the palette
  q or esc         back to the library, quit

[b]The picture[/b]
  ▣ running  ▨ suspended  ◫ saved  □ off  ▒ shell that fills on the target
  ↳ link to the configuration, the only thing that registers a VM with a host
  ● memory, ■ state or disk on its way, ○ packets of a client, ✗ lost
  ▓ pages written again since they were sent
  a heavy wire leads to the owner of a cluster disk

To select text with the mouse, hold shift.
Press esc to go back."""


class HelpScreen(ModalScreen[None]):
    """One page."""

    BINDINGS = [Binding("escape,q,question_mark,f1", "dismiss", "Back", id="back")]

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help"):
            yield Static(_KEYS)

    def on_mount(self) -> None:
        self.query_one("#help").focus()
