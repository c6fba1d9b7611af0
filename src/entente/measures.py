"""What is measured in every history, and which way is better. One value a party; nan where it is undefined.

Undefined is not 0: "never warned" is printed beside a median, not averaged into it. With several objects a measure is the
mean over all of them, and undefined while it is undefined for one; the first knowledge of a group counts from its first
launch.
"""

from dataclasses import dataclass, replace
from typing import Literal

from entente.scenario.schema import Stress

LOOK_AT = 300.0  # s  after launch: when the picture is compared
GOSPA_CUTOFF_KM, GOSPA_ORDER = 100.0, 2.0  # a track farther off than that is of no body; both chosen
RESOLVED_AT = (300.0, 600.0)  # s  after the first launch: when the nature of the event is asked for


@dataclass(frozen=True)
class Measure:
    """What a number is, and which way is better."""

    title: str
    unit: str
    better: Literal["higher", "lower", "none"]
    note: str
    group: Literal["warning", "picture", "ambiguity", "protection", "aftermath", "information", "given"]


WORDS: tuple[tuple[str, str, Literal["higher", "lower"]], ...] = (
    ("resolved", "Nature resolved correctly", "higher"),
    ("wrong", "Nature resolved wrongly", "lower"),
    ("unresolved", "Nature unresolved", "lower"),
)
_RESOLUTION = {
    f"{word}_{moment:.0f}": Measure(
        f"{title} at {moment / 60.0:.0f} min",
        "1",
        better,
        "attack or not, by the party's own warning rule, predicted impact and announcements; since the first launch",
        "ambiguity",
    )
    for moment in RESOLVED_AT
    for word, title, better in WORDS
}

