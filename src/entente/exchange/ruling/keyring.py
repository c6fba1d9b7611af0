"""Which key speaks for whom? Judged by index in the log, never by the time that a message claims.

Pinned from the start: one root key of each of two parties, and the centre's. A party's root adds, rotates, retires and
revokes the keys of its holders by messages on the log; each key is bound to party, holder and role. A change at index `i`
holds for what stands after `i`, so that two readers of one log never differ about a key.

- *rotate*: a second key for the same holder; both are good until one is retired, so that nothing in flight is lost.
- *retire*: signs no more; what it signed stays good.
- *revoke*: the same, said of a key that is in wrong hands; it can still be said of one that was retired.
- The roots and the centre's key are not changed on the log: another root is another log.

A new key proves that it consents: it signs the `statement`, with the payload type of key statements.
Bounds: 256 keys a party, ever.
"""

import re
from collections.abc import Mapping

import msgspec

from entente.errors import KeyRefused
from entente.exchange.messages import Governance, KeyAdd, KeyRetire, KeyRevoke, KeyRotate
from entente.exchange.ruling.reasons import Reason
from entente.exchange.signing import KEY_STATEMENT, check_public, fits, key_id, pae

CENTRE = "centre"
ROOT = "root"
PUBLIC = re.compile(r"[0-9a-f]{64}")
KEYS = 256  # of one party
ROLES = ("node", "seat", "witness")  # that a root can give


class Held(msgspec.Struct, frozen=True):
    """A key's binding. `since`, `ended`: indices of the entries that added it and that retired or revoked it."""

    party: str
    holder: str
    role: str
    since: int
    ended: int | None = None
    revoked: bool = False


class Keyring(msgspec.Struct, frozen=True):
    """All keys a log has known.

    Attributes:
        keys: public key, hex -> its binding.
        hints: first bytes of the key's hash, hex -> the keys that share them. A hint decides nothing.
        roles: holder -> (party, role), for ever: a name never passes to another party.
    """

    keys: dict[str, Held]
    hints: dict[str, tuple[str, ...]]
    roles: dict[str, tuple[str, str]]

    def holder_of(self, public: str, index: int) -> Held | None:
        """Who speaks by this key (hex) in the entry at this index, if anyone."""
        held = self.keys.get(public)
        if held is None or index <= held.since or (held.ended is not None and index >= held.ended):
            return None
        return held

    def candidates(self, hint: bytes) -> tuple[str, ...]:
        """The keys that an envelope's key id may mean; the signature decides."""
        return self.hints.get(hint.hex(), ())

    def refusal(self, index: int, message: Governance, key: str) -> Reason | None:
        """Why this word of a root, signed by `key`, would change nothing; None: it stands."""
        root = self.holder_of(key, index)
        if root is None or (root.party, root.role, message.node) != (message.party, ROOT, ROOT):
            return Reason.NOT_ROOT
        match message:
            case KeyAdd():
                return self._add_refusal(message)
            case KeyRotate():
                return self._rotate_refusal(index, message)
            case KeyRetire():
                return None if self._is_own(message.party, self.holder_of(message.key, index)) else Reason.KEY_UNKNOWN
            case KeyRevoke():
                held = self.keys.get(message.key)
                good = held is not None and self._is_own(message.party, held) and not held.revoked
                return None if good else Reason.KEY_UNKNOWN
            case _:
                return None

    def after(self, index: int, message: Governance, key: str) -> "Keyring":
        """The keyring that holds behind entry `index`, which is this message, signed by `key`.

        Raises:
            KeyRefused: see `refusal`.
        """
        reason = self.refusal(index, message, key)
        if reason is not None:
            raise KeyRefused(f"entry {index}: {type(message).__name__} of {message.party}: {reason}")
        match message:
            case KeyAdd():
                return self._with(message.key, Held(message.party, message.holder, message.role, index))
            case KeyRotate():
                return self._with(message.key, msgspec.structs.replace(self.keys[message.old], since=index))
            case KeyRetire():
                return self._changed(message.key, ended=index)
            case KeyRevoke():
                ended = self.keys[message.key].ended
                return self._changed(message.key, ended=index if ended is None else ended, revoked=True)
            case _:
                return self

    def _add_refusal(self, message: KeyAdd) -> Reason | None:
        bound = self.roles.get(message.holder, (message.party, message.role))
        if message.role not in ROLES:
            return Reason.ROLE_REFUSED
        if bound != (message.party, message.role):
            return Reason.HOLDER_TAKEN
        return self._new_key_refusal(message.party, message.key) or _proof_refusal(
            message, {message.key: message.proof}
        )

    def _rotate_refusal(self, index: int, message: KeyRotate) -> Reason | None:
        held = self.holder_of(message.old, index)
        if held is None or not self._is_own(message.party, held):
            return Reason.KEY_UNKNOWN
        if held.holder != message.holder:
            return Reason.HOLDER_TAKEN
        proofs = {message.key: message.proof, message.old: message.old_proof}
        return self._new_key_refusal(message.party, message.key) or _proof_refusal(message, proofs)

    def _new_key_refusal(self, party: str, key: str) -> Reason | None:
        if key in self.keys:
            return Reason.KEY_KNOWN
        return Reason.FULL if sum(held.party == party for held in self.keys.values()) >= KEYS else None

    def _is_own(self, party: str, held: Held | None) -> bool:
        return held is not None and held.party == party and held.role in ROLES

    def _with(self, key: str, held: Held) -> "Keyring":
        hint = key_id(bytes.fromhex(key)).hex()
        hints = self.hints | {hint: (*self.hints.get(hint, ()), key)}
        return Keyring(self.keys | {key: held}, hints, self.roles | {held.holder: (held.party, held.role)})

    def _changed(self, key: str, **changes: int | bool) -> "Keyring":
        held = msgspec.structs.replace(self.keys[key], **changes)
        return Keyring(self.keys | {key: held}, self.hints, self.roles)


