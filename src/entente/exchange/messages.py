"""What can be said at the centre? Every kind of message, as strict data: unknown fields, wrong types and NaN are refused.

Three families: what nodes and seats of the parties say, what a party's root says about its own keys and policies, and what
the centre itself writes on the log. All share the fields of `Message`.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

END = r"$(?!\n)"  # of a pattern: in Python alone "$" would let a line break follow; other readers of the schema lose nothing

Origin = Literal["exercise", "replay", "test", "real"]
Kind = Literal["icbm", "slbm", "irbm", "mrbm", "srbm", "space launch", "sounding rocket", "other", "unknown"]
Whose = Literal["own", "partner", "third party", "unknown"]  # a flight, as seen by who reports it
Phenomenology = Literal["infrared", "radar", "both"]
Role = Literal["node", "seat", "witness", "log", "centre"]
Confidence = Literal["tentative", "confirmed"]  # by the sender's own rule
Nature = Literal["test", "space launch", "sounding rocket", "attack", "sensor fault", "unknown"]

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}" + END, max_length=64)]
DAY, HOUR = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])", r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
Instant = Annotated[str, Meta(pattern=f"^{DAY}T{HOUR}" + r"\.[0-9]{3}Z" + END)]  # UTC
Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}" + END)]  # SHA-256
PublicKey = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}" + END)]  # Ed25519
Signature = Annotated[str, Meta(pattern=r"^[0-9a-f]{128}" + END)]
NoticeId = Annotated[str, Meta(pattern=r"^PLN/[A-Z]{2}/[0-9]{4}/[0-9]{3}/[0-9]{3}/0[1-6]" + END)]
Text = Annotated[str, Meta(max_length=400)]
CallSign = Annotated[str, Meta(pattern=r"^[A-Z0-9][A-Z0-9 -]{0,15}" + END)]
Index = Annotated[int, Meta(ge=0, le=2**53)]
Count = Annotated[int, Meta(ge=1, le=2**53)]

Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Bearing = Annotated[float, Meta(ge=0, lt=360)]
Kilometres = Annotated[float, Meta(gt=0, le=20_020)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Point = tuple[Latitude, Longitude]

NOTHING = "0" * 64  # the digest before a node's first message; the policy of who releases nothing


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Common rules of whatever stands inside a message."""


class Ellipse(Part, frozen=True, tag_field="shape", tag="ellipse"):
    """An area with its containment; a circle has equal axes. `precision_km`: to what the sender coarsened it."""

    lat_deg: Latitude
    lon_deg: Longitude
    semi_major_km: Kilometres
    semi_minor_km: Kilometres
    bearing_deg: Bearing  # of the major axis
    containment_percent: Literal[50, 90]
    precision_km: Annotated[float, Meta(ge=0, le=20_020)]


class Polygon(Part, frozen=True, tag_field="shape", tag="polygon"):
    """An area declared by its corners, as the 1988 notices draw them; what is announced is to lie inside."""

    corners: Annotated[tuple[Point, ...], Meta(min_length=3, max_length=32)]
    precision_km: Annotated[float, Meta(ge=0, le=20_020)] = 0.0  # to what the sender coarsened it; 0: as drawn


Area = Ellipse | Polygon


class Gap(Part, frozen=True):
    """A time for which a feed has nothing to say."""

    begins: Instant
    ends: Instant


class Feed(Part, frozen=True):
    """The state of one feed. `covers`: where what it reports can lie, if its owner tells; what lies elsewhere is a mistake."""

    name: Name
    state: Literal["up", "degraded", "down"]
    since: Instant
    gaps: Annotated[tuple[Gap, ...], Meta(max_length=16)] = ()
    covers: Area | None = None


class Clock(Part, frozen=True):
    """What sets a node's clock, and how far it may be off by the node's own account."""

    source: Literal["satellites", "nts", "ntp", "free"]
    error_s: Seconds


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag=None):
    """What every message says of itself.

    Attributes:
        log: the log it is meant for: one an exercise; nothing signed for one is valid in another.
        boot, number: of the node: the boot its root announced, and its own count of messages from 1, without gaps.
        previous: digest of the node's previous envelope.
        policy: digest of the release policy in force where it was released.
        version: of these kinds; a reader refuses one that it does not know.
    """

    log: Name
    origin: Origin
    party: Name
    node: Name
    boot: Count
    number: Count
    sent: Instant
    previous: Digest = NOTHING
    policy: Digest = NOTHING
    version: Literal[1] = 1


class PreLaunch(Message, frozen=True, tag="pre-launch"):
    """Format 1: a launch to come."""

    notice: NoticeId
    missile: Kind
    window_opens: Instant
    window_closes: Instant
    launch_area: Area
    azimuth_from_deg: Bearing
    azimuth_to_deg: Bearing  # clockwise from the other
    impact_areas: Annotated[tuple[Area, ...], Meta(max_length=8)] = ()
    purpose: Text = ""


