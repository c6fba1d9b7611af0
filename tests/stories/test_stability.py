"""Whether it pays to strike first, asked by a person: in Python, on the command line, and wrongly."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import entente as en

PROGRAM = Path(sys.executable).with_name("entente")
ROUND = "fixed_warheads=400,fixed_vehicles=400,survivable_warheads=1150"


def stability(*words):
    return subprocess.run([PROGRAM, "stability", *words], capture_output=True, text=True, timeout=240)


def test_the_sentences_of_the_architecture():
    assert en.stability_cost(damage_own=0.8, damage_enemy=0.8) == pytest.approx(0.89213, abs=1e-5)
    assert en.stability_cost() == en.stability_cost(0.8, 0.8)
    side = en.Force(
        fixed_warheads=1000, fixed_vehicles=400, survivable_warheads=800, kill_per_weapon=0.7, reliability=0.85,
        value_w80=500, defence_cities=50, defence_forces=20, lua_share=0.2, alert=0.7,
    )  # fmt: skip
    index = en.first_strike_index(side, side)
    assert isinstance(index, float)
    assert 0.0 < index < 2.0
    same = en.Force(np.int64(1000), np.float64(400), 800, 0.7, 0.85, 500, 50, 20, 0.2, np.float32(0.7))
    assert en.first_strike_index(same, side) == pytest.approx(index, abs=1e-6)


def test_everything_stands_beside_the_index():
    a, b = en.Force(400, 400, 1150), en.Force(700, 200, 850, alert=0.5)
    found = en.stability(a, b)
    assert found.index == pytest.approx(found.ratio_a * found.ratio_b, rel=1e-12)
    assert found.index == en.first_strike_index(a, b)
    assert set(found.a_first.at_least) == {1, 10, 100}
    assert found.a_first.tenth < found.a_first.mean
    assert [line.split()[0] for line in found.objections[:2]] == ["O'Neill", "Powell"]
    line = en.drawdown(a, b, points=50)
    assert line.on_forces[[0, -1]].tolist() == [0.0, a.fixed_warheads + 0.9 * a.survivable_warheads]
    assert line.cost.min() >= found.a_first.cost - 1e-9


def test_waiting_may_be_cheaper_and_is_not_clipped():
    """Ninety single warheads in ninety silos: to destroy them takes all that one has."""
    side = en.Force(90, 90, 0, reliability=1, value_w80=60)
    found = en.stability(side, side)
    assert found.index > 1.0
    assert found.why == "above 1: the model says waiting is cheaper"


def test_a_cost_of_nothing_is_undefined_and_says_why():
    found = en.stability(en.Force(20_000, 1_000, value_w80=10), en.Force(value_w80=10))
    assert math.isnan(found.index)
    assert math.isnan(en.first_strike_index(en.Force(20_000, 1_000, value_w80=10), en.Force(value_w80=10)))
    assert found.why == (
        "undefined: the cost to A of striking first is 0 and the cost to A of being struck first is 0, so that a ratio of costs "
        "says nothing"
    )


def test_every_mistake_is_said_at_once():
    with pytest.raises(en.ModelError) as told:
        en.Force(5, 0, "x", alert=2, value_w80=0, preferential=3)
    assert [line.split(":")[1].strip() for line in str(told.value).splitlines()] == [
        "survivable_warheads", "alert", "value_w80", "preferential", "fixed_vehicles",
    ]  # fmt: skip
    with pytest.raises(en.ModelError, match="400 fixed warheads stand on no vehicle; give the vehicles, or 0 warheads"):
        en.Force(fixed_warheads=400)
    with pytest.raises(en.ModelError, match=r"side_a: 'us' is no Force.*\n.*side_b: '7' is no Force.*\n.*'straight'"):
        en.first_strike_index("us", 7, "straight")
    with pytest.raises(en.ModelError, match="damage_own: 80 is outside the model; it must lie between 0 and 1"):
        en.stability_cost(80)


def test_the_command_answers_for_people_and_for_programs():
    said = json.loads(
        stability("--a", ROUND, "--b", ROUND + ",alert=0.4", "--levels", "--draws", "20", "--json").stdout
    )
    assert said["index"] == pytest.approx(
        en.first_strike_index(en.Force(400, 400, 1150), en.Force(400, 400, 1150, alert=0.4))
    )
    assert len(said["levels"]["index"]) == 3
    assert said["objections"]
    text = stability("--deciders").stdout
    assert text.startswith("first-strike index ")
    assert "b.alert" in text
    assert "O'Neill (1987)" in text


def test_the_command_refuses_in_lines():
    done = stability("--a", "fixed=3,alert,reliability=x,preferential=yes")
    assert done.returncode == 1
    assert [line[:30] for line in done.stderr.splitlines()] == [
        "Error: --a: 'fixed' is not kno", "Error: --a: 'alert' is not nam", "Error: --a: reliability: 'x' i",
    ]  # fmt: skip
    assert "alert: 2 is outside the model" in stability("--b", "alert=2").stderr