MEASURES: dict[str, Measure] = {
    "first_known_s": Measure(
        "First knows of the launch", "s", "lower", "since launch; own sensors or the partner's word", "warning"
    ),
    "warning_s": Measure("Credible warning", "s", "lower", "since launch; by the party's own declared rule", "warning"),
    "warning_lead_s": Measure("Warning before impact", "s", "higher", "from credible warning to impact", "warning"),
    "warned": Measure("Warned at all", "1", "higher", "share of objects with a credible warning", "warning"),
    "launch_area_90_km2": Measure("90 % launch area", "km2", "lower", "300 s after launch", "picture"),
    "impact_area_50_km2": Measure("50 % impact area", "km2", "lower", "300 s after launch", "picture"),
    "impact_area_90_km2": Measure("90 % impact area", "km2", "lower", "300 s after launch", "picture"),
    "impact_inside_50": Measure(
        "Impact inside the 50 % area",
        "1",
        "none",
        "50 % if the area is honest; more where fusing is cautious",
        "picture",
    ),
    "impact_inside_90": Measure(
        "Impact inside the 90 % area",
        "1",
        "none",
        "90 % if the area is honest; more where fusing is cautious",
        "picture",
    ),
    "impact_time_error_s": Measure(
        "Error of the time of impact", "s", "lower", "300 s after launch; size, by the same area", "picture"
    ),
    "impact_time_90_s": Measure(
        "90 % interval of the time of impact", "s", "lower", "300 s after launch; from end to end", "picture"
    ),
    "impact_time_inside_90": Measure(
        "Time of impact inside its 90 % interval",
        "1",
        "none",
        "90 % if the interval is honest; more where fusing is cautious",
        "picture",
    ),
    "impact_score_nats": Measure(
        "Log score of the impact area",
        "nats",
        "lower",
        "300 s after launch; the wider the area, and the farther off for its size, the more",
        "picture",
    ),
    "people_in_area": Measure(
        "People in the 90 % impact area",
        "people",
        "lower",
        "in cities of 100,000 and more, 300 s after launch",
        "warning",
    ),
    "sites_in_area": Measure(
        "Critical sites in the 90 % impact area",
        "sites",
        "lower",
        "notional ones of the scenario, 300 s after launch",
        "warning",
    ),
    "position_error_km": Measure("Position error", "km", "lower", "300 s after launch; best track held", "picture"),
    "position_sigma_km": Measure(
        "Position uncertainty (1 sigma)", "km", "lower", "300 s after launch; as claimed", "picture"
    ),
    "class_chance": Measure(
        "Chance given to the right class",
        "1",
        "higher",
        "300 s after launch; class of vehicle, of seven, by the best track held",
        "picture",
    ),
    "class_named": Measure(
        "Class of vehicle named right", "1", "higher", "300 s after launch; the likeliest one", "picture"
    ),
    "completeness": Measure("Share of the flight tracked", "1", "higher", "from burnout to impact", "picture"),
    "spurious_tracks": Measure(
        "Spurious and duplicate tracks", "tracks", "lower", "held beyond one an object, on average", "picture"
    ),
    "gospa_km": Measure(
        "Picture to truth (GOSPA)",
        "km",
        "lower",
        "mean from the first launch to the last impact; order 2, cutoff 100 km: each body missed or track too many adds as 71 km",
        "picture",
    ),
    **_RESOLUTION,
    "information_nats": Measure(
        "Delivered information", "nats", "higher", "about the impact point, from the partner, at 300 s", "information"
    ),
    "engaged": Measure("Engaged", "1", "higher", "share of objects that this party's sites fire at", "protection"),
    "commit_s": Measure(
        "Commit", "s", "lower", "since launch; ignition of this party's first interceptor", "protection"
    ),
    "shots": Measure("Interceptors fired", "shots", "none", "by this party's sites", "protection"),
    "shots_left": Measure(
        "Interceptors left",
        "interceptors",
        "none",
        "at this party's sites after the raid; those held back too",
        "protection",
    ),
    "shots_twice": Measure(
        "Interceptors spent twice",
        "shots",
        "lower",
        "of this party, at objects that the other fires at too, neither knowing",
        "protection",
    ),
    "double_engaged": Measure(
        "Double engagement", "1", "lower", "share of objects that both parties fire at, neither knowing", "protection"
    ),
    "seam_gaps": Measure(
        "Gaps at the seam",
        "1",
        "lower",
        "share of objects that nobody answers though a site with interceptors to give could",
        "protection",
    ),
    "p_no_leaker": Measure(
        "P(no leaker)",
        "1",
        "higher",
        "chance that nothing gets through to a region of this party; perfect discrimination, failures of tracking by object",
        "protection",
    ),
    "p_no_leaker_system": Measure(
        "P(no leaker), common failure",
        "1",
        "higher",
        "the same if one failure of a party's system loses all its objects",
        "protection",
    ),
    "p_no_leaker_decoys": Measure(
        "P(no leaker), 10 decoys",
        "1",
        "higher",
        "the same with ten undiscriminated objects beside each warhead",
        "protection",
    ),
    "leakers_expected": Measure(
        "Expected leakers", "objects", "lower", "of the raid on a region of this party", "protection"
    ),
    "people_protected": Measure(
        "People protected",
        "people",
        "higher",
        "in cities of 100,000 and more in the region the raid is meant for, times P(no leaker); never lives saved",
        "protection",
    ),
    "people_protected_decoys": Measure(
        "People protected, 10 decoys",
        "people",
        "higher",
        "the same with ten undiscriminated objects beside each warhead",
        "protection",
    ),
    "sites_protected": Measure(
        "Critical sites protected",
        "sites",
        "higher",
        "notional ones in the region the raid is meant for, times P(no leaker)",
        "protection",
    ),
    "sites_protected_decoys": Measure(
        "Critical sites protected, 10 decoys",
        "sites",
        "higher",
        "the same with ten undiscriminated objects beside each warhead",
        "protection",
    ),
    "debris_km2": Measure(
        "Predicted debris area",
        "km2",
        "none",
        "90 %, on the ground, of this party's interceptions; mean over its salvos",
        "aftermath",
    ),
    "debris_people": Measure(
        "People under predicted debris",
        "people",
        "lower",
        "in cities of 100,000 and more inside the 90 % debris areas of this party's interceptions, added up",
        "aftermath",
    ),
    "debris_states": Measure(
        "States under predicted debris",
        "states",
        "none",
        "countries with cities of 100,000 and more inside those areas",
        "aftermath",
    ),
    "debris_on_partner": Measure(
        "Debris on the partner's regions",
        "1",
        "lower",
        "share of this party's salvos whose 90 % debris area touches a region that the other answers for",
        "aftermath",
    ),
    "keep_outs": Measure(
        "Keep-outs told",
        "areas",
        "none",
        "areas told to the other party to keep clear, one a salvo; 0 where engagements are not told",
        "aftermath",
    ),
    "keep_out_s": Measure(
        "Length of a keep-out",
        "s",
        "none",
        "from the first ignition of a salvo until nine in ten of its pieces are down; mean",
        "aftermath",
    ),
    "flight_seen": Measure(
        "Interceptors that the other could see",
        "1",
        "none",
        "share of this party's salvos in view of any sensor of the other",
        "aftermath",
    ),
    "flight_untold": Measure(
        "Interceptors seen and not told of",
        "1",
        "lower",
        "share of this party's salvos that the other could see without having been told",
        "aftermath",
    ),
    "flight_alarm": Measure(
        "Interceptors like an attack",
        "1",
        "lower",
        "of these, those that would come down within 500 km of a region of the other if they met nothing; of all salvos",
        "aftermath",
    ),
    "given_messages": Measure("Messages released", "messages", "none", "to the other party", "given"),
    "given_first_s": Measure("First word released", "s", "none", "since launch; as it arrives", "given"),
    "given_delay_s": Measure("Age of warnings released", "s", "none", "on arrival; median", "given"),
    "given_state_s": Measure("First state released", "s", "none", "since launch; the moment it holds for", "given"),
    "given_state_delay_s": Measure("Age of states released", "s", "none", "on arrival; median", "given"),
    "given_area_km2": Measure("First impact area released", "km2", "none", "90 %, as released", "given"),
    "given_sigma_km": Measure(
        "Position uncertainty released", "km", "none", "1 sigma, declared bias included; median", "given"
    ),
    "given_gap_s": Measure("Longest silence", "s", "none", "between two releases", "given"),
    "given_commit_s": Measure("Commit announced", "s", "none", "since launch; where engagements are told", "given"),
}

COMPATIBLE = Stress(bias_km=1.0, clock_skew_s=1.0, latency_s=30.0, availability=0.95)
"""What two systems that work together must survive: finding F8 asks for half of the gain under all of it at once."""
STRESSED_RUNG = 4  # where a study has histories under that stress
STRESSED_NATURES = ("attack", "test")  # of which cases
STRESSED: dict[str, Measure] = {
    f"stressed_{name}": replace(
        MEASURES[name],
        title=f"{MEASURES[name].title}, under stress",
        better="none",
        note="at rung 4 under 1 km bias, 1 s clock skew, 30 s latency and 95 % availability; in the first seeds of a study",
    )
    for name in ("warning_s", "impact_area_90_km2", "impact_inside_90")
}
"""What a study measures again under that stress; nan at other rungs, in other cases and in later seeds."""
