"""What does the director let happen?

One line each, from a script with times, or typed while it runs, without::

    # seconds after the start, by the exercise's clock; then what happens
    0    inject space-launch
    120  inject mrbm-central-europe 3     # a case of the scenario, and a seed
    200  outage russia 60                 # its lines to the centre are cut so long
    300  outage centre 20                 # the centre is stopped, and started again
    400  pause 30                         # the clock stands so long, by the machine's
    900  end

`pause` alone lasts until `resume`. The director moves the play, never a message: what a party says goes by its own policy.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from entente.errors import ScenarioError, StoreError

Does = Literal["inject", "outage", "pause", "resume", "end"]
CENTRE = "centre"
LONGEST_S = 86_400.0
MOST_LINES = 1_000
FORMS = "inject CASE [SEED], outage PARTY|centre SECONDS, pause [SECONDS], resume, end"


@dataclass(frozen=True)
class Act:
    """One thing that the director does.

    Attributes:
        at_s: after the start, by the exercise's clock.
        who: the case, the party or the centre.
        seed: of the history; seconds: how long; 0: until it is told.
    """

    at_s: float
    does: Does
    who: str = ""
    seed: int = 1
    seconds: float = 0.0


def read_script(path: Path, cases: Collection[str], parties: Collection[str]) -> list[Act]:
    """The acts of a script, in order of time.

    Raises:
        StoreError: it cannot be read.
        ScenarioError: with every mistake at once.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise StoreError(f"{path}: cannot be read ({problem}); give a script of the director, which is text") from None
    if len(lines) > MOST_LINES:
        raise ScenarioError([f"{path}: {len(lines):,} lines; at most {MOST_LINES:,}"])
    acts, mistakes = list[Act](), list[str]()
    for number, line in enumerate(lines, 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        at_s = _number(words[0], LONGEST_S)
        found = "a time in seconds comes first" if at_s is None else read_act(words[1:], at_s, cases, parties)
        if isinstance(found, str):
            mistakes.append(f"{path}: line {number}: {line.strip()[:80]!r}: {found}")
        else:
            acts.append(found)
    if mistakes:
        raise ScenarioError(mistakes)
    return sorted(acts, key=lambda act: act.at_s)


def read_act(words: list[str], at_s: float, cases: Collection[str], parties: Collection[str]) -> Act | str:
    """What these words let happen, or what is wrong with them."""
    match words:
        case ["inject", case, *rest] if len(rest) <= 1:
            seed = _whole(rest[0]) if rest else 1
            if case not in cases:
                return f"no case {case!r}; the scenario has: {', '.join(cases)}"
            return "a seed is a whole number from 0" if seed is None else Act(at_s, "inject", case, seed=seed)
        case ["outage", who, length]:
            seconds = _number(length, LONGEST_S)
            if who not in (*parties, CENTRE):
                return f"nobody is called {who!r}; there are: {', '.join((*parties, CENTRE))}"
            return "how long? seconds above 0" if not seconds else Act(at_s, "outage", who, seconds=seconds)
        case ["pause", *rest] if len(rest) <= 1:
            seconds = _number(rest[0], LONGEST_S) if rest else 0.0
            return "how long? seconds, or nothing" if seconds is None else Act(at_s, "pause", seconds=seconds)
        case ["resume" | "end" as does]:
            return Act(at_s, does)
        case _:
            return f"not known; write one of: {FORMS}"


def _number(word: str, most: float) -> float | None:
    """A plain number from 0, in ASCII digits; None: it is none, or too large."""
    plain = word.isascii() and word.replace(".", "", 1).isdigit()
    return float(word) if plain and float(word) <= most else None


def _whole(word: str) -> int | None:
    return int(word) if word.isascii() and word.isdigit() and len(word) <= 10 else None
