"""Where things are: shipped scenarios, and the platform's folders for what a learner leaves behind."""

from pathlib import Path


def shipped_scenarios() -> Path:
    """The folder of shipped scenarios: beside the package's modules in a wheel, beside the package in a checkout."""
    package = Path(__file__).parent
    inside = package / "scenarios"
    return inside if inside.is_dir() else package.parent / "scenarios"


def shipped_files() -> list[Path]:
    """Every shipped scenario file, by name."""
    return sorted(path for path in shipped_scenarios().glob("*.yaml") if path.name != "course.yaml")


def data_folder() -> Path:
    """Where progress is kept."""
    import platformdirs

    return Path(platformdirs.user_data_dir("hvviz", appauthor=False))


def log_folder() -> Path:
    """Where a report of a crash goes."""
    import platformdirs

    return Path(platformdirs.user_log_dir("hvviz", appauthor=False))


def export_folder() -> Path:
    """Where exported figures go unless told otherwise."""
    import platformdirs

    return Path(platformdirs.user_documents_dir()) / "hvviz"
