"""Which policy is in force? A file that its party signed; one that is not signed, or not whole, is no policy at all.

The text of a policy is public: its digest stands in every message that was released under it. It is JSON, read strictly, and
says every mistake at once. Without a policy a nation's nodes release nothing.
"""

import json
from hashlib import sha256
from typing import Any

import msgspec

from entente.errors import Malformed, PolicyRefused
from entente.exchange.messages import NOTHING, Name
from entente.exchange.release import Giver
from entente.exchange.releasing.blurring import LADDER
from entente.exchange.releasing.permits import OBLIGED, RELEASED, WHOSE, Permit, Policy, optional
from entente.exchange.signing import POLICY, Envelope, is_signed, unseal

LONGEST = 16_384  # characters of a policy, as many as `PolicyInForce` carries
MOST_PERMITS = 64
WAITS = {"delay_s": (0, 86_400), "slot_s": (1, 3_600)}  # s
STEPPED = ("area_floor_km", "azimuth_floor_deg", "bias_km", "angle_floor_deg")  # sizes on the ladder


def digest_of(text: bytes) -> str:
    """By what a policy is named in every message: hex SHA-256 of its text."""
    return sha256(text).hexdigest()


def read(text: bytes) -> Policy:
    """The policy that a text states.

    Raises:
        PolicyRefused: with every mistake at once.
    """
    if len(text) > LONGEST:
        raise PolicyRefused(f"policy: {len(text):,} characters; at most {LONGEST:,}")
    try:
        data = json.loads(text.decode("ascii"), object_pairs_hook=_once, parse_constant=_no_number)
        json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair, written as an escape, is no text
    except (ValueError, RecursionError) as problem:
        raise PolicyRefused(
            f"policy: no JSON that can be read ({problem}); write plain ASCII JSON, each key once"
        ) from None
    if not isinstance(data, dict):
        raise PolicyRefused("policy: not a table; give party, number and permits")
    rows = data.get("permits")
    permits, mistakes = [], _of_head(data)
    for n, row in enumerate(rows if isinstance(rows, list) else []):
        wrong = _of_row(row)
        if not wrong:
            permits.append(msgspec.convert(row, Permit))
            wrong = _of_permit(permits[-1])
        mistakes += [f"permits.{n}: {mistake}" for mistake in wrong]
    names = [permit.name for permit in permits]
    mistakes += [
        f"permits: {name!r} is there more than once; name each once"
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    if mistakes:
        raise PolicyRefused("\n".join(mistakes))
    return Policy(party=data["party"], number=data["number"], permits=tuple(permits))


def in_force(raw: bytes | None, public: bytes, secret: bytes, party: str, newest: int = 0) -> Giver:
    """Who releases under a signed policy file; under one that is not this party's, not signed by it, or old: nobody, nothing.

    Args:
        raw: the envelope around the text; None where there is none.
        public: the root key of the party.
        newest: number of the newest policy that was ever in force; an older one does not come back.
    """
    text = _signed_text(raw, public)
    if text is None:
        return Giver(None, NOTHING, secret)
    try:
        policy = read(text)
    except PolicyRefused:
        return Giver(None, digest_of(text), secret)
    return Giver(policy if policy.party == party and policy.number >= newest else None, digest_of(text), secret)


def _signed_text(raw: bytes | None, public: bytes) -> bytes | None:
    """The text in an envelope, if this key signed it as a policy."""
    if raw is None:
        return None
    try:
        envelope: Envelope = unseal(raw)
    except Malformed:
        return None
    return envelope.body if is_signed(envelope, public, POLICY) else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A table whose keys are there once each."""
    out = dict(pairs)
    if len(out) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} is there more than once")
    return out


def _no_number(name: str) -> None:
    """Refuse NaN and Infinity, which are no JSON."""
    raise ValueError(f"{name} is no number")


def _of_head(data: dict[str, Any]) -> list[str]:
    """Mistakes beside the permits."""
    out = [
        f"{key}: not known; known: party, number, permits"
        for key in sorted(data.keys() - {"party", "number", "permits"})
    ]
    if not _is(data.get("party"), Name):
        out.append(f"party: {data.get('party')!r} is no name; write one such as us_nato")
    if type(data.get("number")) is not int or not 1 <= data["number"] <= 2**53:
        out.append(f"number: {data.get('number')!r}; count policies from 1")
    rows = data.get("permits")
    if not isinstance(rows, list) or len(rows) > MOST_PERMITS:
        out.append(f"permits: give a list of at most {MOST_PERMITS}")
    return out


def _of_row(row: Any) -> list[str]:
    """Mistakes in the form of a permit: keys that are missing or not known, values of another kind."""
    if not isinstance(row, dict):
        return [f"{row!r} is no table; give a permit"]
    known = {field.name: field for field in msgspec.structs.fields(Permit)}
    out = [f"{key}: not known; known: {', '.join(known)}" for key in sorted(row.keys() - known.keys())]
    for name, field in known.items():
        if name not in row and field.required:
            out.append(f"{name}: missing; every permit states it")
        elif name == "name" and not _is(row[name], Name):
            out.append(f"name: {row[name]!r} is no name; lower-case letters, digits, _ and - such as warnings")
        elif name in row and name != "name":
            try:
                msgspec.convert(row[name], field.type)
            except msgspec.ValidationError as problem:
                out.append(f"{name}: {problem}")
    return out


def _is(value: Any, kind: Any) -> bool:
    """Whether a value is of a kind that messages use."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _of_permit(permit: Permit) -> list[str]:
    """What is wrong with a permit that has the right form."""
    unknown = [kind for kind in permit.kinds if kind not in RELEASED]
    out = [f"kinds: {kind!r} is never released; known: {', '.join(RELEASED)}" for kind in unknown]
    if not permit.kinds:
        out.append("kinds: none; name at least one")
    out += [
        f"whose: {one!r} is no owner, for it is held to the strictest; known: {', '.join(WHOSE)}"
        for one in permit.whose
        if one not in WHOSE
    ]
    for name, (low, high) in WAITS.items():
        if not low <= getattr(permit, name) <= high:
            out.append(f"{name}: {getattr(permit, name)}; give {low} to {high:,}")
    may = {field for kind in permit.kinds if kind in RELEASED for field in optional(kind)}
    out += [
        f"fields: {field!r} is none that these kinds may leave out; known: {', '.join(sorted(may)) or 'none'}"
        for field in permit.fields
        if field not in may
    ]
    for name, kinds in OBLIGED.items():
        value = getattr(permit, name)
        asked = [kind for kind in permit.kinds if kind in kinds]
        if asked and value is None:
            out.append(f"{name}: missing, and {asked[0]} needs it; state it, if only as the least")
        elif not asked and value is not None:
            out.append(f"{name}: nothing to act on in {', '.join(permit.kinds)}; leave it out")
        elif name in STEPPED and value is not None and value not in LADDER:
            out.append(f"{name}: {value:g} is not on the ladder; one of {', '.join(f'{step:g}' for step in LADDER)}")
        elif name == "min_range_km" and value is not None and not 0.0 <= value <= 20_020.0:
            out.append(f"{name}: {value:g}; give 0 to 20,020")
    return out
