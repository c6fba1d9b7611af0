"""Which key speaks for whom? Only roots change it, only for their own, and what stood before a change stays as it was."""

import pytest
from msgspec.structs import replace
from tests.attacks.room import KEYS, PUBLIC, Room, furnished, proof, why

from entente.errors import KeyRefused
from entente.exchange import messages as said
from entente.exchange.centre import opened
from entente.exchange.messages import KeyAdd
from entente.exchange.ruling.keyring import pinned, statement
from entente.exchange.signing import key_id, new_key, public_of

ROOTS = {name: PUBLIC[name] for name in ("nato", "rus", "centre")}
FURNISHED = furnished()


@pytest.fixture
def room():
    return FURNISHED.copy()


@pytest.mark.parametrize(
    "roots",
    [
        {"nato": PUBLIC["nato"], "centre": PUBLIC["centre"]},
        {"nato": PUBLIC["nato"], "rus": PUBLIC["rus"]},
        ROOTS | {"third": PUBLIC["spare"]},
        {"nato": PUBLIC["nato"], "root": PUBLIC["rus"], "centre": PUBLIC["centre"]},
        ROOTS | {"rus": PUBLIC["nato"]},
        ROOTS | {"rus": PUBLIC["rus"][:-1]},
        ROOTS | {"rus": PUBLIC["rus"].upper()},
        ROOTS | {"rus": "00" * 32},
    ],
)
def test_a_log_is_pinned_to_two_roots_and_a_centre(roots):
    with pytest.raises(KeyRefused):
        pinned(roots)


def test_pinned_keys_speak_from_the_first_entry():
    ring = pinned(ROOTS)
    assert [(ring.holder_of(PUBLIC[name], 0).party, ring.holder_of(PUBLIC[name], 0).role) for name in ROOTS] == [
        ("nato", "root"), ("rus", "root"), ("centre", "centre"),
    ]  # fmt: skip
    assert ring.holder_of(PUBLIC["spare"], 0) is None
    assert ring.candidates(key_id(bytes.fromhex(PUBLIC["nato"]))) == (PUBLIC["nato"],)
    with pytest.raises(KeyRefused, match="begin with"):
        opened("exercise-1", "exercise", FURNISHED.state.keyring)


def test_a_key_speaks_after_its_entry_and_until_it_is_retired():
    room = Room()
    room.add("nato-sat")
    room.say(said.KeyRetire, "nato", key=PUBLIC["nato-sat"])
    room.say(said.KeyRevoke, "nato", key=PUBLIC["nato-sat"], reason="found in wrong hands")
    ring = room.state.keyring
    assert [ring.holder_of(PUBLIC["nato-sat"], index) is not None for index in range(-1, 4)] == [
        False, False, False, False, False,
    ]  # fmt: skip
    assert (ring.keys[PUBLIC["nato-sat"]].ended, ring.keys[PUBLIC["nato-sat"]].revoked) == (1, True)
    room = Room()
    room.add("nato-sat")
    room.say(said.Checkpoint, "nato-sat", size=0, root="ab" * 32)
    room.say(said.KeyRevoke, "nato", key=PUBLIC["nato-sat"], reason="")
    ring = room.state.keyring
    assert [ring.holder_of(PUBLIC["nato-sat"], index) is not None for index in range(4)] == [False, True, False, False]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"key": PUBLIC["nato-sat"]}, "key-known"),
        ({"key": PUBLIC["nato"]}, "key-known"),
        ({"holder": "rus-sat"}, "holder-taken"),
        ({"holder": "nato-desk"}, "holder-taken"),
        ({"holder": "root"}, "holder-taken"),
        ({"holder": "centre"}, "holder-taken"),
        ({"holder": "rus"}, "holder-taken"),
        ({"role": "centre"}, "role-refused"),
        ({"role": "log"}, "role-refused"),
        ({"proof": "11" * 64}, "bad-proof"),
        ({"log": "exercise-2"}, "other-log"),
    ],
)
def test_a_root_cannot_add_what_it_has_not(room, change, reason):
    fields = {"key": PUBLIC["spare"], "holder": "nato-new", "role": "node", "proof": "00" * 64} | change
    message = room.message(KeyAdd, "nato", **fields)
    if "proof" not in change:
        message = replace(message, proof=proof(message, "spare"))
    before = room.state.keyring
    assert why(room.arrive(message)) == reason
    assert room.state.keyring == before
    with pytest.raises(KeyRefused, match="bad-proof"):
        before.after(
            99, replace(message, proof="22" * 64, holder="nato-x", role="node", key=PUBLIC["spare"]), PUBLIC["nato"]
        )


def test_the_proof_is_of_this_statement(room):
    """Signed for another holder, another log, or as a message, it is no consent."""
    good = room.message(KeyAdd, "nato", key=PUBLIC["spare"], holder="nato-new", role="node", proof="00" * 64)
    assert statement(good) == (
        f"entente key add\nlog exercise-1\nparty nato\nholder nato-new\nrole node\nkey {PUBLIC['spare']}\n".encode()
    )
    for other in (replace(good, holder="nato-old"), replace(good, log="exercise-2"), replace(good, role="seat")):
        assert why(room.copy().arrive(replace(good, proof=proof(other, "spare")))) == "bad-proof"
    as_message = KEYS["spare"].sign(statement(good)).hex()
    assert why(room.copy().arrive(replace(good, proof=as_message))) == "bad-proof"
    assert why(room.arrive(replace(good, proof=proof(good, "spare")))) is None


