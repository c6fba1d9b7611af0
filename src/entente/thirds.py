"""What does finding F7 come to? Third parties, China first: under which guarantee is next to nothing of a deterrent lost?

It asks nothing of a study's histories. A guarantee is a number of interceptors able to engage, and clauses with the means by
which each is observed; the numbers are those of `questions.deterrents`.
"""

from dataclasses import replace
from functools import cache

from entente.predicates import Guarantee, Guaranteed
from entente.questions.deterrents import Shield, able, armed, seen, shield, struck, taken
from entente.questions.holdings import forces
from entente.questions.national import holding
from entente.unilateral import Asked, Taking, taking, three


def guarantee_takings(predicate: Guaranteed) -> tuple[Taking, ...]:
    """Every year, guarantee and count of objects; the latest year and the weakest guarantees first."""
    return _takings(predicate.model_dump_json())


@cache
def _takings(said: str) -> tuple[Taking, ...]:
    predicate = Guaranteed.model_validate_json(said)
    return tuple(
        _taking(predicate, year, one, beside, system)
        for year in sorted(predicate.years, reverse=True)
        for one in predicate.guarantees
        for beside in sorted(predicate.undiscriminated)
        for system in (True, False)
    )


def engaging(predicate: Guaranteed, year: int) -> Shield:
    """The deployed interceptors that are faster than the limit of 1997, and so taken to be able to engage."""
    systems = [
        row
        for row in seen(predicate.defender, year, "deployed")
        if row.burnout_speed_km_s.nominal > predicate.faster_than_km_s
    ]
    return shield(systems, predicate.defender, predicate.draws)


def left_by(one: Guarantee, deployed: int) -> int:
    """Interceptors that a guarantee leaves."""
    return deployed if one.at_most is None else min(deployed, one.at_most)


def _taking(predicate: Guaranteed, year: int, one: Guarantee, beside: int, system: bool) -> Taking:
    back, held = able(predicate.deterrent, year, predicate.draws), engaging(predicate, year)
    left = replace(held, count=left_by(one, held.count))
    asked = Asked(predicate.defender, predicate.deterrent, year, one.name, "struck", beside, system)
    return taking(asked, back, left, predicate.loss_below, more=False)


def least(rows: tuple[Taking, ...], year: int, name: str) -> Taking:
    """The case in which a guarantee holds least."""
    return min((one for one in rows if (one.year, one.seen) == (year, name)), key=lambda one: one.share)


def best(predicate: Guaranteed, rows: tuple[Taking, ...]) -> Taking:
    """Of the guarantees observable clause by clause the one that holds most in the latest year; the mildest of equals."""
    year = max(predicate.years)
    found = [least(rows, year, one.name) for one in predicate.guarantees if one.observable]
    return max(found, key=lambda one: (one.share, one.interceptors))


def reasons_third(predicate: Guaranteed) -> tuple[str, ...]:
    """What must be said beside the verdict."""
    return _reasons(predicate.model_dump_json())


@cache
def _reasons(given: str) -> tuple[str, ...]:
    predicate = Guaranteed.model_validate_json(given)
    rows, year = guarantee_takings(predicate), max(predicate.years)
    now = engaging(predicate, year).count
    said = [
        "every interceptor is taken to meet every warhead, wherever it flies: an upper bound, geometry ignored",
        _next_best(predicate, rows, year, now),
        *(_without(predicate, rows, at) for at in sorted(predicate.years)),
    ]
    titles = "; ".join(holding(predicate.partner, year).left_out)
    said.append(
        f"a joint system not computable: no source gives the number of {titles}; sensors of others do not raise a bound"
    )
    return (*said, *_others(predicate, year))


def _next_best(predicate: Guaranteed, rows: tuple[Taking, ...], year: int, now: int) -> str:
    """What the best guarantee leaves, and the best of those that leave something."""
    first = best(predicate, rows)
    some = [least(rows, year, one.name) for one in predicate.guarantees if one.observable]
    other = max((one for one in some if one is not first and one.interceptors), key=lambda one: one.share)
    return (
        f"the observable guarantee that holds most leaves {first.interceptors} of {now} interceptors faster than "
        f"{predicate.faster_than_km_s:g} km/s; one that leaves {other.interceptors} holds in {other.share:.0%} of the draws"
    )


def _without(predicate: Guaranteed, rows: tuple[Taking, ...], at: int) -> str:
    """What is lost in a year without a guarantee, and how many interceptors take no more than the bar."""
    reach = forces(predicate.deterrent, at).able_to_reach
    bare = predicate.guarantees[0].name
    none = next(one for one in rows if (one.year, one.seen, one.beside, one.system) == (at, bare, 0, True))
    return (
        f"in {at} China had {reach.low:.0f} to {reach.high:.0f} warheads able to reach (assumed); without a guarantee "
        f"{none.interceptors} interceptors take {none.loss[1]:.0%} ({none.loss[0]:.0%} to {none.loss[2]:.0%}) of a 10th "
        f"percentile of {none.without[1]:.0f}, and {none.most[1]:.0f} ({none.most[0]:.0f} to {none.most[2]:.0f}) take no more "
        f"than {predicate.loss_below:.0%}"
    )


def _others(predicate: Guaranteed, year: int) -> list[str]:
    """The United Kingdom and France, against the partner's interceptors only: not computable but for the nuclear-armed, apart."""
    said = []
    for nation in predicate.others:
        held = shield(armed(predicate.partner, year), predicate.partner, predicate.draws)
        back = struck(nation, year, "day-to-day", predicate.partner, predicate.draws)
        loss = three(taken(back, held, 0, predicate.loss_below).loss)
        name = nation.replace("_", " ").title()
        said.append(
            f"{name} against Russia and a joint system only: not computable; nuclear-armed, apart and never pooled, "
            f"{held.count} around one city, taken to meet every warhead, {loss[1]:.0%} ({loss[0]:.0%} to {loss[2]:.0%})"
        )
    return said
