"""What happened, or could? Events that were, or could be, taken for an attack: truth, evidence, notices, people, sources.

A file says what each watcher's own sensors and people held, and when; what the partner's word would have added follows
from the rung and stands in no file. Times are seconds after the event's zero (`zero` says what that is).
"""

from typing import Annotated, Literal

from pydantic import Field

from entente.scenario.parts import (
    Azimuth,
    Date,
    Latitude,
    Longitude,
    Moment,
    Name,
    Part,
    Ranged,
    RangedProbability,
    Source,
    Text,
    within,
)

Nature = Literal["test", "space launch", "sounding rocket", "attack", "sensor fault", "unknown"]  # of exchange.messages
Innocent = Literal["test", "space launch", "sounding rocket"]  # what a notice can announce
LooksLike = Literal[
    "flight over threshold", "flight under threshold", "space launch", "winged flight", "nothing", "unclear"
]
Phenomenology = Literal["infrared", "radar", "human", "notice", "health"]
Format = Literal[
    "pre-launch", "window-change", "post-launch", "cancel", "geophysical-experiment", "de-orbit", "diplomatic"
]
Says = Literal[
    "infrared launch",
    "infrared many",
    "infrared nothing",
    "radar track toward us",
    "radar track not toward us",
    "radar track unlike a weapon",
    "radar nothing",
    "screen shows launches",
    "raw sensors show none",
    "own feed faulty",
    "own feed well",
    "notice matches",
    "no notice",
    "notice contradicts",
]
RangedMoment = Annotated[Ranged, within(-3_600, 172_800)]  # s


class Watcher(Part):
    """One of the two sides; each is the other's partner."""

    name: Name
    title: Text


class Truth(Part):
    """What it was, and whose: a watcher, a third party, or nobody (a fault). An attack is one on a watcher.

    `unknown`: none of the others and no attack on a watcher, such as an accident, a fall from orbit, or a fight elsewhere.
    """

    nature: Nature
    by: Name
    what: Text


class Suspicion(Part):
    """Whom a watcher would suspect of an attack, and what its own sensors can tell of the thing.

    `looks_like` settles whether a notice would have been due where notices flow (`due-...` of the judging catalogue): a
    missing one weighs nothing where none was. The threshold is that of the agreement between the two: 500 km of range or
    height in the memorandum of 2000, none between India and Pakistan, so that there every ballistic flight is over it.
    """

    by: Name
    whom: Literal["partner", "third party"]
    looks_like: LooksLike = "unclear"
    why: Text | None = None


class Evidence(Part):
    """One thing a watcher's own sensors or people say."""

    id: Name
    holder: Name
    phenomenology: Phenomenology
    says: Says
    at_s: RangedMoment
    appears: RangedProbability = Ranged(low=1.0, nominal=1.0, high=1.0)
    text: Text
    assumed: list[Literal["at_s", "appears", "says"]] = Field(default_factory=list)
    source: Source
    disputed: str = ""


class Notice(Part):
    """Something announced by one side.

    `passed_on`: the chance that it reaches those on duty; `lost`: that it is lost on its way. `happened: false`: what a
    notification regime (rung 1 and up) would have asked for, and nobody sent: none of the event as it was.
    """

    id: Name
    by: Name
    to: Name
    format: Format
    sent_s: Annotated[float, Field(ge=-5_000_000, le=172_800)]
    announces: Innocent | None = None
    opens_s: Annotated[float, Field(ge=-5_000_000, le=5_000_000)] | None = None
    closes_s: Annotated[float, Field(ge=-5_000_000, le=5_000_000)] | None = None
    passed_on: RangedProbability
    lost: RangedProbability = Ranged(low=0.0, nominal=0.0, high=0.0)
    happened: Annotated[bool, Field(description="false: what an agreement would have asked for, and did not exist")] = (
        True
    )
    source: Source


class Annotation(Part):
    """What people did, as told; `Says` nothing to the model."""

    at_s: RangedMoment
    party: Name
    text: Text
    source: Source


class Flight(Part):
    """A flight that the model flies, with what is reported of it."""

    vehicle: Name
    lat_deg: Latitude
    lon_deg: Longitude
    azimuth_deg: Azimuth
    range_km: Annotated[float, Field(gt=0, le=19_900)]
    apogee_km: Annotated[float, Field(gt=0)] | None = None
    time_min: Annotated[float, Field(gt=0)] | None = None
    source: Source


class View(Part):
    """A radar that first sees the flight somewhere between two elevations; `track_s`: from sight to track."""

    evidence: Name
    lat_deg: Latitude
    lon_deg: Longitude
    elevation_deg: Annotated[Ranged, within(0, 90)]
    track_s: Annotated[Ranged, within(0, 600)]
    reported_s: Annotated[Ranged, within(0, 3_600)] | None = None
    source: Source


class Glint(Part):
    """A satellite, by its orbit, that looks past the Earth's limb at a field of missiles with the Sun behind."""

    evidence: Name
    moment: Moment
    perigee_km: Annotated[float, Field(ge=150, le=50_000)]
    apogee_km: Annotated[float, Field(ge=150, le=60_000)]
    inclination_deg: Annotated[float, Field(ge=0, le=180)]
    argument_deg: Annotated[float, Field(ge=0, le=360)]
    apogee_lon_deg: Annotated[Ranged, within(-180, 180)]
    field_lat_deg: Latitude
    field_lon_deg: Longitude
    angle_deg: Annotated[Ranged, Field(description="computed: between the mirroring clouds and the ray, low to high")]
    source: Source


class Event(Part):
    """One event. Historical ones are told from sources; generic ones are made up to show a kind."""

    entente: Literal[1]
    id: Name
    title: Text
    kind: Literal["historical", "generic"]
    date: Date
    zero: Text
    zero_utc: Moment | None = None
    watchers: Annotated[list[Watcher], Field(min_length=2, max_length=2)]
    truth: Annotated[
        Truth, Field(description="what it was: nature, by, what; nothing can be resolved rightly without it")
    ]
    suspected: Annotated[list[Suspicion], Field(min_length=1, max_length=2)]
    summary: Text
    disputed: Annotated[
        str, Field(min_length=8, max_length=1_500, description="what sources disagree on, or that none do")
    ]
    evidence: Annotated[list[Evidence], Field(min_length=1)]
    notices: list[Notice] = Field(default_factory=list)
    timeline: list[Annotation] = Field(default_factory=list)
    flight: Flight | None = None
    first_view: View | None = None
    glint: Glint | None = None
    base_rates: dict[Nature, RangedProbability] | None = None
    source: Annotated[list[Source], Field(min_length=1)]

    @property
    def parties(self) -> tuple[str, str]:
        """The names of the two watchers."""
        first, second = self.watchers
        return first.name, second.name

    def partner(self, party: str) -> str:
        """The other watcher."""
        first, second = self.parties
        return second if party == first else first

    def title_of(self, party: str) -> str:
        """A watcher's title; any other name as it is."""
        return next((one.title for one in self.watchers if one.name == party), party)