def test_other_words_of_a_root_leave_the_keys_as_they_are(room):
    ring = room.state.keyring
    boot = room.message(said.Boot, "nato", started="nato-sat", its_boot=2)
    policy = room.message(said.PolicyInForce, "nato", digest="ab" * 32, text="")
    for message in (boot, policy):
        assert ring.after(99, message, PUBLIC["nato"]) is ring
        assert ring.refusal(99, message, PUBLIC["rus"]) == "not-root"


@pytest.mark.parametrize("signer", ["rus", "nato-sat", "centre"])
def test_only_the_root_of_a_party_speaks_of_its_keys(room, signer):
    message = room.message(said.KeyRevoke, "nato", key=PUBLIC["nato-radar"], reason="")
    if signer == "nato-sat":
        message = replace(room.message(said.KeyRevoke, "nato-sat", key=PUBLIC["nato-radar"], reason=""))
    assert why(room.arrive(message, key=signer, counts=False)) in ("not-yours", "not-entitled")
    with pytest.raises(KeyRefused, match="not-root"):
        room.state.keyring.after(room.state.size, message, PUBLIC[signer])


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        (said.KeyRetire, {"key": PUBLIC["rus-sat"]}, "key-unknown"),
        (said.KeyRetire, {"key": PUBLIC["nato"]}, "key-unknown"),
        (said.KeyRetire, {"key": PUBLIC["spare"]}, "key-unknown"),
        (said.KeyRevoke, {"key": PUBLIC["rus-sat"], "reason": ""}, "key-unknown"),
        (said.KeyRevoke, {"key": PUBLIC["nato"], "reason": ""}, "key-unknown"),
        (said.KeyRevoke, {"key": PUBLIC["centre"], "reason": ""}, "key-unknown"),
        (said.KeyRevoke, {"key": PUBLIC["spare"], "reason": ""}, "key-unknown"),
    ],
)
def test_a_root_ends_only_keys_of_its_own_holders(room, kind, fields, reason):
    assert room.reason(kind, "nato", **fields) == reason


def test_a_key_ends_once(room):
    assert room.reason(said.KeyRetire, "nato", key=PUBLIC["nato-sat"]) is None
    assert room.reason(said.KeyRetire, "nato", key=PUBLIC["nato-sat"]) == "key-unknown"
    assert room.reason(said.KeyRevoke, "nato", key=PUBLIC["nato-sat"], reason="") is None
    assert room.reason(said.KeyRevoke, "nato", key=PUBLIC["nato-sat"], reason="") == "key-unknown"
    fields = {"old": PUBLIC["nato-sat"], "key": PUBLIC["spare"], "holder": "nato-sat", "proof": "0" * 128}
    assert room.reason(said.KeyRotate, "nato", **fields, old_proof="0" * 128) == "key-unknown"
    assert why(room.add("nato-sat", key="nato-sat")) == "key-known", "a key never comes back"
    assert why(room.add("nato-sat", key="spare")) is None


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"old": PUBLIC["rus-sat"]}, "key-unknown"),
        ({"old": PUBLIC["nato"], "holder": "root"}, "key-unknown"),
        ({"holder": "nato-radar"}, "holder-taken"),
        ({"key": PUBLIC["nato-radar"]}, "key-known"),
        ({"proof": "11" * 64}, "bad-proof"),
        ({"old_proof": "11" * 64}, "bad-proof"),
    ],
)
def test_a_rotation_needs_both_keys(room, change, reason):
    fields = {"old": PUBLIC["nato-sat"], "key": PUBLIC["spare"], "holder": "nato-sat"} | change
    message = room.message(said.KeyRotate, "nato", **{"proof": "00" * 64, "old_proof": "00" * 64} | fields)
    if not {"proof", "old_proof"} & set(change):
        message = replace(message, proof=proof(message, "spare"), old_proof=proof(message, "nato-sat"))
    elif "proof" in change:
        message = replace(message, old_proof=proof(message, "nato-sat"))
    else:
        message = replace(message, proof=proof(message, "spare"))
    assert why(room.arrive(message)) == reason
    held = room.state.keyring.keys.get(PUBLIC["spare"])
    assert (held is not None) == (reason is None)
    if held:
        assert (held.party, held.holder, held.role, held.since) == ("nato", "nato-sat", "node", room.state.size - 1)


def test_a_party_has_at_most_256_keys(room, monkeypatch):
    monkeypatch.setattr("entente.exchange.ruling.keyring.KEYS", 7)
    assert sum(held.party == "nato" for held in room.state.keyring.keys.values()) == 5
    for k, reason in enumerate((None, None, "full")):
        KEYS[f"spare-{k}"] = key = new_key()
        PUBLIC[f"spare-{k}"] = public_of(key).hex()
        assert why(room.add(f"node-{k}", key=f"spare-{k}", party="nato")) == reason
