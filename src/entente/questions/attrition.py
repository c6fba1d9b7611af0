"""How much gets through a defence, and how many interceptors are needed so that nothing does? Wilkening's closed forms."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from entente.compiled import Floats
from entente.errors import ModelError
from entente.questions.asked import needed, one_of, whole
from entente.strategy import attrition

Doctrine = Literal["barrage", "shoot-look-shoot"]
CommonMode = Literal["per_object", "system"]
DOCTRINES, COMMON_MODES = ("barrage", "shoot-look-shoot"), ("per_object", "system")
MOST_WARHEADS, MOST_INTERCEPTORS, MOST_DECOYS, MOST_SHOTS = 2_000, 100_000, 100_000, 1_000
ENOUGH = 0.95  # chance that a stock does not run out


@dataclass(frozen=True)
class Stocks:
    """How many interceptors a confidence takes, by how they are fired.

    Attributes:
        objects: W* = W P_ww + D P_dw, engaged as warheads; shots: n, at each of them, not whole.
        fractional: barrage, n at each; whole_shots: barrage with n rounded up.
        with_look: two shots, a perfect look, the remaining n - 2 at survivors: what is used on the average; a barrage uses all.
        with_look_whole: the same with n rounded up; lasting: the stock that then does not run out with a chance of 0.95.
    """

    objects: float
    shots: float
    fractional: int
    whole_shots: int
    with_look: int
    with_look_whole: int
    lasting: int


@dataclass(frozen=True)
class Leakage:
    """What gets through one raid, exactly.

    Attributes:
        expected_leakers: warheads that get through on the average.
        p_none: chance that none does.
        pmf: (warheads + 1,), chance that so many do.
        salvos: who gets how many shots: (objects, shots at each), the most first.
        engaged, unengaged: objects, warheads or not, at which somebody or nobody shoots; fired: interceptors.
        note: what is odd about the question, in words; empty where nothing is.
    """

    warheads: int
    interceptors: int
    expected_leakers: float
    p_none: float
    pmf: Floats
    salvos: tuple[tuple[int, int], ...]
    engaged: int
    unengaged: int
    fired: int
    note: str

    def at_most(self, confidence: float) -> int:
        """The least number of leakers that is not exceeded with this confidence."""
        refuse("at_most", needed("confidence", confidence, 0, 1))
        return int(np.searchsorted(np.cumsum(self.pmf), confidence * (1.0 - attrition.WHOLE)))


def kill_probability(p_kill: float, shots: float = 1, p_track: float = 1.0) -> float:
    """Chance that an object is stopped by so many shots.

    Args:
        p_kill: of one shot that is rightly guided; shots: 0 or more, a fraction is allowed.
        p_track: that detection, tracking, classification and command hold, for all shots at the object.
    Raises:
        ModelError: what is no number, or outside its limits; one line each.
    Valid: shots that fail independently but for what they have in common: optimistic, as all of this is.
    Source: Wilkening, Science & Global Security 8 (2000) 183: P_track (1 - (1 - k)^n).
    """
    wrong = needed("p_kill", p_kill, 0, 1) + needed("shots", shots, 0, MOST_SHOTS) + needed("p_track", p_track, 0, 1)
    refuse("kill_probability", wrong)
    return float(attrition.kill_chance(float(p_kill), float(shots), float(p_track)))


def interceptors_needed(
    warheads: int,
    confidence: float,
    p_kill: float,
    p_track: float = 1.0,
    decoys: float = 0,
    p_ww: float = 1.0,
    p_dw: float = 1.0,
    doctrine: Doctrine = "barrage",
) -> int:
    """The least stock with which nothing gets through at this confidence, shots at an object not necessarily whole.

    Args:
        warheads: 1 to 2,000; confidence: that none gets through.
        p_kill, p_track: as of `kill_probability`.
        decoys: objects in the whole raid that may be taken for warheads.
        p_ww, p_dw: chance that a warhead, a decoy is taken for a warhead. They set how many objects draw fire; a warhead that is
            missed by classification is a failure of p_track.
        doctrine: "barrage", or "shoot-look-shoot": two shots, a perfect look, the remaining n - 2 at those that survive; the
            number used on the average if every object is tracked.
    Raises:
        ModelError: what is no number, or outside its limits, one line each; or a confidence that no stock reaches, with the
            highest that one does.
    Valid: as `kill_probability`.
    Source: Wilkening (2000): n = ln(1 - P0^(1/W) / P_track) / ln(1 - k), N = n (W P_ww + D P_dw).
    """
    found = stocks(warheads, confidence, p_kill, p_track, decoys, p_ww, p_dw, doctrine)
    return found.fractional if doctrine == "barrage" else found.with_look


def stocks(
    warheads: int,
    confidence: float,
    p_kill: float,
    p_track: float = 1.0,
    decoys: float = 0,
    p_ww: float = 1.0,
    p_dw: float = 1.0,
    doctrine: str = "barrage",
) -> Stocks:
    """`interceptors_needed` by every way of firing (arguments and errors as there)."""
    wrong = whole("warheads", warheads, 1, MOST_WARHEADS) + needed("confidence", confidence, 0, 1)
    wrong += needed("p_kill", p_kill, 0, 1) + needed("p_track", p_track, 0, 1)
    wrong += needed("decoys", decoys, 0, MOST_DECOYS) + needed("p_ww", p_ww, 0, 1) + needed("p_dw", p_dw, 0, 1)
    refuse("interceptors_needed", wrong + one_of("doctrine", doctrine, DOCTRINES))
    count, k, track = int(warheads), float(p_kill), float(p_track)
    n = attrition.shots_for(float(confidence) ** (1.0 / count), k, track)
    if n == float("inf"):
        most = track**count if k > 0.0 else 0.0
        reached = "more than" if k in (0.0, 1.0) or confidence > most else "as much as"
        raise ModelError(
            f"interceptors_needed: confidence: {confidence:g} is out of reach; with p_kill {k:g} and p_track {track:g} no stock "
            f"stops all {count} warheads with a chance of {reached} {most:.4g}; ask for less"
        )
    objects = count * float(p_ww) + float(decoys) * float(p_dw)
    upward, bodies = attrition.whole(n), attrition.whole(objects)
    again = max(0, upward - attrition.FIRST)
    survivors = attrition.survivors_at_most(bodies, k, ENOUGH) if again else 0
    return Stocks(
        objects=objects,
        shots=n,
        fractional=attrition.whole(attrition.stock_for(objects, n, k, looks=False)),
        whole_shots=attrition.whole(objects * upward),
        with_look=attrition.whole(attrition.stock_for(objects, n, k, looks=True)),
        with_look_whole=attrition.whole(attrition.stock_for(objects, upward, k, looks=True)),
        lasting=bodies * min(upward, attrition.FIRST) + again * survivors,
    )


def leakage(
    warheads: int,
    interceptors: int,
    p_kill: float,
    p_track: float = 1.0,
    shots: int | None = None,
    common_mode: CommonMode = "per_object",
    decoys: int = 0,
) -> Leakage:
    """What gets through a raid that meets a stock of equal interceptors, all fired without a look.

    Args:
        warheads: 1 to 2,000; interceptors: 0 or more; p_kill, p_track: as of `kill_probability`.
        shots: planned at each object. What a stock has beyond that is spread evenly; a stock that is too small gives as many
            objects as it can so many, one the rest, and leaves the others unengaged. None: the stock is spread evenly over all.
        common_mode: "per_object": the track of each object fails by itself; "system": all or none.
        decoys: objects in the whole raid that nobody can tell from warheads, and that draw as many shots.
    Raises:
        ModelError: what is no number, or outside its limits; one line each.
    Valid: as `kill_probability`; geometry and time are ignored, so that every interceptor can meet every object.
    Source: Wilkening (2000) for each object; the spread and its distribution are our own.
    """
    wrong = whole("warheads", warheads, 1, MOST_WARHEADS) + whole("interceptors", interceptors, 0, MOST_INTERCEPTORS)
    wrong += needed("p_kill", p_kill, 0, 1) + needed("p_track", p_track, 0, 1)
    wrong += [] if shots is None else whole("shots", shots, 1, MOST_SHOTS)
    wrong += one_of("common_mode", common_mode, COMMON_MODES) + whole("decoys", decoys, 0, MOST_DECOYS)
    refuse("leakage", wrong)
    count, stock, objects = int(warheads), int(interceptors), int(warheads) + int(decoys)
    k, track, planned = float(p_kill), float(p_track), None if shots is None else int(shots)
    groups = attrition.salvos(objects, stock, planned)
    pmf = attrition.leakers(count, groups, k, track, common_mode == "system")
    engaged = sum(bodies for bodies, n in groups if n)
    return Leakage(
        warheads=count,
        interceptors=stock,
        expected_leakers=attrition.expected_leakers(count, groups, k, track),
        p_none=float(pmf[0]),
        pmf=pmf,
        salvos=groups,
        engaged=engaged,
        unengaged=objects - engaged,
        fired=sum(bodies * n for bodies, n in groups),
        note=_note(stock, objects, planned),
    )


def _note(stock: int, objects: int, planned: int | None) -> str:
    if stock == 0:
        return "there is no interceptor: nothing is engaged"
    if planned is not None and planned > stock:
        return (
            f"{planned} shots were planned at each object and there are {stock} interceptors: one object gets them all"
        )
    if stock < objects * (planned or 1):
        return f"{stock} interceptors are too few for {planned or 1} at each of {objects} objects: some are not engaged"
    return ""


def refuse(where: str, wrong: list[str]) -> None:
    """Raise all that is wrong with a question, if anything is, a line each."""
    if wrong:
        raise ModelError("\n".join(f"{where}: {line}" for line in wrong))
