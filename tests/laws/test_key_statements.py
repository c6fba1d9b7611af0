"""What a key signs when it is added or rotated, letter by letter; and the parts of the keyring that only two keys with one
hint, a full party or an unknown hint show."""

import pytest
from msgspec.structs import replace

from entente.errors import KeyRefused
from entente.exchange.messages import KeyAdd, KeyRotate
from entente.exchange.ruling import keyring
from entente.exchange.ruling.keyring import Held, pinned, statement
from entente.exchange.ruling.reasons import Reason
from entente.exchange.signing import KEY_STATEMENT, key_id, new_key, pae, public_of

ROOT, OTHER_ROOT, CENTRE, RADAR, NEXT = (new_key() for _ in range(5))
ROOTS = {"nato": public_of(ROOT).hex(), "rus": public_of(OTHER_ROOT).hex(), "centre": public_of(CENTRE).hex()}
RING = pinned(ROOTS)
HEAD = {"log": "one", "origin": "exercise", "party": "nato", "node": "root", "boot": 1, "number": 1,
        "sent": "2026-11-28T12:00:00.000Z"}  # fmt: skip
OLD, NEW = public_of(RADAR).hex(), public_of(NEXT).hex()
NO_PROOF = "0" * 128


def consent(key, message):
    return key.sign(pae(KEY_STATEMENT, statement(message))).hex()


def added():
    message = KeyAdd(**HEAD, key=OLD, holder="ramstein", role="node", proof=NO_PROOF)
    return replace(message, proof=consent(RADAR, message))


def rotated():
    message = KeyRotate(**HEAD, old=OLD, key=NEW, holder="ramstein", proof=NO_PROOF, old_proof=NO_PROOF)
    return replace(message, proof=consent(NEXT, message), old_proof=consent(RADAR, message))


def test_the_statements_letter_by_letter():
    assert statement(added()).decode() == (
        f"entente key add\nlog one\nparty nato\nholder ramstein\nrole node\nkey {OLD}\n"
    )
    assert statement(rotated()).decode() == (
        f"entente key rotate\nlog one\nparty nato\nholder ramstein\nold {OLD}\nkey {NEW}\n"
    )


def test_what_a_keyring_holds_after_each_word():
    assert RING.keys[ROOTS["nato"]] == Held("nato", "root", "root", -1)
    assert RING.keys[ROOTS["centre"]] == Held("centre", "centre", "centre", -1)
    ring = RING.after(5, added(), ROOTS["nato"])
    assert ring.keys[OLD] == Held("nato", "ramstein", "node", 5)
    assert ring.roles["ramstein"] == ("nato", "node")
    assert ring.after(9, rotated(), ROOTS["nato"]).keys[NEW] == Held("nato", "ramstein", "node", 9)


def test_an_unknown_hint_means_no_key():
    assert RING.candidates(b"none") == ()
    assert RING.candidates(key_id(public_of(ROOT))) == (ROOTS["nato"],)


def test_keys_that_share_a_hint_are_all_candidates(monkeypatch):
    monkeypatch.setattr(keyring, "key_id", lambda public: b"same")
    assert set(pinned(ROOTS).candidates(b"same")) == set(ROOTS.values())


def test_a_party_that_is_full_rotates_no_more():
    ring = RING.after(5, added(), ROOTS["nato"])
    others = {f"{i:064x}": Held("nato", "x", "node", 1) for i in range(254)}
    full = replace(ring, keys=ring.keys | others)
    assert sum(held.party == "nato" for held in full.keys.values()) == 256
    assert full.refusal(9, rotated(), ROOTS["nato"]) == Reason.FULL
    room = replace(full, keys={key: held for key, held in full.keys.items() if key != f"{0:064x}"})
    assert room.refusal(9, rotated(), ROOTS["nato"]) is None


@pytest.mark.parametrize(("roots", "words"), [
    ({name: key for name, key in ROOTS.items() if name != "centre"}, "of nato, rus; a log has two parties"),
    ({}, "of nobody; a log has two parties and a centre"),
    (ROOTS | {"rus": ROOTS["nato"]}, "one key for two of them"),
    (ROOTS | {"rus": ROOTS["rus"].upper()}, "64 hexadecimal digits"),
])  # fmt: skip
def test_pins_that_cannot_be_are_refused_in_words(roots, words):
    with pytest.raises(KeyRefused, match=words):
        pinned(roots)


def test_a_refusal_names_entry_kind_party_and_reason():
    with pytest.raises(KeyRefused, match=r"^entry 7: KeyAdd of nato: not-root$"):
        RING.after(7, added(), ROOTS["rus"])
