"""What gets worse from one rung to the next, and why? Every loss is named with its cause.

A cause is worked out from two things: which switches changed between the rungs, and what else changed in the same
histories (who engaged, how large the error is against what is claimed, how late the word comes). It names the mechanism
of the model, not a proof; where none fits, it says that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from entente.comparison.gains import Change, cases_of, change, level, ups_and_downs
from entente.comparison.intervals import sign_test
from entente.fusing import CENTRE_DELAY
from entente.scenario.rows import find_rung
from entente.scenario.schema import Party
from entente.scenario.systems import Rung
from entente.scenario.table import ranged
from entente.study import Study

FALSE_DISCOVERIES = 0.05  # share of the losses listed that may be chance
TIMES = ("first_known_s", "warning_s", "warning_lead_s", "warned", "commit_s")
CLAIMS = (
    "position_sigma_km",
    "launch_area_90_km2",
    "impact_area_50_km2",
    "impact_area_90_km2",
    "impact_time_90_s",
    "people_in_area",
    "sites_in_area",
    "information_nats",
)
ERRORS = ("position_error_km", "impact_time_error_s", "impact_score_nats", "gospa_km")
DATA = {"warnings", "tracks"}  # flows that carry what the partner sees; reports go to the centre
UNTRACED = "not traced: nothing that changed between the rungs is known to do this; see the histories themselves"


@dataclass(frozen=True)
class Loss:
    """One measure that gets worse for one party from one rung to the next, beyond noise."""

    change: Change  # measure, case, party, and the (negative) gain since `before`
    before: int
    rung: int
    cause: str  # computed from the switches that changed and from the data


@dataclass(frozen=True)
class _Context:
    """What a cause is worked out from."""

    study: Study
    change: Change
    before: Rung
    after: Rung

    @property
    def own(self) -> Party:
        """The party that is worse off."""
        return next(party for party in self.study.scenario.parties if party.name == self.change.party)

    @property
    def partner(self) -> Party:
        """The other party."""
        return next(party for party in self.study.scenario.parties if party.name != self.change.party)

    def shift(self, measure: str, party: str | None = None) -> tuple[float, float]:
        """A measure at the rung before and at this one, in the same case."""
        if measure not in self.study.data:
            return 0.0, 0.0
        who = party or self.change.party
        return (
            level(self.study, measure, self.change.case, self.before.rung, who).value,
            level(self.study, measure, self.change.case, self.after.rung, who).value,
        )

    @property
    def group(self) -> str:
        """What kind of measure it is."""
        return str(self.study.data[self.change.measure].attrs.get("group", ""))


def losses(study: Study) -> tuple[Loss, ...]:
    """Every (measure, case, step, party) that gets worse beyond noise, the steps in the order of the rungs.

    Noise: of all that are listed, at most about 5 % are expected to be chance.
    Source: Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57:289-300, procedure (1).
    """
    measures = [str(name) for name in study.data if study.data[name].attrs["better"] != "none"]
    rungs = [int(rung) for rung in study.data["rung"].values]
    parties = [party.name for party in study.scenario.parties]
    asked = [
        (measure, case, rung, party, before)
        for before, rung in pairwise(rungs)
        for case in cases_of(study)
        for party in parties
        for measure in measures
    ]
    moved = [ups_and_downs(study, *one) for one in asked]
    most = _threshold(sorted(sign_test(*counts) for counts in moved))
    found = []
    for (measure, case, rung, party, before), (up, down) in zip(asked, moved, strict=True):
        if down > up and sign_test(up, down) <= most:
            one = change(study, measure, case, rung, party, since=before)
            if one.direction == "worse":
                found.append(Loss(one, before, rung, cause_of(study, one, before, rung)))
    return tuple(found)


def _threshold(ordered: list[float]) -> float:
    """The largest p that still counts when all of them are looked at together; below all of them if none does."""
    passing = [p for i, p in enumerate(ordered, start=1) if p <= FALSE_DISCOVERIES * i / len(ordered)]
    return passing[-1] if passing else -1.0


def cause_of(study: Study, worse: Change, before: int, rung: int) -> str:
    """The mechanism behind a loss, in a sentence or two."""
    own = study.scenario.ladder
    context = _Context(study, worse, find_rung(before, own), find_rung(rung, own))
    return "; ".join(text for rule in RULES for text in rule(context)) or UNTRACED


def _who_answers(it: _Context) -> Iterator[str]:
    """Rules of engagement that changed: the partner answers instead, or fire is held."""
    if it.group != "protection" or it.before.engagement == it.after.engagement:
        return
    mine, theirs = it.shift("engaged"), it.shift("engaged", it.partner.name)
    if theirs[1] > theirs[0]:
        yield (
            f"{it.after.engagement} engagement: the other party answers, its share of objects engaged goes from "
            f"{theirs[0]:.0%} to {theirs[1]:.0%}, this party's from {mine[0]:.0%} to {mine[1]:.0%}"
        )
    elif mine[1] < mine[0]:
        yield f"{it.after.engagement} engagement holds its fire: objects engaged go from {mine[0]:.0%} to {mine[1]:.0%}"


def _two_keys(it: _Context) -> Iterator[str]:
    """Each salvo needs the other party's word."""
    if it.group == "protection" and it.after.engagement == "joint" and it.before.engagement != "joint":
        keys = it.study.scenario.two_keys
        yield (
            f"two keys: every salvo waits {ranged(keys.delay_s)} s longer for the second key and is refused with a chance "
            f"of {ranged(keys.refusal)}"
        )


