"""How does a history of the study look as messages on a log? As the nodes of both parties would have said it.

`messages_of` makes the messages, `record` numbers, chains and signs them and hands them to a log; `hearing` goes the other
way. Numbers were rounded where they were released (`sharing`, `exchange.precision`), so nothing is lost on the way.
Classes are not said: the policies of the study coarsen them to "unknown".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np

from entente.compiled import Floats
from entente.exchange.messages import (
    NOTHING,
    Acknowledgement,
    Direction,
    Ellipse,
    Kind,
    LaunchDetected,
    LinesOfSight,
    Origin,
    Phenomenology,
    PreLaunch,
    Said,
    TrackState,
    Whose,
)
from entente.exchange.releasing.precision import (
    ANGLE,
    ANGLE_SPREAD,
    AXIS,
    BEARING,
    LENGTH,
    PLACE,
    SPEED,
    SPREAD,
    covariances_said,
)
from entente.exchange.saying.decoding import encode
from entente.exchange.saying.instants import NS_PER_MS, NS_PER_S, instant
from entente.exchange.signing import Key, digest, seal
from entente.physics.earth import geodesic
from entente.records import INFRARED, RADAR, WARNING, Bools, Detections, Shared
from entente.scenario.units import DEG
from entente.scenario.world import World

LOG = "study"  # the log's name
NODE, SEAT = "national", "duty"  # names of a party's node and of its duty officer are these and the party's
SEEN_BY: dict[int, Phenomenology] = {RADAR: "radar", INFRARED: "infrared", RADAR + INFRARED: "both"}
AHEAD = 48 * 3_600.0  # s  before its window opens a launch is announced: between a day and a month
HANDED = 60.0  # s  from a notice to the duty officer's word that it was seen; assumed
SIDEWAYS = 20.0  # deg  to each side of its direction, as announced; assumed
TRIANGLE = np.triu_indices(6)


@dataclass(frozen=True)
class Conveyed:
    """A message on its way: when the centre has it, and which of the messages before it acknowledges, if any."""

    received_ns: int
    said: Said
    acknowledges: int | None = None


def messages_of(
    world: World, shared: Shared, before: Bools | None = None, origin: Origin = "exercise"
) -> list[Conveyed]:
    """What a history shared, as messages in the order in which the centre has them; not yet numbered, chained or signed.

    Args:
        before: (2,), what each party knows of an announcement without the other; None: notices do not flow.
    """
    out = _notices(world, shared, before, origin)
    later = _of_tracks(world, shared, origin) + _of_looks(world, shared.reports, origin)
    return out + sorted(later, key=lambda conveyed: conveyed.received_ns)


def record(conveyed: Iterable[Conveyed], keys: Mapping[str, Key], append: Callable[[int, bytes], int]) -> None:
    """Number, chain and sign the messages of each node and seat, and hand them to a log.

    Args:
        keys: of the nodes and of the duty officers' seats, by their names.
        append: takes when an envelope is received [ns since 1970] and the envelope, and says its index on the log.
    """
    number, previous = dict.fromkeys(keys, 0), dict.fromkeys(keys, NOTHING)
    placed: list[tuple[int, str]] = []
    for one in conveyed:
        said, node = one.said, one.said.node
        number[node] += 1
        said = msgspec.structs.replace(said, number=number[node], previous=previous[node])
        if isinstance(said, Acknowledgement) and one.acknowledges is not None:
            about, of_body = placed[one.acknowledges]
            said = msgspec.structs.replace(said, about=about, digest=of_body)
        body = encode(said)
        envelope = seal(keys[node], body)
        previous[node] = digest(envelope)
        placed.append((append(one.received_ns, envelope), digest(body)))


def policy_text(world: World, giver: int) -> str:
    """The policy of a party of a scenario: its release section, as JSON; messages carry the SHA-256 of it."""
    return world.parties[giver].release.model_dump_json()


def _header(world: World, giver: int, received_ns: int, origin: Origin, who: str = NODE) -> dict[str, Any]:
    """The fields of `Message`; number and chain are not yet known."""
    name = world.parties[giver].name
    return {
        "log": LOG, "origin": origin, "party": name, "node": f"{who}-{name}", "boot": 1, "number": 1,
        "sent": instant(received_ns), "policy": sha256(policy_text(world, giver).encode()).hexdigest(),
    }  # fmt: skip


def epoch_of(world: World) -> int:
    """The scenario's epoch [ns since 1970]."""
    return round(world.scenario.epoch.timestamp()) * NS_PER_S


def _ns(t: float, epoch: int) -> int:
    """Nanoseconds since 1970 of a time [s] that is a whole number of milliseconds."""
    return epoch + round(t * 1e3) * NS_PER_MS


def _whose(world: World, giver: int) -> Whose:
    """Whose launch it is, as its giver sees it."""
    if world.case.launched_by == world.parties[giver].name:
        return "own"
    return "third party" if world.case.launched_by == "third party" else "partner"


