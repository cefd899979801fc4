"""The house style that a machine can see: short modules, and names that say something."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

MAX_LINES = 400
SOURCES = frozenset({".py", ".ts", ".tsx", ".sh"})
GENERATED = ("storage/migrations/", "web_client/src/protocol.ts")
# Words that name a pile, not a thing: whoever looks for something cannot know that it is there.
EMPTY_WORDS = frozenset({"base", "common", "data", "info", "misc"})
EMPTY_STEMS = frozenset({"handler", "helper", "manager", "processor", "service", "util"})


def committed_files() -> list[Path]:
    """Every file that is committed, or would be by `git add`."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (path := Path(name)).is_file()]


def sources() -> list[Path]:
    """Every file that a person writes in a programming language."""
    return [
        path for path in committed_files() if path.suffix in SOURCES and not str(path).startswith(GENERATED)
    ]


def test_no_module_is_longer_than_can_be_read_in_one_sitting() -> None:
    lengths = {str(path): len(path.read_text().splitlines()) for path in sources()}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_every_name_of_a_module_or_class_says_what_it_is() -> None:
    named = [(str(path), word) for path in sources() for word in _words_of(path)]
    assert [(where, word) for where, word in named if _is_empty(word)] == []


def test_no_registry_or_mirror_is_named_in_a_committed_file() -> None:
    """Packages are installed by name, from wherever a machine is set up to have them."""
    hosts = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|registry\.yarnpkg|--(extra-)?index-url")
    here = Path(__file__).name
    texts = [path for path in committed_files() if path.suffix not in {".woff2", ".png", ".ico"}]
    assert [str(path) for path in texts if path.name != here and hosts.search(path.read_text())] == []


def test_nothing_is_left_for_later() -> None:
    notes = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    here = Path(__file__).name
    assert [str(path) for path in sources() if path.name != here and notes.search(path.read_text())] == []


def _words_of(path: Path) -> list[str]:
    """The words in a file's own name, its folders' and its classes' names, in lower case."""
    classes: list[str] = re.findall(r"^(?:export )?class (\w+)", path.read_text(), re.MULTILINE)
    names = [*path.with_suffix("").parts, *(re.sub(r"([a-z])([A-Z])", r"\1_\2", name) for name in classes)]
    return [word for name in names for word in re.split(r"[_\-.]+", name.lower())]


def _is_empty(word: str) -> bool:
    return word in EMPTY_WORDS or word.removesuffix("s") in EMPTY_STEMS
