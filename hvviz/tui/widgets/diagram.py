"""The live diagram: draws itself for an instant, moves what moves, and knows what lies under the mouse."""

from dataclasses import dataclass

from textual import events, work
from textual.message import Message

from hvviz.diagram.glyphs import Tier
from hvviz.diagram.motion import Motion
from hvviz.diagram.scene import Picture, Scene
from hvviz.trace.trace import Instant
from hvviz.tui.messages import NodePicked
from hvviz.tui.widgets.grid_view import GridView


class DiagramView(GridView, can_focus=True):
    """Shows a `Scene`. ``cursor`` is the node that inspecting is at."""

    @dataclass
    class LaidOut(Message):
        """A picture for ``scene`` is ready; made in a thread, since many hosts take a while."""

        scene: Scene
        picture: Picture

    def __init__(self, tier: Tier, motion: Motion, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tier = tier
        self._motion = motion
        self._scene: Scene | None = None
        self._picture: Picture | None = None
        self._instant: Instant | None = None
        self._focus_nodes: tuple[str, ...] = ()
        self._lit: frozenset[str] = frozenset()
        self._motion_s = 0.0
        self.cursor: str | None = None

    @property
    def picture(self) -> Picture | None:
        return self._picture

    @property
    def moving(self) -> bool:
        """Whether anything in the picture moves now."""
        if self._motion is Motion.OFF or self._picture is None or self._instant is None:
            return False
        return self._picture.moving(self._instant)

    def use(self, scene: Scene) -> None:
        """Draw this scene from now on."""
        self._scene = scene
        self._picture = None

    def place(self, instant: Instant, focus: tuple[str, ...], lit: frozenset[str]) -> None:
        """Show ``instant``."""
        self._instant, self._focus_nodes, self._lit = instant, focus, lit
        self.draw()

    def advance(self, elapsed_s: float) -> None:
        """Let what moves move on."""
        if self.moving:
            self._motion_s += elapsed_s
            self.draw()

    def draw(self) -> None:
        if self._scene is None or self._instant is None or not self.size.width or not self.size.height:
            return
        picture = self._picture
        if picture is None or (picture.width, picture.height) != (self.size.width, self.size.height):
            self._lay_out(self._scene, self.size.width, self.size.height)
            return
        self.show(
            picture.frame(
                self._instant,
                self._motion_s,
                motion=self._motion,
                focus=self._focus_nodes,
                lit=self._lit,
                selected=self.cursor,
            )
        )

    @work(thread=True, exclusive=True, group="layout")
    def _lay_out(self, scene: Scene, width: int, height: int) -> None:
        self.post_message(self.LaidOut(scene, scene.layout(width, height, self._tier)))

    def on_diagram_view_laid_out(self, message: LaidOut) -> None:
        message.stop()
        picture = message.picture
        if message.scene is self._scene and (picture.width, picture.height) == (self.size.width, self.size.height):
            self._picture = picture
            self.draw()

    def on_resize(self) -> None:
        self.draw()

    def move_cursor(self, dx: int, dy: int) -> None:
        """Move the cursor to the nearest node in a direction."""
        if self._picture is None:
            return
        nodes = self._picture.nodes()
        if self.cursor is None or self.cursor not in nodes:
            self.cursor = next((node for node in nodes if "/" not in node), nodes[0] if nodes else None)
        else:
            self.cursor = self._picture.neighbour(self.cursor, dx, dy) or self.cursor
        self.draw()

    def on_click(self, event: events.Click) -> None:
        if self._picture is None:
            return
        node = self._picture.node_at(event.x, event.y)
        if node is not None:
            again = node == self.cursor
            self.cursor = node
            self.draw()
            self.post_message(NodePicked(node, again))
