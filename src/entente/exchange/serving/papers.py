"""Why does the centre not answer? One line for who runs a node or a witness: what is wrong, in which file, what would be right.

In TLS 1.3 who connects has done its part before the other end looks at its certificate; it is then cut off without a word. So
what can be seen here is looked at first: dates, authority, the list of revoked ones, the centre's own certificate. Only then
the centre is tried with a connection on which nothing is asked: if it hangs up, it did not want this certificate.
"""

import os
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from entente.errors import StoreError
from entente.exchange.serving.certificates import AUTHORITY, client_context, load, revoked_in

REACH_S, HANG_UP_S = 3.0, 1.5  # to reach the centre; within which it has hung up on who is not wanted
CUT_OFF = (ConnectionResetError, EOFError, ssl.SSLError, httpx.RemoteProtocolError)  # how it looks to who is not wanted
NOT_ITS_NAME = 62  # X509_V_ERR_HOSTNAME_MISMATCH
RENEW = "put a new one there, of the centre's authority; it is taken up without a restart"


class Why(NamedTuple):
    """Why nothing came of it, in words, and whether a certificate is the reason."""

    words: str
    is_certificate: bool


@dataclass
class Papers:
    """What one holder shows to the centre, and where it lies.

    Args:
        folder: of certificates.
        name: the holder's.
    Raises:
        StoreError: no such certificates.
    """

    folder: Path
    name: str
    context: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        """Read them."""
        self.context = client_context(self.folder, self.name)

    @property
    def file(self) -> Path:
        """The certificate itself."""
        return self.folder / f"{self.name}.pem"

    def renew(self) -> None:
        """New connections show what lies there now; what cannot be read changes nothing."""
        try:
            load(self.context, self.folder, self.name)
        except OSError:  # ssl.SSLError is one
            return

    def why(self, problem: BaseException, address: str) -> Why:
        """Why a question to the centre came to nothing. It may try the centre once more, and wait for that."""
        faults = tuple(_chain(problem))
        own = self.fault(datetime.now(UTC))
        if own:
            return Why(own, True)
        for fault in faults:
            if isinstance(fault, ssl.SSLCertVerificationError):
                return Why(self._of_the_centre(fault, address), True)
        if any(isinstance(fault, CUT_OFF) for fault in faults) and all(
            _hangs_up(address, self.context)
            for _ in range(2)  # a centre that ends hangs up as well, once
        ):
            return Why(
                f"{self.file}: {address} does not take this certificate: it was revoked, or is not of the centre's "
                f"authority; {RENEW}",
                True,
            )
        return Why(f"{address}: no answer ({_words(faults[-1])}); it is tried again", False)

    def fault(self, now: datetime) -> str:
        """What can be seen of the certificate alone; empty: nothing is wrong."""
        try:
            own = x509.load_pem_x509_certificate(self.file.read_bytes())
            authorities = x509.load_pem_x509_certificates((self.folder / f"{AUTHORITY}.pem").read_bytes())
        except (OSError, ValueError) as problem:
            return f"{self.file}: it, or {AUTHORITY}.pem beside it, cannot be read ({problem}); {RENEW}"
        if now > own.not_valid_after_utc:
            return f"{self.file}: ended on {own.not_valid_after_utc:%Y-%m-%d %H:%M} UTC; {RENEW}"
        if now < own.not_valid_before_utc:
            return (f"{self.file}: begins on {own.not_valid_before_utc:%Y-%m-%d %H:%M} UTC, and this machine's clock says "
                    f"{now:%Y-%m-%d %H:%M}; set the clock")  # fmt: skip
        if not any(_has_issued(each, own) for each in authorities):
            return f"{self.file}: is not of the authority in {AUTHORITY}.pem beside it; {RENEW}"
        return f"{self.file}: is on the list of revoked ones beside it; {RENEW}" if self._is_revoked(own) else ""

    def _is_revoked(self, own: x509.Certificate) -> bool:
        """By the list in this folder, where there is one."""
        try:
            return own.serial_number in revoked_in(self.folder)
        except StoreError:
            return False

    def _of_the_centre(self, fault: ssl.SSLCertVerificationError, address: str) -> str:
        """What is wrong with what the centre showed."""
        if fault.verify_code == NOT_ITS_NAME:
            return (f"{address}: its certificate is not for that name; reach the centre by a name that was given with --host "
                    "when certificates were made")  # fmt: skip
        return (f"{address}: shows a certificate that {self.folder / AUTHORITY}.pem does not stand for ({fault.verify_message}); "
                "take the folder of that centre's exercise, or the address of this one's")  # fmt: skip


def _has_issued(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether this authority has signed it."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _hangs_up(address: str, context: ssl.SSLContext) -> bool:
    """Whether the centre takes a connection and ends it though nothing was asked."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        with (
            socket.create_connection((host, parts.port or 443), REACH_S) as bare,
            context.wrap_socket(bare, server_hostname=host) as line,
        ):
            line.settimeout(HANG_UP_S)
            try:
                return line.recv(1) == b""
            except TimeoutError:
                return False
            except OSError:
                return True
    except OSError:
        return False


def _chain(problem: BaseException | None) -> Iterator[BaseException]:
    """It, and what lies behind it."""
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__


def _words(fault: BaseException) -> str:
    """What the machine says of it."""
    known = (
        fault.errno if isinstance(fault, OSError) and not isinstance(fault, ssl.SSLError | socket.gaierror) else None
    )
    return os.strerror(known) if known else str(fault) or type(fault).__name__