class WindowChange(Message, frozen=True, tag="window-change"):
    """Format 2: another window for an announced launch."""

    notice: NoticeId
    original: NoticeId
    window_opens: Instant
    window_closes: Instant


class PostLaunch(Message, frozen=True, tag="post-launch"):
    """Format 3: an announced launch took place."""

    notice: NoticeId
    original: NoticeId
    launched: Instant
    outcome: Literal["as announced", "failed", "not stated"]


class Cancel(Message, frozen=True, tag="cancel"):
    """Format 4: an announced launch will not take place."""

    notice: NoticeId
    original: NoticeId


class Experiment(Message, frozen=True, tag="geophysical-experiment"):
    """Format 5: something that may disturb sensors."""

    notice: NoticeId
    begins: Instant
    ends: Instant
    area: Area
    effect: Text
    original: NoticeId | None = None


class Deorbit(Message, frozen=True, tag="de-orbit"):
    """Format 6: an object brought down."""

    notice: NoticeId
    space_object: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{3}[A-Z]{1,3}" + END)]  # international designator
    begins: Instant
    ends: Instant
    area: Area
    original: NoticeId | None = None


class LaunchDetected(Message, frozen=True, tag="launch-detected"):
    """A launch that a party's sensors saw, as its policy lets it out; a later revision replaces an earlier one."""

    launch: Name  # the node's own name for it
    revision: Count
    whose: Whose
    missile: Kind
    seen_by: Phenomenology
    observed: Instant
    observed_sigma_s: Seconds
    launched: Instant
    launched_sigma_s: Seconds
    launch_area: Area
    azimuth_deg: Bearing | None = None
    azimuth_sigma_deg: Annotated[float, Meta(gt=0, le=180)] | None = None
    impact_area: Area | None = None
    impact: Instant | None = None
    impact_sigma_s: Seconds | None = None
    confidence: Confidence = "tentative"
    announced: NoticeId | None = None  # the notice that its sender takes it for
    commitment: Digest = NOTHING  # salted, to the raw event in the sealed national log


class TrackState(Message, frozen=True, tag="track-state"):
    """State and covariance of a third party's missile, Earth-fixed; a declared constant bias apart from it.

    Attributes:
        covariance: upper triangle, row by row, of the 6 x 6 of [r, v]; km2, km2/s, km2/s2.
        bias_sigma_km, bias_sigma_km_s: standard deviations, on each axis, of a bias of position and of one of velocity that
            stay the same for this object. They are inside the covariance, too; a receiver carries them as consider states,
            for no repetition averages them out.
    """

    track: Name
    whose: Whose
    missile: Kind
    seen_by: Phenomenology
    frame: Literal["ecef"]
    observed: Instant
    observed_sigma_s: Seconds
    r_km: tuple[float, float, float]
    v_km_s: tuple[float, float, float]
    covariance: Annotated[tuple[float, ...], Meta(min_length=21, max_length=21)]
    bias_sigma_km: Annotated[float, Meta(ge=0, le=10_000)]
    bias_sigma_km_s: Annotated[float, Meta(ge=0, le=12)] = 0.0
    launched: Instant | None = None
    launched_sigma_s: Seconds | None = None
    launch_area: Area | None = None
    sensors: Annotated[tuple[Name, ...], Meta(max_length=64)] = ()
    commitment: Digest = NOTHING


class Direction(Part, frozen=True):
    """Where one plume was seen, at the sensor, from its own north and horizon."""

    azimuth_deg: Bearing
    elevation_deg: Annotated[float, Meta(ge=-90, le=90)]
    azimuth_sigma_deg: Annotated[float, Meta(gt=0, le=180)]
    elevation_sigma_deg: Annotated[float, Meta(gt=0, le=180)]


class LinesOfSight(Message, frozen=True, tag="lines-of-sight"):
    """One look of one satellite at plumes that a party has warned of: processed and blurred directions, for a fusion centre."""

    sensor: Name
    observed: Instant
    observed_sigma_s: Seconds
    directions: Annotated[tuple[Direction, ...], Meta(min_length=1, max_length=64)]


class AirTrack(Message, frozen=True, tag="air-track"):
    """An aircraft, as civil surveillance sees it."""

    track: Name
    call_sign: CallSign
    observed: Instant
    observed_sigma_s: Seconds
    area: Area
    alt_m: Annotated[float, Meta(ge=-500, le=62_400)]
    speed_m_s: Annotated[float, Meta(ge=0, le=1_500)]
    course_deg: Bearing
    flight_plan: Literal["on plan", "off plan", "none", "unknown"]
    confidence: Confidence = "tentative"