def _at_the_seam(it: _Context) -> Iterator[str]:
    """Each side leaves an object to the other."""
    if it.group == "protection" and it.after.engagement == "sectoral" and it.before.engagement != "sectoral":
        few, many = it.shift("seam_gaps")
        if many > few:
            yield (
                "sectoral engagement leaves objects at the seam: those that nobody answers though a site could go from "
                f"{few:.0%} to {many:.0%}"
            )


def _decided_on_another_picture(it: _Context) -> Iterator[str]:
    """The same rules, but another picture to decide on."""
    if it.group != "protection" or it.before.engagement != it.after.engagement:
        return
    if it.before.flows == it.after.flows and it.before.fusion == it.after.fusion:
        return
    early, late = it.shift("commit_s")
    sigma = it.shift("position_sigma_km")
    yield (
        "each decides alone, on another picture: "
        f"commit after {early:.0f} s becomes {late:.0f} s, position uncertainty {sigma[0]:.2g} km becomes {sigma[1]:.2g} km"
    )


def _more_on_the_screen(it: _Context) -> Iterator[str]:
    """The partner's tracks stand beside one's own."""
    if it.change.measure in ("spurious_tracks", "gospa_km") and (
        _first_data(it) or it.before.fusion != it.after.fusion
    ):
        few, many = it.shift("spurious_tracks")
        yield (
            f"tracks from {'the centre' if it.after.fusion == 'centre' else 'the partner'} stand beside its own where the "
            f"two are not recognised as one, false ones among them: {few:.2g} tracks become {many:.2g}"
        )


def _cautious_fusing(it: _Context) -> Iterator[str]:
    """What is claimed grows though the error does not: correlation unknown, so the fusing is conservative."""
    if it.change.measure not in CLAIMS or it.before.fusion == it.after.fusion:
        return
    error = it.shift("position_error_km")
    if error[1] <= error[0]:
        yield (
            "conservative fusion: by covariance intersection, because what the tracks have in common is not known, "
            f"more is claimed as uncertain while the error goes from {error[0]:.2g} to {error[1]:.2g} km"
        )


def _through_the_centre(it: _Context) -> Iterator[str]:
    """The partner's data no longer come straight, but through the centre."""
    if it.after.fusion != "centre" or it.before.fusion != "receiver":
        return
    if it.change.measure in (*CLAIMS, *TIMES, *ERRORS, "completeness"):
        own = it.own.release
        yield (
            f"the partner's data come through the centre, {CENTRE_DELAY:g} s later than straight, and fused there with what "
            f"this party itself released, its own declared bias of {own.track_sigma_km:g} km in it"
        )


def _blurred(it: _Context) -> Iterator[str]:
    """The partner's release policy makes what it gives coarse."""
    if it.change.measure in (*CLAIMS, *ERRORS) and _first_data(it):
        release = it.partner.release
        yield (
            f"what the partner releases is blurred: positions by a declared bias of {release.track_sigma_km:g} km, "
            f"areas by {release.area_floor_km:g} km (1 sigma)"
        )


def _late(it: _Context) -> Iterator[str]:
    """The partner's word takes time, and the line may be down."""
    if it.change.measure not in (*TIMES, "completeness") or not _first_data(it):
        return
    release = it.partner.release
    yield (
        f"release delay: the partner's warnings come {ranged(release.warning_delay_s)} s late, "
        f"its tracks {ranged(release.track_delay_s)} s"
    )
    if release.availability.nominal < 1.0:
        yield f"outage: the line works {ranged(release.availability)} of the time, and what was to be sent waits"


def _read_otherwise(it: _Context) -> Iterator[str]:
    """What is known about the event changed, and with it how it is read."""
    if it.group == "ambiguity" and (it.before.flows != it.after.flows or it.before.fusion != it.after.fusion):
        added: list[str] = [flow for flow in it.after.flows if flow not in it.before.flows]
        added = added or [f"fusion by {it.after.fusion}"]
        yield f"the event is judged on more: {', '.join(added)} added, the partner's errors and false tracks among them"


def _first_data(it: _Context) -> bool:
    """Whether the partner's warnings or tracks come in that did not before."""
    return bool(DATA & set(it.after.flows) - set(it.before.flows))


RULES: tuple[Callable[[_Context], Iterator[str]], ...] = (
    _who_answers,
    _two_keys,
    _at_the_seam,
    _decided_on_another_picture,
    _more_on_the_screen,
    _cautious_fusing,
    _through_the_centre,
    _blurred,
    _late,
    _read_otherwise,
)
