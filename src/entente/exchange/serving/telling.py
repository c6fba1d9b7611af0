"""What happened, for those who run the centre? One JSON object a line on standard error; no text of a peer is ever a line.

A kind of line that comes too often is counted instead, and the count stands in the next line of its kind.
"""

import json
import logging
import sys
import time
from dataclasses import dataclass, field
from typing import Any, TextIO

from entente.exchange.saying.instants import instant
from entente.exchange.serving.throttle import Bucket

PER_S, AT_ONCE = 5.0, 20.0  # lines of one kind


@dataclass
class Teller:
    """Writes lines, and counts all of them by kind."""

    where: TextIO = field(default_factory=lambda: sys.stderr)
    counts: dict[str, int] = field(default_factory=dict)
    _buckets: dict[str, Bucket] = field(default_factory=dict)
    _left_out: dict[str, int] = field(default_factory=dict)

    def __call__(self, event: str, **fields: Any) -> None:
        """One line, unless there were too many of its kind just now."""
        self.counts[event] = self.counts.get(event, 0) + 1
        now_ns = time.monotonic_ns()
        bucket = self._buckets.setdefault(event, Bucket(AT_ONCE, now_ns))
        if not bucket.take(PER_S, AT_ONCE, now_ns):
            self._left_out[event] = self._left_out.get(event, 0) + 1
            return
        left_out = self._left_out.get(event, 0)
        more = {"left_out": left_out} if left_out else {}
        line = {"time": instant(time.time_ns()), "event": event, **fields, **more}
        try:
            print(json.dumps(line, default=str), file=self.where, flush=True)
            self._left_out.pop(event, None)
        except OSError:  # the disk that takes it is full; what runs goes on
            self._left_out[event] = left_out + 1


class Handler(logging.Handler):
    """Lets a library's own warnings be told in the same form."""

    def __init__(self, tell: Teller) -> None:
        logging.Handler.__init__(self, logging.WARNING)
        self.tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """One warning; of an error the kind and the text, not where in the code."""
        fault = record.exc_info[1] if record.exc_info else None
        more = {"fault": f"{type(fault).__name__}: {fault}"} if fault else {}
        self.tell("warning", source=record.name, text=record.getMessage(), **more)
