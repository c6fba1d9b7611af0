"""Which seat sits at this console? Who signs a challenge with the seat's key gets a session, for the length of a shift.

The text that is signed names the log and the console's own address, and serves once: a signature given to one console opens no
other. A session ends with its time, with the centre's process, or when the seat's key is retired or revoked on the log.
Observers have no key on the log; theirs are named when the centre is started.

Anybody may ask for a challenge, so none is kept: it bears its own number and time under a secret of this process, and a key that
has opened a session with one opens none with that or an earlier one. Sessions are counted by key and by party: who opens many
closes its own.
"""

import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from entente.exchange.centre import Centre
from entente.exchange.serving.stream import Viewer
from entente.exchange.signing import CHALLENGE, fits, pae

SHIFT_S, ANSWER_S = 8 * 3_600.0, 60.0
MOST_OF_ONE, MOST_OF_PARTY = 8, 256  # sessions of one key, and of one party: its oldest goes first
COOKIE = "__Host-entente"


@dataclass(frozen=True)
class Session:
    """A seat's, or an observer's, at one browser."""

    key: str
    party: str | None
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
    _secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _given: int = 0  # challenges
    _answered: dict[str, int] = field(default_factory=dict)  # key -> number of the last challenge that it answered
    _sessions: dict[str, Session] = field(default_factory=dict)

    def challenge(self, origin: str) -> tuple[str, str]:
        """A new nonce, and the text to be signed."""
        self._given += 1
        nonce = self._nonce(self._given, round(1e3 * self.clock()), origin)
        return nonce, challenge_text(self.line, origin, nonce)

    def open(self, key: str, nonce: str, signature: bytes, origin: str) -> tuple[str, Viewer] | None:
        """A session's token, if this key sits anywhere and signed the challenge in time; None: it does not."""
        number, viewer = self._number(nonce, origin), self._viewer(key)
        if number is None or viewer is None or number <= self._answered.get(key, 0):
            return None
        text = challenge_text(self.line, origin, nonce)
        if not fits(bytes.fromhex(key), signature, pae(CHALLENGE, text.encode())):
            return None
        self._answered[key] = number
        token = secrets.token_urlsafe(32)
        self._make_room(key, viewer.party)
        self._sessions[token] = Session(key, viewer.party, self.clock())
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

    def _nonce(self, number: int, given_ms: int, origin: str) -> str:
        """A challenge's number, its time, and what only this process can say of both and of who asked; 32 bytes as hex."""
        stamp = number.to_bytes(8, "big") + given_ms.to_bytes(8, "big")
        return (stamp + hmac.digest(self._secret, stamp + origin.encode(), "sha256")[:16]).hex()

    def _number(self, nonce: str, origin: str) -> int | None:
        """Which challenge this is; None: none of ours, or too old."""
        stamp = bytes.fromhex(nonce)[:16]
        number, given_ms = int.from_bytes(stamp[:8], "big"), int.from_bytes(stamp[8:], "big")
        is_ours = hmac.compare_digest(nonce, self._nonce(number, given_ms, origin))
        return number if is_ours and self.clock() <= given_ms / 1e3 + ANSWER_S else None

    def _make_room(self, key: str, party: str | None) -> None:
        """For one more of this key, and of this party."""
        for most, facts in ((MOST_OF_ONE, {"key": key}), (MOST_OF_PARTY, {"party": party})):
            own = [token for token, each in self._sessions.items() if facts.items() <= vars(each).items()]
            for token in own[: max(0, len(own) - most + 1)]:
                del self._sessions[token]

    def _viewer(self, key: str) -> Viewer | None:
        """The seat, or observer, whose key this is now."""
        if key in self.observers:
            return Viewer(self.observers[key], None)
        state = self.state()
        held = state.keyring.holder_of(key, state.size)
        return Viewer(held.holder, held.party) if held is not None and held.role == "seat" else None
