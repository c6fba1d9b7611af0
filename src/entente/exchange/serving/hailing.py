"""Is a broker reached, and if not, why? Said once for each reason, and once more when it is reached again.

A broker looks at a certificate after who connects has done its part, and then hangs up without a word. So the certificate is
looked at here first (`papers`), and hanging up three times in a row is taken for a refusal: who goes down hangs up once. What a
broker does not let through shows to the sender as silence; only here it has a name.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from nats.errors import AuthorizationError, StaleConnectionError

from entente.exchange.serving.certificates import AUTHORITY
from entente.exchange.serving.papers import Papers

UNWANTED_PAUSE_S = 10.0  # between tries where a certificate is the reason: a person must do something
REFUSED_AFTER = 3  # times in a row that it was hung up on
FORBIDDEN = "permissions violation"
HUNG_UP = ConnectionResetError | BrokenPipeError | StaleConnectionError | AuthorizationError | ssl.SSLError
NO_MATTER = "returning true from eof_received() has no effect when using ssl"  # asyncio says it of nats-py at every end

Kind = Literal["", "up", "own", "foreign", "refused", "away"]


@dataclass
class Hail:
    """How one holder stands with its brokers.

    Args:
        brokers: where they are, as `--bus` was given.
        pause_s: between tries where a certificate is the reason.
    """

    brokers: str
    papers: Papers
    tell: Callable[..., None]
    pause_s: float = UNWANTED_PAUSE_S
    _told: Kind = ""
    _hung_up: int = 0

    def __post_init__(self) -> None:
        """Let nothing be said twice."""
        logging.getLogger("asyncio").addFilter(_matters)

    def reached(self) -> None:
        """A broker took the connection."""
        self._hung_up = 0
        if self._told != "up":
            self._told = "up"
            self.tell("bus-up", bus=self.brokers)

    async def failed(self, problem: Exception) -> None:
        """It did not, or does not let something through."""
        if FORBIDDEN in str(problem).lower():
            self.tell("bus-refused", bus=self.brokers, reason=str(problem))
            return
        kind, words = self._why(problem)
        if kind and kind != self._told:
            self._told = kind
            self.tell("bus-down", bus=self.brokers, reason=words)
        if kind in ("own", "foreign", "refused"):
            await asyncio.sleep(self.pause_s)
            self.papers.renew()

    def _why(self, problem: Exception) -> tuple[Kind, str]:
        """The kind of reason, and in words; neither where it is too early to say."""
        own = self.papers.fault(datetime.now(UTC))
        if own:
            return "own", own
        if isinstance(problem, ssl.SSLCertVerificationError):
            return "foreign", (
                f"the broker shows a certificate that {self.papers.folder / AUTHORITY}.pem does not stand for "
                f"({problem.verify_message}); take the folder of that broker's exercise, or the address of this one's"
            )
        if not isinstance(problem, HUNG_UP):
            self._hung_up = 0
            return "away", f"no broker answers ({problem or type(problem).__name__}); they are tried again"
        self._hung_up += 1
        if self._hung_up < REFUSED_AFTER:
            return "", ""
        return "refused", (
            f"{self.papers.file}: the broker hangs up on this certificate: it was revoked or renewed since the broker's file "
            "was written, or this broker is for others; write its file anew with: entente centre broker"
        )


def _matters(record: logging.LogRecord) -> bool:
    return record.msg != NO_MATTER
