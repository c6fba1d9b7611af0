"""What stands beside the verdict on third parties? Reach by year, means of verification, the others, an observer."""

import math
from collections.abc import Iterator
from typing import Any

from entente.comparison import Watched, observed
from entente.findings import sheet
from entente.guarantees import WAYS, Other, Reaching, Verified, others, reaching, verified
from entente.predicates import Guaranteed
from entente.questions.verification import MEANS, Span
from entente.report import words
from entente.report.language import Tongue
from entente.report.material import Material

TOGETHER = "together"  # all means at once, as a column
Ends = tuple[float, float, float]
Table = tuple[str, list[str], list[list[object]]]  # name of a file, its header, its rows


def predicate() -> Guaranteed:
    """What F7 asks."""
    return next(row.predicate for row in sheet().findings if isinstance(row.predicate, Guaranteed))


def parts(found: Material, tongue: Tongue) -> dict[str, Any]:
    """The tables of the section."""
    asked, seen = predicate(), observed(found.study, found.headline)
    return {
        "reach": [reach_row(tongue, one) for one in reaching(asked)],
        "verify": verify_rows(tongue, verified(asked)),
        "others": [other_row(tongue, one) for one in others(asked)],
        "products": [(one.name, one.what, one.fields, one.when) for one in seen.products],
        "withheld": list(seen.told.withheld),
        "learns": list(seen.told.learns),
        "gives": list(seen.told.gives),
        "observer": [watched_row(found, tongue, one) for one in seen.cases],
        "rung": seen.rung,
    }


def reach_row(tongue: Tongue, one: Reaching) -> dict[str, str]:
    """One year: what can reach, what of it would come back, and what interceptors take."""
    return {
        "year": str(one.year),
        "able": whole(tongue, (one.able.low, one.able.nominal, one.able.high)),
        "back": whole(tongue, one.back),
        "interceptors": tongue.whole(one.interceptors),
        "loss": shares(tongue, one.loss),
        "most": "–" if one.most is None else whole(tongue, one.most),
    }


def verify_rows(tongue: Tongue, found: tuple[Verified, ...]) -> list[dict[str, str]]:
    """A row a guarantee, a column a means, the last for all of them together."""
    rows: dict[str, dict[str, str]] = {}
    for one in found:
        row = rows.setdefault(one.guarantee, {"guarantee": tongue.text(one.title)})
        row[TOGETHER if one.seen.means == MEANS else one.seen.means[0]] = cell(tongue, one)
    return list(rows.values())


def cell(tongue: Tongue, one: Verified) -> str:
    """`seen after 60 (15 to 180) days; 14 (10 to 35) by then; holds 0.05`, or that it is not."""
    share = tongue.fixed(one.share, 2)
    if not one.seen.whole:
        return tongue.say("verify.unseen", least=tongue.whole(one.possible[1]), share=share)
    assert one.seen.after_days is not None
    return tongue.say(
        "verify.seen", days=whole(tongue, one.seen.after_days), count=whole(tongue, one.possible), share=share
    )


def other_row(tongue: Tongue, one: Other) -> dict[str, str]:
    """One of the other third parties against one system."""
    verdict = "others.apart" if one.apart else "others.open" if one.loss else "others.none"
    against = "others.armed" if one.apart else "others.joint" if one.loss else "others.alone"
    return {
        "nation": f"{tongue.say(f'nation.{one.nation}')}, {one.year}",
        "against": tongue.say(against),
        "counted": tongue.whole(one.counted) if one.counted else "–",
        "loss": shares(tongue, one.loss) if one.loss else "–",
        "verdict": tongue.say(verdict),
    }


def watched_row(found: Material, tongue: Tongue, one: Watched) -> dict[str, Any]:
    """One case as an observer has it."""
    title = next(case.title for case in found.cases if case.name == one.case)
    said = [
        tongue.say(
            "observer.nats",
            party=words.party_name(tongue, party),
            nats=nats(tongue, one.learned[party.name]),
            partner=nats(tongue, one.partner[party.name]),
        )
        for party in found.study.scenario.parties
    ]
    return {
        "case": tongue.own(title),
        "issued": tongue.per_cent(one.issued),
        "after": "–" if math.isnan(one.after_min[1]) else whole(tongue, one.after_min),
        "flying": "–" if math.isnan(one.in_flight) else tongue.per_cent(one.in_flight),
        "learned": "; ".join(said),
    }


def nats(tongue: Tongue, value: float) -> str:
    """A number of nats; a question mark where too few histories tell."""
    return "?" if math.isnan(value) else tongue.number(value)


