"""First-strike stability: Kent and Thaler's cost, and the sign of differences between forces of our own."""

from dataclasses import replace
from typing import Any

import entente as en

FORCES = {
    "no counterforce": en.Force(1_000, 500, 1_000, kill_per_weapon=0),
    "silos": en.Force(1_000, 333, 100),
    # Of the size and mix of the late 1980s, round numbers of our own.
    "west": en.Force(2_500, 1_000, 8_000, value_w80=1_000),
    "east": en.Force(6_500, 1_300, 4_500, value_w80=1_000),
    "kahn A": en.Force(70, 10, 20, alert=1, value_w80=60),
    "kahn B": en.Force(0, 0, 40, alert=1, value_w80=60),
}


def answer(case: dict[str, Any]) -> float:
    """A cost, an index, or a difference of two."""
    if case["what"] == "cost":
        return en.stability_cost(case["damage_own"], case["damage_enemy"])
    a, b = FORCES[case["a"]], FORCES[case["b"]]
    index = en.first_strike_index(a, b)
    match case["what"]:
        case "index":
            return index
        case "swapped":
            return index - en.first_strike_index(b, a)
        case "larger":
            return _scaled(a, b, 2.0) - index
        case "halved":
            return _scaled(a, b, 0.5) - index
        case "generated":
            return _generating(a, b, 1.0)
        case "posture at low levels":
            return _generating(a, b, 0.25) - _generating(a, b, 1.0)
        case "basing":
            moved = replace(a, fixed_warheads=0, fixed_vehicles=0, survivable_warheads=a.warheads)
            return (en.first_strike_index(moved, moved) - index) - (_scaled(a, b, 0.5) - index)
        case "cuts without counterforce":
            weaker = [replace(side, kill_per_weapon=0.3) for side in (a, b)]
            return _scaled(*weaker, 0.5) - _scaled(a, b, 0.5)
        case "one defends":
            return en.first_strike_index(replace(a, defence_cities=100), b) - index
        case "kahn":
            return en.first_strike_index(a, a) - en.first_strike_index(b, b)
    raise ValueError(case["what"])


def _times(side: en.Force, share: float, **numbers: float) -> en.Force:
    """A side with so many times its weapons."""
    names = ("fixed_warheads", "fixed_vehicles", "survivable_warheads")
    return replace(side, **{name: share * getattr(side, name) for name in names}, **numbers)


def _scaled(a: en.Force, b: en.Force, share: float) -> float:
    return en.first_strike_index(_times(a, share), _times(b, share))


def _generating(a: en.Force, b: en.Force, share: float) -> float:
    """What generating forces from a day-to-day posture adds to the index."""
    day = [_times(side, share, alert=0.5) for side in (a, b)]
    return en.first_strike_index(_times(a, share), _times(b, share)) - en.first_strike_index(*day)
