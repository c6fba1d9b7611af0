"""Kill, cut, crowd and half-open a real centre; write what came of it to docs/reference/reliability.md.

`python builders/reliability.py PART...` measures those parts anew and keeps their figures in reliability.json beside this
file: `kills` (7 minutes), `cuts` (15), `doors` (1), `crowds` (5), `restart` (1), or fewer, such as `kills=50`. Without a part
it only writes the page again, from the figures kept, the names of the tests, and the words of reliability.md beside this file.
"""

import json
import os
import platform
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from string import Template

import numpy as np
from tables import table

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.attacks.live.crowds import CROWDS, Watch  # noqa: E402
from tests.attacks.live.ground import Ground, Voice, introduced, posted  # noqa: E402
from tests.attacks.live.killing import played, played_in_lots  # noqa: E402
from tests.attacks.live.peers import KINDS, half_open  # noqa: E402
from tests.attacks.live.processes import Child, be_centre, free_port  # noqa: E402
from tests.attacks.simulator import sayings  # noqa: E402

from entente.exchange.serving.reading import framed  # noqa: E402
from entente.exchange.serving.throttle import Limits  # noqa: E402

KEPT, TEXT = (Path(__file__).with_name(f"reliability.{kind}") for kind in ("json", "md"))
PAGE = ROOT / "docs/reference/reliability.md"
WRONG = ["", "acknowledged, lost", "in an outbox, lost", "twice on the log", "incompatible checkpoints", "measured"]
BLOWS, RESTARTS, ENTRIES = 1_000, 20, 9_000
WINDOWS, WINDOW_S = 5, 4.0  # alone and beside each crowd, in turn
NUMBERED, SPREAD = re.compile(r"(?<![a-z0-9])t(\d\d)(?![0-9])"), re.compile(r"t\d\d_to_t\d\d")
ROWS = 80


def blows(play: Callable[..., tuple[Counter[str], Counter[str]]], **what: int) -> dict[str, object]:
    """So many kills or power cuts."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        wrong, facts = play(Path(folder), seed=11, **what)
    return {"wrong": wrong, "facts": facts, "took_s": round(time.monotonic() - start)}


def doors() -> dict[str, object]:
    """Every way to stop half-way, at both ports."""
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground.laid_out(Path(folder), free_port(), console_port=free_port())
        centre = started(ground)
        cases = [(ground.port, ground.context("nato-radar"), kind) for kind in KINDS]
        cases += [(ground.console_port, ground.context(), kind) for kind in KINDS]
        with ThreadPoolExecutor(len(cases)) as pool:
            taken = [round(taken_s, 2) for taken_s in pool.map(lambda case: half_open(*case), cases)]
        centre.kill()
    return {kind: [taken[i], taken[len(KINDS) + i]] for i, kind in enumerate(KINDS)}


def crowds(windows: int = WINDOWS) -> dict[str, object]:
    """An honest node's p99 alone, and beside each crowd [ms], and the centre's work for the crowd [processors]."""
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground.laid_out(Path(folder), free_port(), Limits())
        centre = started(ground)
        with Watch(ground, centre) as watch:
            found = [watch.beside(name, windows, WINDOW_S, 99) for name in CROWDS]
        centre.kill()
    return {
        each.name: [round(1e3 * each.alone_s, 1), round(1e3 * each.beside_s, 1), round(each.work, 2)] for each in found
    }


def restart() -> dict[str, object]:
    """How long from a kill until the centre takes messages again [s], with the longest log that has no snapshot."""
    taken = []
    with tempfile.TemporaryDirectory() as folder:
        ground = Ground.laid_out(Path(folder), free_port())
        centre, voice = started(ground), Voice("nato", "nato-radar")
        with ground.client("nato-radar") as client:
            for _ in range(ENTRIES // 250):
                now_ns = time.time_ns()
                raws = [voice(now_ns, sayings.healthy, now_ns) for _ in range(250)]
                assert client.post("/batches", content=framed(raws)).status_code == 200
        for _ in range(RESTARTS):
            start = time.monotonic()
            centre.kill()
            centre.start()
            assert centre.wait_ready()
            taken.append(time.monotonic() - start)
        centre.kill()
    return {"entries": ENTRIES, "median_s": round(float(np.median(taken)), 2), "most_s": round(max(taken), 2)}


def started(ground: Ground) -> Child:
    """A centre with the roots' words on its log."""
    centre = Child("centre", be_centre, ground)
    centre.start()
    assert centre.wait_ready()
    with ground.client("nato-radar") as client:
        assert all(posted(client, raw)[1].outcome == "accepted" for raw in introduced(time.time_ns()))
    return centre


