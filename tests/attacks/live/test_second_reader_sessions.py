"""The second reader at the consoles' port: challenges, sessions, cookies, and what each eye is shown. Rows T35, T57, T60, T65."""

import json
import socket

import msgspec
import pytest
from tests.attacks.live.hall import hall
from tests.attacks.live.test_halls import desk_key, signed_in

from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.preparing import CERTIFICATES
from entente.exchange.signing import CHALLENGE, MESSAGE, pae, public_of

MANY = 1_100  # more than were ever kept at once


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A running centre."""
    with hall(tmp_path_factory.mktemp("sessions"), nodes=2) as made:
        yield made


def door(room):
    """Port and TLS of the consoles."""
    return int(room.centre.console_address.rsplit(":", 1)[1]), client_context(room.folder / CERTIFICATES)


def in_one_breath(room, requests):
    """Bodies of the answers to requests sent one behind the other without waiting."""
    port, context = door(room)
    bodies = []
    with socket.create_connection(("127.0.0.1", port)) as plain:
        held = context.wrap_socket(plain, server_hostname="localhost")
        with held, held.makefile("rb") as answers:
            for at in range(0, len(requests), 50):
                held.sendall(b"".join(requests[at : at + 50]))
                bodies += [body_of(answers) for _ in requests[at : at + 50]]
    return bodies


def body_of(answers):
    """The next answer's body."""
    assert answers.readline().startswith(b"HTTP/1.1 ")
    length = 0
    while line := answers.readline().strip():
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return json.loads(answers.read(length))


def written(room, method, path, body=b""):
    """A request by hand."""
    host = room.centre.console_address.removeprefix("https://").encode()
    return b"%b %b HTTP/1.1\r\nhost: %b\r\ncontent-length: %d\r\n\r\n%b" % (method, path, host, len(body), body)


def answer_to(challenge, key, text=None, payload_type=CHALLENGE):
    """What is sent back to a challenge."""
    signature = key.sign(pae(payload_type, (text or challenge["text"]).encode())).hex()
    return {"key": public_of(key).hex(), "challenge": challenge["challenge"], "signature": signature}


def test_t35_no_crowd_of_challenges_or_sessions_puts_out_the_other_party(room):
    """A stranger asks for more challenges than were ever kept, a seat opens a session with each; the others notice nothing."""
    with room.client() as there, room.client() as comes:
        signed_in(room, there, desk_key(room, "russia"))
        waits = comes.get("/challenge").json()
        crowd = in_one_breath(room, [written(room, b"GET", b"/challenge")] * MANY)
        said = [msgspec.json.encode(answer_to(each, desk_key(room, "nato"))) for each in crowd]
        opened = in_one_breath(room, [written(room, b"POST", b"/session", each) for each in said])
        assert {each["party"] for each in opened} == {"nato"}
        assert comes.post("/session", json=answer_to(waits, desk_key(room, "russia"))).status_code == 200
        assert there.get("/session").json() == {"name": "russia-desk", "party": "russia"}


def spoilt(room, client, challenge, key):
    """Answers to a challenge that open nothing."""
    other = client.get("/challenge", headers={"host": host_of(room, "127.0.0.1")}).json()
    good = answer_to(challenge, key)
    yield "another seat's key", {**good, "key": public_of(desk_key(room, "russia")).hex()}
    yield "signed for another log", answer_to(challenge, key, challenge["text"].replace("trial-1", "trial-2"))
    yield (
        "signed for another console",
        answer_to(challenge, key, challenge["text"].replace("localhost", "evil.example")),
    )
    yield "asked for under another name", answer_to(other, key)
    yield "signed as a message", answer_to(challenge, key, payload_type=MESSAGE)
    yield "a number that was not given", {**good, "challenge": f"{2**40:016x}" + good["challenge"][16:]}
    yield "a later time", {**good, "challenge": good["challenge"][:16] + "00" * 7 + "ff" + good["challenge"][32:]}
    yield "a node's key", answer_to(challenge, room.voice("nato", "nato-0").key)
    yield "the centre's key", answer_to(challenge, room.centre.service.shell.keys.centre)


def host_of(room, name):
    """Another of its names, with the port."""
    return f"{name}:{door(room)[0]}"


def test_t11_t65_a_challenge_opens_for_who_signs_this_one_here_and_once(room):
    with room.client() as client:
        challenge = client.get("/challenge").json()
        for why, said in spoilt(room, client, challenge, desk_key(room)):
            assert client.post("/session", json=said).status_code == 403, why
        good = answer_to(challenge, desk_key(room))
        assert client.post("/session", json=good).status_code == 200
        assert client.post("/session", json=good).status_code == 403, "once"
        client.delete("/session")
        assert client.post("/session", json=good).status_code == 403, "nor after the shift"


@pytest.mark.parametrize(
    "cookie",
    [
        "__Host-entente=",
        "__Host-entente=../../x",
        "__Host-entente=" + "A" * 43,
        "__host-entente={}",
        "entente={}",
        '__Host-entente="{}\\000"',
        "__Host-entente={}x",
    ],
)
def test_t65_no_other_cookie_is_a_session(room, cookie):
    with room.client() as client:
        signed_in(room, client, desk_key(room))
        token = client.cookies["__Host-entente"]
        with room.client() as other:
            assert other.get("/session", headers={"cookie": cookie.format(token)}).status_code == 403
            for path in (f"/session?__Host-entente={token}", f"/session?token={token}"):
                assert other.get(path).status_code == 403
            assert other.get("/session", headers={"authorization": f"Bearer {token}"}).status_code == 403
        assert not [line for line in room.lines if token in line], "no token is told to who runs it"