def pinned(roots: Mapping[str, str]) -> Keyring:
    """The keyring of an empty log: {party: root key, party: root key, "centre": its key}, public keys in hex.

    Raises:
        KeyRefused: not two parties and a centre, one key for two, or a key that is none.
    """
    parties = sorted(set(roots) - {CENTRE})
    if CENTRE not in roots or len(parties) != 2 or ROOT in roots:
        raise KeyRefused(f"pinned keys: of {', '.join(roots) or 'nobody'}; a log has two parties and a centre")
    if not all(PUBLIC.fullmatch(key) for key in roots.values()):
        raise KeyRefused("pinned keys: one is not 64 hexadecimal digits; see `entente keys show`")
    if len(set(roots.values())) != 3:
        raise KeyRefused("pinned keys: one key for two of them; each has its own")
    ring = Keyring({}, {}, {})
    for party, key in sorted(roots.items()):
        check_public(bytes.fromhex(key))
        role = CENTRE if party == CENTRE else ROOT
        ring = ring._with(key, Held(party, role, role, -1))
    # Names that no holder can take: a party's own stands for its root where one name must do.
    return Keyring(ring.keys, ring.hints, {name: (name, ROOT) for name in (*parties, CENTRE, ROOT)})


def statement(message: KeyAdd | KeyRotate) -> bytes:
    """What the new key, and at a rotation the old one, signs: pae(KEY_STATEMENT, this)."""
    said = {"log": message.log, "party": message.party, "holder": message.holder}
    if isinstance(message, KeyAdd):
        what, said = "add", said | {"role": message.role, "key": message.key}
    else:
        what, said = "rotate", said | {"old": message.old, "key": message.key}
    return f"entente key {what}\n{''.join(f'{name} {value}{chr(10)}' for name, value in said.items())}".encode()


def _proof_refusal(message: KeyAdd | KeyRotate, proofs: dict[str, str]) -> Reason | None:
    text = pae(KEY_STATEMENT, statement(message))
    good = all(fits(bytes.fromhex(key), bytes.fromhex(proof), text) for key, proof in proofs.items())
    return None if good else Reason.BAD_PROOF
