"""Pictures of the running program, for the README: python assets/make_pictures.py."""

import asyncio
from pathlib import Path

from hvviz import locations
from hvviz.environment import Capabilities, Colours, Glyphs, MotionLevel
from hvviz.tui.app import HvvizApp
from hvviz.tui.screens.player import PlayerScreen
from hvviz.tui.screens.player_actions import without_outside_fonts

HERE = Path(__file__).parent


async def player(size: tuple[int, int], theme: str, keys: list[str]) -> str:
    """The player on the live lesson after ``keys``, as SVG."""
    path = locations.shipped_scenarios() / "live-migration.yaml"
    app = HvvizApp(path, Capabilities(Glyphs.FULL, Colours.TRUE, MotionLevel.OFF))
    async with app.run_test(size=size) as pilot:
        for _ in range(100):
            await pilot.pause(0.05)
            if isinstance(app.screen, PlayerScreen) and app.screen._player is not None:
                break
        app.theme = theme
        for key in keys:
            await pilot.press(key)
        await pilot.pause(0.2)
        return without_outside_fonts(app.export_screenshot(title="hvviz"))


def main() -> None:
    to_the_middle_of_the_copy = ["n", "x", "n", "n", "x", "n"]
    picture = asyncio.run(player((120, 36), "hvviz-dark", to_the_middle_of_the_copy))
    (HERE / "player.svg").write_text(picture, encoding="utf-8")
    sheet = HERE / "sheet"
    sheet.mkdir(exist_ok=True)
    for width, height in ((80, 24), (120, 36), (200, 60)):
        for theme in ("hvviz-dark", "hvviz-light", "hvviz-contrast"):
            picture = asyncio.run(player((width, height), theme, to_the_middle_of_the_copy))
            (sheet / f"{theme}-{width}x{height}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
