"""The story of one history: what happened, and who knew it when."""

import math
from collections.abc import Iterator

import numpy as np

from entente.knowing import credible
from entente.records import FALSE_ALARM, INFRARED, PARTNER, Assessment, Event, Flights, Outcome, Picture, Tracks
from entente.scenario.world import World


def tell(
    world: World, flights: Flights, picture: Picture, outcome: Outcome, assessment: Assessment
) -> tuple[Event, ...]:
    """The events of one history in the order of time. Party -1: nobody's knowledge, the world itself."""
    events = [*_truth(flights, outcome), *_known(world, flights, picture, assessment), *_fired(world, outcome)]
    return tuple(sorted(events, key=lambda event: event.t))


def _truth(flights: Flights, outcome: Outcome) -> Iterator[Event]:
    for obj in range(flights.count):
        stopped = ", stopped" if outcome.stopped[obj] else ""
        yield Event(float(flights.t_launch[obj]), -1, "launch", f"launch {obj + 1}")
        yield Event(float(flights.t_burnout[obj]), -1, "burnout", f"burnout {obj + 1}")
        yield Event(float(flights.t_impact[obj]), -1, "impact", f"impact {obj + 1}{stopped}")


def _known(world: World, flights: Flights, picture: Picture, assessment: Assessment) -> Iterator[Event]:
    for number, party in enumerate(world.parties):
        tracks = picture.tracks.of(number)
        for k in range(len(tracks.obj)):
            if not math.isnan(tracks.since[k]):
                yield Event(float(tracks.since[k]), number, "track", _track_text(tracks, k))
        if math.isfinite(picture.told[number]):
            yield Event(float(picture.told[number]), number, "told", "first word from the partner")
        if math.isfinite(picture.doubted[number]):
            doubt = "joins the partner's tracks no more: they differ from its own by more than both declare"
            yield Event(float(picture.doubted[number]), number, "told", doubt)
        known = assessment.values["first_known_s"][number]
        if math.isfinite(known):
            yield Event(float(flights.t_launch.min()) + known, number, "seen", "first knows of the launch")
        for obj in range(flights.count):
            warning = credible(party.warning, tracks.rows(tracks.obj == obj), float(flights.t_impact[obj]))
            if math.isfinite(warning):
                which = f" of launch {obj + 1}" if flights.count > 1 else ""
                yield Event(warning, number, "warning", f"credible warning{which}")


def _fired(world: World, outcome: Outcome) -> Iterator[Event]:
    for shot in range(len(outcome.site)):
        site = world.sites[outcome.site[shot]]
        yield Event(float(outcome.t_launch[shot]), site.party, "shot", f"{site.title}: interceptor {shot + 1} leaves")
        text = f"interceptor {shot + 1} {'hits' if outcome.hit[shot] else 'misses'}"
        yield Event(float(outcome.t_intercept[shot]), site.party, "intercept", text)


def _track_text(tracks: Tracks, k: int) -> str:
    """What a track is made of when it first stands in a picture."""
    g = int(np.argmax(tracks.held[k]))
    if tracks.obj[k] == FALSE_ALARM:
        return "false track confirmed"
    if tracks.made_of[k, g] == PARTNER:
        return "partner's track received" if np.isfinite(tracks.x[k, g, 0]) else "partner's warning displayed"
    return "plume confirmed by satellites" if tracks.seen_by[k, g] == INFRARED else "track confirmed by radar"