class StateOfHealth(Message, frozen=True, tag="state-of-health"):
    """Which feeds work: silence is reported, never guessed."""

    feeds: Annotated[tuple[Feed, ...], Meta(min_length=1, max_length=64)]
    clock: Clock | None = None


class Query(Message, frozen=True, tag="query"):
    """A question to the other party about an entry of the log."""

    about: Index
    question: Literal["is it yours", "was it announced", "do you see it", "what is it", "is your feed well", "call me"]


class Answer(Message, frozen=True, tag="answer"):
    """An answer to a query; it is information, and the other side weighs it as it likes."""

    about: Index  # the query
    answer: Literal["yes", "no", "not known", "will not say", "calling"]
    nature: Nature | None = None


class EngagementIntent(Message, frozen=True, tag="engagement-intent"):
    """What a party means to engage, and the area others do well to keep out of. Information, never an order."""

    about: Index  # the alert
    begins: Instant
    ends: Instant
    keep_out: Area


class Acknowledgement(Message, frozen=True, tag="acknowledgement"):
    """A duty officer's word that an alert, or a notice, was seen; by index and digest, so that it fits no other."""

    about: Index
    digest: Digest  # of what was seen: its body
    nature: Nature | None = None


class Checkpoint(Message, frozen=True, tag="checkpoint"):
    """The latest checkpoint cosigned by both that the sender holds: two that do not fit show a log with two faces."""

    size: Index
    root: Digest


class KeyAdd(Message, frozen=True, tag="key-add"):
    """A root's word: this key speaks for this holder from here on. `proof`: the new key's signature over the statement."""

    key: PublicKey
    holder: Name
    role: Role
    proof: Signature


class KeyRotate(Message, frozen=True, tag="key-rotate"):
    """A new key in place of an old one, which stays valid until it is retired; both sign the statement."""

    old: PublicKey
    key: PublicKey
    holder: Name
    proof: Signature
    old_proof: Signature


class KeyRetire(Message, frozen=True, tag="key-retire"):
    """A key that signs no more from here on; what it signed before stays good."""

    key: PublicKey


class KeyRevoke(Message, frozen=True, tag="key-revoke"):
    """A key that is no longer believed from here on, whatever time its messages claim."""

    key: PublicKey
    reason: Text


class Boot(Message, frozen=True, tag="boot"):
    """A root's word that a node starts its count again, after it was set up anew."""

    started: Name
    its_boot: Count


class PolicyInForce(Message, frozen=True, tag="policy-in-force"):
    """The release policy that this party's nodes follow from here on: public, by digest and text."""

    digest: Digest
    text: Annotated[str, Meta(max_length=16_384)]


class Alert(Message, frozen=True, tag="alert"):
    """Automatic notice: the first word of a launch, by one party."""

    launch: Index  # the number of the launch at the centre
    evidence: Annotated[tuple[Index, ...], Meta(max_length=64)]  # entries of the log
    parties: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=2)]  # who saw it
    notice: NoticeId | None  # the announced launch it fits
    deadline: Instant  # until when both are to have acknowledged it


class Corroborated(Message, frozen=True, tag="corroborated"):
    """Corroborated notice: both systems saw the launch, or a notice and a system."""

    launch: Index
    alert: Index
    evidence: Annotated[tuple[Index, ...], Meta(max_length=64)]
    parties: Annotated[tuple[Name, ...], Meta(min_length=1, max_length=2)]
    notice: NoticeId | None


class Bulletin(Message, frozen=True, tag="bulletin"):
    """Reviewed bulletin: what the officers of both sides hold it for, and whether they agree."""

    launch: Index
    alert: Index
    evidence: Annotated[tuple[Index, ...], Meta(max_length=64)]
    agreed: bool
    views: Annotated[dict[Name, Nature], Meta(max_length=2)]


class Refusal(Message, frozen=True, tag="refusal"):
    """A validly signed message that was refused: its digest and the reason. It changes no alert.

    `its_number`: the one of its sender's numbers that it uses up; 0: none.
    """

    refused: Digest
    sender: Name
    reason: Name
    its_number: Index = 0


class ClockStep(Message, frozen=True, tag="clock-step"):
    """The centre's clock went back: the order of the log is that of its indices."""

    back_s: float


Notice = PreLaunch | WindowChange | PostLaunch | Cancel | Experiment | Deorbit
Governance = KeyAdd | KeyRotate | KeyRetire | KeyRevoke | Boot | PolicyInForce
Product = Alert | Corroborated | Bulletin | Refusal | ClockStep
Report = LaunchDetected | TrackState | LinesOfSight | AirTrack
Word = Query | Answer | EngagementIntent | Acknowledgement | Checkpoint | StateOfHealth
Said = Notice | Report | Word | Governance | Product
