"""What all tests share."""

from pathlib import Path

import pytest

from hvviz.scenario.loader import Scenario, load
from hvviz.session.session import Session

DATA = Path(__file__).parent / "data"
EXAMPLE = DATA / "example.yaml"


@pytest.fixture(scope="session")
def example() -> Scenario:
    return load(EXAMPLE)


@pytest.fixture(scope="session")
def session(example: Scenario) -> Session:
    return Session(example)