PARTS = {
    "kills": lambda count=BLOWS: blows(played, kills=count), "cuts": lambda count=BLOWS: blows(played_in_lots, cuts=count),
    "doors": doors, "crowds": crowds, "restart": restart,
}  # fmt: skip


def page(kept: dict[str, dict[str, object]]) -> str:
    """All of it."""
    kills, cuts, opened, beside, again = (kept[part] for part in PARTS)
    found, missing = threats()
    asked = {
        "blows": table(WRONG, [[words(each["facts"]), *judged(each), each["when"]] for each in (kills, cuts)]),
        "restart": (
            f"From a kill until messages are taken again: {again['figures']['median_s']} s in the middle of {RESTARTS} times, "
            f"{again['figures']['most_s']} s at most, with {again['figures']['entries']:,} entries to be gone over, "
            "about the most there can be behind a snapshot."
        ),
        "doors": table(
            ["stopped after", "nodes' port", "consoles' port"],
            [[kind, *map(left_open, both)] for kind, both in opened["figures"].items()],
        ),
        "crowds": table(
            ["beside", "alone", "beside it", "times", "the centre's work for it"],
            [
                [name, f"{alone} ms", f"{by} ms", f"{by / alone:.2f}", f"{100 * work:.0f} % of a core"]
                for name, (alone, by, work) in beside["figures"].items()
            ],
        ),
        "machine": beside["machine"],
        "missing": f", but for {', '.join(missing)}" if missing else "",
        "threats": table(["row", "what is tested"], found),
    }
    return Template(TEXT.read_text(encoding="utf-8")).substitute(asked)


def left_open(taken_s: float) -> str:
    """How long a connection was."""
    return f"{taken_s:.1f} s" if taken_s > 0.5 else "refused at once"


def words(facts: dict[str, int]) -> str:
    """What was done, in a line."""
    done = ", ".join(f"{facts[name]} of {name}" for name in sorted(facts) if name == "centre" or "-" in name)
    hit = f"{facts['power']:,} power cuts" if facts.get("power") else f"{sum_of(facts):,} kills ({done})"
    return f"{hit}; {facts['entries']:,} entries, {facts['answered'] + facts['said']:,} answers and outbox messages compared"


def sum_of(facts: dict[str, int]) -> int:
    """All kills."""
    return sum(count for name, count in facts.items() if name == "centre" or "-" in name)


def judged(blow: dict[str, object]) -> list[object]:
    """What was wrong; an incompatible checkpoint would have ended the measurement."""
    wrong = blow["wrong"]
    return [
        wrong["acknowledged lost"],
        wrong["said lost"],
        wrong["duplicated"],
        f"0 of {blow['facts']['cosigned']} seen",
    ]


def threats() -> tuple[list[list[object]], list[str]]:
    """Which tests stand for which row, and the rows that have none."""
    found: dict[int, list[str]] = {}
    for file in sorted((ROOT / "tests/attacks").rglob("test_*.py")):
        for name in re.findall(r"^def test_(\w+)", file.read_text(encoding="utf-8"), re.M):
            numbers = [int(number) for number in NUMBERED.findall(name)]
            spread = range(numbers[0], numbers[-1] + 1) if SPREAD.search(name) else numbers
            title = re.sub(r"^(t\d\d_(to_)?)+", "", name).replace("_", " ")
            for number in spread:
                found.setdefault(number, []).append(f"{title} ({file.stem.removeprefix('test_')})")
    missing = [f"T{number:02}" for number in range(1, ROWS + 1) if number not in found]
    return [[f"T{number:02}", "; ".join(found[number])] for number in sorted(found)], missing


def main() -> None:
    """Measure what is asked for, then write the page."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    for asked in sys.argv[1:]:
        part, _, count = asked.partition("=")
        found = PARTS[part](int(count)) if count else PARTS[part]()
        facts = found if "wrong" in found else {"figures": found}
        load = os.getloadavg()[1]
        machine = f"{os.cpu_count()} cores with {load:.0f} processes at work, Python {platform.python_version()}"
        kept[part] = {**facts, "when": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine}
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        print(part, json.dumps(found))
    if set(kept) == set(PARTS):
        PAGE.write_text(page({part: kept[part] for part in PARTS}), encoding="utf-8")
        print(f"wrote {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