def whole(tongue: Tongue, ends: Ends | Span) -> str:
    """`60 (15 to 180)`, or one number where all are the same."""
    low, middle, high = (tongue.whole(one) for one in ends)
    return middle if low == high else f"{middle} ({tongue.say('span', low=low, high=high)})"


def shares(tongue: Tongue, ends: Ends) -> str:
    """The same in per cent."""
    low, middle, high = (tongue.per_cent(one) for one in ends)
    return middle if low == high else f"{middle} ({tongue.say('span', low=low, high=high)})"


def files(found: Material) -> Iterator[Table]:
    """The numbers of the section, a file a table; none where F7 was not computed."""
    if not any(verdict.guarantees for verdict in found.verdicts):
        return
    asked = predicate()
    yield reach_file(reaching(asked))
    yield verify_file(verified(asked))
    yield others_file(others(asked))
    yield observer_file(found)


def reach_file(found: tuple[Reaching, ...]) -> Table:
    """Warheads able to reach by year, with what decides them: whether a source states them."""
    header = ["deterrent", "year", "able_to_reach_low", "able_to_reach", "able_to_reach_high", "sourced"]
    header += [*_ends("arriving_10th_percentile"), "interceptors", *_ends("loss_share"), *_ends("most_interceptors")]
    rows: list[list[object]] = []
    for one in found:
        able = [one.able.low, one.able.nominal, one.able.high, "yes" if one.sourced else "no: assumed"]
        most = one.most or (None, None, None)
        row = [one.deterrent, one.year, *able, *one.back, one.interceptors, *one.loss, *most, "; ".join(one.source)]
        rows.append(row)
    return "able_to_reach.csv", [*header, "source"], rows


def verify_file(found: tuple[Verified, ...]) -> Table:
    """Each guarantee by each means: what is seen and when, and what could be there before that."""
    header = ["guarantee", "title", "year", "means", "interceptors_promised", "interceptors_deployed", "seen_whole"]
    header += ["not_seen", "breach_seen", *_span("seen_after [days]"), *_span("ahead_of_its_effect [days]")]
    header += [*_span("interceptors_before_it_is_seen"), *_ends("loss_share"), "share"]
    rows: list[list[object]] = []
    for one in found:
        means = "all" if one.seen.means == WAYS[-1] else one.seen.means[0]
        row: list[object] = [one.guarantee, one.title, one.year, means, one.promised, one.deployed]
        row += ["yes" if one.seen.whole else "no", "; ".join(one.seen.unseen), "; ".join(one.seen.breach)]
        row += [*(one.seen.after_days or (None,) * 3), *(one.seen.ahead_days or (None,) * 3)]
        possible = [value if math.isfinite(value) else None for value in one.possible]
        rows.append([*row, *possible, *one.loss, one.share])
    return "verification.csv", header, rows


def others_file(found: tuple[Other, ...]) -> Table:
    """The other third parties against the partner's system and a joint one."""
    header = ["deterrent", "year", "against", "interceptors_counted", "nuclear_armed_apart", "computable"]
    header += [*_ends("loss_share"), "number_not_known"]
    rows: list[list[object]] = []
    for one in found:
        apart, whole_ = ("yes" if flag else "no" for flag in (one.apart, one.computable))
        loss = one.loss or (None, None, None)
        rows.append([one.nation, one.year, one.against, one.counted, apart, whole_, *loss, "; ".join(one.left_out)])
    return "other_deterrents.csv", header, rows


def observer_file(found: Material) -> Table:
    """What an observer gets at each rung, case by case, and what that reveals of each party."""
    header = ["rung", "products", "case", "bulletin [share]", *_ends("after_launch [min]"), "before_impact [share]"]
    header += ["party", "observer_learns [nats]", "partner_learns [nats]"]
    rows: list[list[object]] = []
    for rung in found.rungs:
        seen = observed(found.study, rung)
        products = "; ".join(one.name for one in seen.products)
        rows += [] if seen.cases else [[rung, products, *[None] * (len(header) - 2)]]
        for one in seen.cases:
            at: list[object] = [rung, products, one.case, one.issued, *one.after_min, one.in_flight]
            rows += [[*at, party, one.learned[party], one.partner[party]] for party in found.parties]
    return "observer.csv", header, rows


def _ends(name: str) -> list[str]:
    return [f"{name}_5", name, f"{name}_95"]


def _span(name: str) -> list[str]:
    return [f"{name}_low", name, f"{name}_high"]
