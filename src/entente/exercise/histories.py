"""What do both nations' systems report in a case of a scenario, before anybody releases anything? Drafts, each at its moment.

A history is simulated as the study does it, with release policies that withhold nothing: what comes out is what each nation
knows of the flight. It goes to that nation's own node, which releases it under the real policy (`staging`).
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np

from entente.conveying import messages_of
from entente.estimate.belief import LAT, LON, MAJOR
from entente.estimate.follow import BETA_LN
from entente.estimate.predict import impact_area
from entente.exchange.messages import (
    NOTHING,
    Clock,
    Feed,
    LaunchDetected,
    Message,
    Origin,
    PreLaunch,
    Said,
    StateOfHealth,
    TrackState,
)
from entente.exchange.release import Draft
from entente.exchange.saying.decoding import INSTANT_FIELDS
from entente.exchange.saying.instants import NS_PER_S, instant, nanoseconds
from entente.exchange.serving.preparing import NODE
from entente.physics.earth import geodesic
from entente.records import FALSE_ALARM, Tracks
from entente.run import before_sharing
from entente.scenario.parts import Ranged
from entente.scenario.schema import Scenario
from entente.scenario.units import KM
from entente.scenario.world import World
from entente.sharing import noticed, share

MOMENT = 1e-3  # s  to which a message says its time
LEAD_S = 5  # from the beginning of a case to its launch
CLOCK_S = 0.001  # what a node says of its own clock: all of an exercise run on one machine
NEVER = Ranged(low=0, nominal=0, high=0)
WITHHOLDS_NOTHING = {
    "min_range_km": 0.0, "area_floor_km": 0.0, "warning_delay_s": NEVER, "track_sigma_km": 0.0, "track_delay_s": NEVER,
    "availability": Ranged(low=1, nominal=1, high=1),
}  # fmt: skip


@dataclass(frozen=True)
class Cue:
    """A draft, for whose node, and when it is made [ns since 1970, of the exercise's clock]."""

    at_ns: int
    party: str
    draft: Draft


@dataclass(frozen=True)
class Reported:
    """A message before release: when it is made [ns since 1970], the nation's name of its body, and how far that flies [km].

    Length and its standard deviation are None where they cannot be told.
    """

    at_ns: int
    said: Any
    body: str = ""
    range_km: float | None = None
    range_sigma_km: float | None = None


@dataclass(frozen=True)
class History:
    """A case as it was simulated, ready to begin at any time."""

    world: World
    case: str
    messages: tuple["Reported", ...]


def history(scenario: Scenario, case: str, seed: int) -> History:
    """Simulate a case.

    Raises:
        UnknownName: no such case.
        ModelError: no such seed.
        Unreachable: the vehicle does not fly that far.
    """
    open_handed = [
        party.model_copy(update={"release": party.release.model_copy(update=WITHHOLDS_NOTHING)})
        for party in scenario.parties
    ]
    begun = before_sharing(scenario.model_copy(update={"parties": open_handed}), case, seed)
    shared = share(begun.world, begun.national, max(rung for rung in scenario.rungs))
    told = messages_of(begun.world, shared, noticed(begun.world, False))
    # Officers speak at their consoles; lines of sight are for a fusion centre.
    notices = [Reported(one.received_ns, one.said) for one in told if isinstance(one.said, PreLaunch)]
    reports = [one for one in told if isinstance(one.said, LaunchDetected | TrackState)]
    rows = [
        Reported(
            one.received_ns, one.said, _body(begun.national.tracks, track), *_length(begun.national.tracks, track, t)
        )
        for one, track, t in zip(reports, shared.track.tolist(), shared.t.tolist(), strict=True)
    ]
    return History(begun.world, case, (*notices, *rows))


def cues(one: History, log: str, serial: int, begins_ns: int, origin: Origin = "exercise") -> list[Cue]:
    """The drafts of a history that begins at a whole second of the exercise's clock.

    Args:
        serial: how many histories began before it, from 1: it is part of all names, so that none is there twice.
    """
    world = _beginning(one.world, begins_ns)
    shift_ns = round(world.scenario.epoch.timestamp() - one.world.scenario.epoch.timestamp()) * NS_PER_S
    out = []
    for reported in one.messages:
        at_ns = max(reported.at_ns + shift_ns, begins_ns)
        said = _named(_headed(_moved(reported.said, shift_ns), log, origin, at_ns), serial)
        bodies = (f"h{serial}-{reported.body}",) if reported.body else ()
        far, sigma = reported.range_km, reported.range_sigma_km
        out.append(Cue(at_ns, said.party, Draft(said=said, bodies=bodies, range_km=far, range_sigma_km=sigma)))
    return out


def health(world: World, party: str, log: str, at_ns: int, up_since_ns: int, origin: Origin = "exercise") -> Cue:
    """What a party says of its feeds, one a sensor."""
    owner = [str(each.name) for each in world.parties].index(party)
    names = [sensor.id for sensor in world.sensors if sensor.party == owner]
    feeds = tuple(Feed(name=name, state="up", since=instant(up_since_ns)) for name in names[:64])
    if not feeds:
        feeds = (Feed(name=f"{party}-{NODE}", state="up", since=instant(up_since_ns)),)
    said = StateOfHealth(**_head(party, log, origin, at_ns), feeds=feeds, clock=Clock(source="ntp", error_s=CLOCK_S))
    return Cue(at_ns, party, Draft(said=said))


def _beginning(world: World, begins_ns: int) -> World:
    """The world with another epoch: its case is launched `LEAD_S` after it begins."""
    epoch = datetime.fromtimestamp(begins_ns // NS_PER_S + LEAD_S - round(world.case.launch_s), UTC)
    return replace(world, scenario=world.scenario.model_copy(update={"epoch": epoch}))


def _head(party: str, log: str, origin: Origin, at_ns: int) -> dict[str, Any]:
    """The fields of `Message` that are known before release."""
    return {
        "log": log, "origin": origin, "party": party, "node": f"{party}-{NODE}", "boot": 1, "number": 1, "sent": instant(at_ns),
    }  # fmt: skip


def _headed(said: Said, log: str, origin: Origin, at_ns: int) -> Any:
    return msgspec.structs.replace(said, **_head(said.party, log, origin, at_ns), previous=NOTHING, policy=NOTHING)


def _moved(said: Message, shift_ns: int) -> Any:
    """The same, so much later."""
    times = {name: getattr(said, name, None) for name in INSTANT_FIELDS}
    later = {name: instant(nanoseconds(when) + shift_ns) for name, when in times.items() if when is not None}
    return msgspec.structs.replace(said, **later)


def _named(said: Any, serial: int) -> Any:
    """Under names that no other history of this exercise uses."""
    if isinstance(said, PreLaunch):
        kind, country, *_ = said.notice.split("/")
        return msgspec.structs.replace(said, notice=f"{kind}/{country}/{said.sent[:4]}/{serial:03d}/001/01")
    field = "launch" if isinstance(said, LaunchDetected) else "track"
    return msgspec.structs.replace(said, **{field: f"h{serial}-{getattr(said, field)}"})


def _body(tracks: Tracks, track: int) -> str:
    """The name of what a track is of: another track of it has the same one."""
    obj = int(tracks.obj[track])
    return f"false-{track}" if obj == FALSE_ALARM else f"body-{obj}"


def _length(tracks: Tracks, track: int, t: float) -> tuple[float, float] | tuple[None, None]:
    """How far it goes if it burns no more, and one standard deviation [km], by what is believed at a time [s]."""
    g = int(np.searchsorted(tracks.t, t - MOMENT))
    launch, corner = tracks.launch.table[track, g], np.empty((2, 2))
    if np.isnan(launch[LAT]):
        return None, None
    x, P = tracks.x[track, g], tracks.P[track, g]
    lat, lon, _, _, status = impact_area(x, P, 0.0, BETA_LN[0], BETA_LN[1], corner)
    if status != 0:
        return None, None
    far = float(geodesic(launch[LAT], launch[LON], lat, lon)[0])
    return far / KM, math.sqrt(launch[MAJOR] ** 2 + corner[0, 0] + corner[1, 1]) / KM
