"""What can be measured of a running centre, as Prometheus reads it."""

import math
import resource
import time
from collections.abc import Iterator
from typing import Any

from entente.exchange.serving.service import Service
from entente.exchange.serving.writer import Timings


def metrics(service: Service) -> str:
    """All of it, as text."""
    return "\n".join(_lines(service)) + "\n"


def _lines(service: Service) -> Iterator[str]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    yield from _one("entries", "gauge", "entries on the log", service.size)
    yield from _one("cosigned_entries", "gauge", "entries under a checkpoint of both witnesses", service.cosigned[0])
    yield from _one("waiting", "gauge", "envelopes that wait to be written", service.writer.waiting)
    yield from _one("readers", "gauge", "readers of the stream", service.stream.readers)
    yield from _one("alarms", "gauge", "alarms that stand", len(service.standing))
    if math.isfinite(ends_s := service.certificate_ends_s()):
        yield from _one("certificate_left_seconds", "gauge", "until its certificate ends", round(ends_s - time.time()))
    yield from _one("up_seconds", "gauge", "since the start", round(time.monotonic() - service.began_s, 3))
    yield from _one("cpu_seconds_total", "counter", "processor time", round(usage.ru_utime + usage.ru_stime, 3))
    yield from _many("envelopes_total", "counter", "envelopes by outcome", "outcome", dict(service.shell.counts))
    yield from _many("events_total", "counter", "lines of the log of events", "event", dict(service.tell.counts))
    signed = {name: asked.signed for name, asked in service.shell.cosigning.witnesses.items()}
    yield from _many("witness_signed_entries", "gauge", "entries that a witness signed for", "witness", signed)
    yield from _histogram("acknowledged_seconds", "from arrival to the disk", service.writer.committed)


def _one(name: str, kind: str, what: str, value: Any) -> Iterator[str]:
    yield from (f"# HELP entente_{name} {what}", f"# TYPE entente_{name} {kind}", f"entente_{name} {value}")


def _many(name: str, kind: str, what: str, label: str, values: dict[str, Any]) -> Iterator[str]:
    yield from (f"# HELP entente_{name} {what}", f"# TYPE entente_{name} {kind}")
    for key, value in sorted(values.items()):
        yield f'entente_{name}{{{label}="{key}"}} {value}'


def _histogram(name: str, what: str, timings: Timings) -> Iterator[str]:
    yield from (f"# HELP entente_{name} {what}", f"# TYPE entente_{name} histogram")
    for bound, within in zip(timings.bounds, timings.within, strict=True):
        yield f'entente_{name}_bucket{{le="{bound:g}"}} {within}'
    yield f'entente_{name}_bucket{{le="+Inf"}} {timings.count}'
    yield f"entente_{name}_sum {timings.total:.6f}"
    yield f"entente_{name}_count {timings.count}"
