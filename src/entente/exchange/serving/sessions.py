"""Which seat sits at this console? Who signs a challenge with the seat's key gets a session, for the length of a shift.

The text that is signed names the log and the console's own address, and serves once: a signature given to one console opens no
other. A session ends with its time, with the centre's process, or when the seat's key is retired or revoked on the log.
Observers have no key on the log; theirs are named when the centre is started.
"""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from entente.exchange.centre import Centre
from entente.exchange.serving.stream import Viewer
from entente.exchange.signing import CHALLENGE, fits, pae

SHIFT_S, ANSWER_S = 8 * 3_600.0, 60.0
MOST_OPEN = 1_024  # challenges, sessions: the oldest goes first
COOKIE = "__Host-entente"


@dataclass(frozen=True)
class Session:
    """A seat's, or an observer's, at one browser."""

    key: str
    since_s: float


def challenge_text(line: str, origin: str, nonce: str) -> str:
    """What the seat signs, as payload of type `signing.CHALLENGE`; `line`: the log's; `origin`: https://HOST:PORT."""
    return f"entente session\n{line}\n{origin}\n{nonce}\n"


@dataclass
class Sessions:
    """All of one centre.

    Args:
        line: the log's name in checkpoints.
        state: the centre's, as it is now.
        observers: public key, hex -> name.
        clock: monotonic seconds.
    """

    line: str
    state: Callable[[], Centre]
    observers: Mapping[str, str]
    clock: Callable[[], float] = time.monotonic
    _challenges: dict[str, tuple[str, float]] = field(default_factory=dict)
    _sessions: dict[str, Session] = field(default_factory=dict)

    def challenge(self, origin: str) -> tuple[str, str]:
        """A new nonce, and the text to be signed."""
        nonce = secrets.token_hex(32)
        _bound(self._challenges)
        self._challenges[nonce] = origin, self.clock()
        return nonce, challenge_text(self.line, origin, nonce)

    def open(self, key: str, nonce: str, signature: bytes, origin: str) -> tuple[str, Viewer] | None:
        """A session's token, if this key sits anywhere and signed the challenge in time; None: it does not."""
        asked = self._challenges.pop(nonce, None)
        viewer = self._viewer(key)
        if asked is None or viewer is None or asked[0] != origin or self.clock() > asked[1] + ANSWER_S:
            return None
        text = challenge_text(self.line, origin, nonce)
        if not fits(bytes.fromhex(key), signature, pae(CHALLENGE, text.encode())):
            return None
        token = secrets.token_urlsafe(32)
        _bound(self._sessions)
        self._sessions[token] = Session(key, self.clock())
        return token, viewer

    def viewer(self, token: str) -> Viewer | None:
        """Who has this session now; None: nobody, or not any more."""
        session = self._sessions.get(token)
        if session is None:
            return None
        viewer = self._viewer(session.key) if self.clock() <= session.since_s + SHIFT_S else None
        if viewer is None:
            del self._sessions[token]
        return viewer

    def close(self, token: str) -> None:
        """The shift is over."""
        self._sessions.pop(token, None)

    def _viewer(self, key: str) -> Viewer | None:
        """The seat, or observer, whose key this is now."""
        if key in self.observers:
            return Viewer(self.observers[key], None)
        state = self.state()
        held = state.keyring.holder_of(key, state.size)
        return Viewer(held.holder, held.party) if held is not None and held.role == "seat" else None


def _bound(table: dict[str, Session] | dict[str, tuple[str, float]]) -> None:
    while len(table) >= MOST_OPEN:
        del table[next(iter(table))]