def _notices(world: World, shared: Shared, before: Bools | None, origin: Origin) -> list[Conveyed]:
    """The announcement, by every party that knows of it and tells, and the words of those who so hear of it."""
    notice, epoch = world.case.notice, epoch_of(world)
    if notice is None or before is None:
        return []
    opens = world.case.launch_s - 0.5 * notice.window_s
    sent = _ns(opens - AHEAD, epoch)
    year, area = world.scenario.epoch.year, world.origin
    azimuth = geodesic(*(np.radians([area.lat_deg, area.lon_deg, world.target.lat_deg, world.target.lon_deg])))[1] / DEG
    missile: Kind = world.case.nature if world.case.nature in ("space launch", "sounding rocket") else "unknown"
    out = [
        Conveyed(
            sent,
            PreLaunch(
                **_header(world, giver, sent, origin),
                notice=f"PLN/{world.parties[giver].name[:2].upper()}/{year}/001/001/01",
                missile=missile,
                window_opens=instant(_ns(opens, epoch)),
                window_closes=instant(_ns(opens + notice.window_s, epoch)),
                launch_area=_circle(area.lat_deg, area.lon_deg, notice.radius_km),
                azimuth_from_deg=(azimuth - SIDEWAYS) % 360.0,
                azimuth_to_deg=(azimuth + SIDEWAYS) % 360.0,
            ),
        )
        for giver in np.flatnonzero(before).tolist()
    ]
    seen = sent + _ns(HANDED, 0)
    for party in np.flatnonzero(shared.noticed & ~before).tolist():
        theirs = next(i for i, one in enumerate(out) if one.said.party != world.parties[party].name)
        header = _header(world, party, seen, origin, SEAT)
        out.append(Conveyed(seen, Acknowledgement(**header, about=0, digest=NOTHING), theirs))
    return out


def _circle(lat_deg: float, lon_deg: float, radius_km: float) -> Ellipse:
    """A declared circle."""
    return Ellipse(
        lat_deg=lat_deg, lon_deg=lon_deg, semi_major_km=radius_km, semi_minor_km=radius_km, bearing_deg=0.0,
        containment_percent=90, precision_km=0.0,
    )  # fmt: skip


def _of_tracks(world: World, shared: Shared, origin: Origin) -> list[Conveyed]:
    """Warnings and states, in the order in which they arrive."""
    epoch, out = epoch_of(world), []
    launch, impact = (_ellipses(world, shared, areas.columns) for areas in (shared.launch, shared.impact))
    r, v = LENGTH.number(shared.x[:, :3]).tolist(), SPEED.number(shared.x[:, 3:]).tolist()
    covariance = covariances_said(shared.P)[(slice(None), *TRIANGLE)].tolist()
    bias, revisions = LENGTH.number(shared.bias).tolist(), dict[int, int]()
    for row, (giver, track) in enumerate(zip(shared.giver.tolist(), shared.track.tolist(), strict=True)):
        received = _ns(float(shared.arrives[row]), epoch)
        common: dict[str, Any] = _header(world, giver, received, origin) | {
            "whose": _whose(world, giver),
            "missile": "unknown",
            "seen_by": SEEN_BY[int(shared.seen_by[row])],
            "observed": instant(_ns(float(shared.t[row]), epoch)),
            "observed_sigma_s": 0.0,
        }
        common |= _timed("launch_area", "launched", launch[row], shared.launch.columns[row], epoch)
        if shared.kind[row] == WARNING:
            revisions[track] = revisions.get(track, 0) + 1
            common |= _timed("impact_area", "impact", impact[row], shared.impact.columns[row], epoch)
            said: Said = LaunchDetected(**common, launch=f"track-{track}", revision=revisions[track])
        else:
            said = TrackState(
                **common, track=f"track-{track}", frame="ecef", r_km=tuple(r[row]), v_km_s=tuple(v[row]),
                covariance=tuple(covariance[row]), bias_sigma_km=bias[row],
                sensors=_names(world, int(shared.sensors[row])),
            )  # fmt: skip
        out.append(Conveyed(received, said))
    return out


def _ellipses(world: World, shared: Shared, table: Floats) -> list[Ellipse | None]:
    """Areas (N, 7) as messages say them; None where they are not known."""
    places, axes = PLACE.number(table[:, :2]).tolist(), AXIS.number(table[:, 2:4]).tolist()
    bearings = BEARING.number(table[:, 4]).tolist()
    floors = [world.parties[giver].release.area_floor_km for giver in shared.giver.tolist()]
    return [
        None if lat != lat else Ellipse(
            lat_deg=lat, lon_deg=lon, semi_major_km=major, semi_minor_km=minor, bearing_deg=bearing,
            containment_percent=90, precision_km=floor,
        )
        for (lat, lon), (major, minor), bearing, floor in zip(places, axes, bearings, floors, strict=True)
    ]  # fmt: skip


def _timed(area: str, when: str, ellipse: Ellipse | None, row: Floats, epoch: int) -> dict[str, Any]:
    """The fields of one area: itself, its time and its spread; none where it is not known."""
    if ellipse is None:
        return {}
    spread = float(SPREAD.number(row[6]))
    return {area: ellipse, when: instant(_ns(float(row[5]), epoch)), f"{when}_sigma_s": spread}


def _names(world: World, bits: int) -> tuple[str, ...]:
    """The sensors of a set, by name; beyond the last bit the first of those that share it."""
    return tuple(sensor.id for n, sensor in enumerate(world.sensors[:63]) if bits >> n & 1)


def _of_looks(world: World, looks: Detections, origin: Origin) -> list[Conveyed]:
    """Lines of sight, one message a look."""
    epoch, out = epoch_of(world), []
    sights = np.concatenate([ANGLE.number(looks.z[:, 1:]), ANGLE_SPREAD.number(looks.sigma[:, 1:])], axis=1).tolist()
    for scan, number in enumerate(looks.scan_sensor.tolist()):
        sensor = world.sensors[number]
        received = _ns(float(looks.scan_report_t[scan]), epoch)
        seen = sights[looks.scan_start[scan] : looks.scan_start[scan + 1]]
        said = LinesOfSight(
            **_header(world, sensor.party, received, origin),
            sensor=sensor.id,
            observed=instant(_ns(float(looks.scan_t[scan]), epoch)),
            observed_sigma_s=0.0,
            directions=tuple(Direction(**dict(zip(Direction.__struct_fields__, one, strict=True))) for one in seen),
        )
        out.append(Conveyed(received, said))
    return out
