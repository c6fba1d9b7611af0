"""Whatever bytes come, every reader of the exchange takes them or refuses them in its own words, and is quick about it.

Valid texts are broken in seeded ways: bits, cuts, doubled parts, parts of other texts, numbers and words that parsers trip
over; and some are noise from the start. A failure names the seed, the number of the input and the input itself.
`FUZZ_SEED=n` begins elsewhere. 200,000 inputs each time, 10 million by night.
"""

import json
import os
import random
import re
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import get_args

import pytest
from tests.attacks.specimens import ANNOUNCED, SPECIMENS, written

from entente.errors import Malformed, PolicyRefused, Undecodable
from entente.exchange import signing
from entente.exchange.messages import Ellipse
from entente.exchange.proving import notes, receipts
from entente.exchange.releasing import policies
from entente.exchange.saying.decoding import decode, encode
from entente.exchange.saying.gates import coverage, refusal
from entente.exchange.saying.identifiers import identifier
from entente.exchange.saying.physical import Fault

SEED = int(os.environ.get("FUZZ_SEED", "1"))
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
SLOWEST_S = 0.5  # of the processor's time, for one input
COVERS = (
    Ellipse(
        lat_deg=45.0, lon_deg=45.0, semi_major_km=2_000.0, semi_minor_km=500.0, bearing_deg=20.0, containment_percent=90,
        precision_km=1.0,
    ),
)  # fmt: skip
LAUNCHES = {
    "name": "launches", "kinds": ["launch-detected"], "delay_s": 60, "slot_s": 30, "fields": ["impact_area", "impact"],
    "whose": ["third party"], "min_range_km": 500.0, "classes": "as known", "area_floor_km": 5.0, "azimuth_floor_deg": 5.0,
}  # fmt: skip
WORDS = {
    "name": "words",
    "kinds": ["query", "answer", "state-of-health"],
    "delay_s": 0,
    "slot_s": 1,
    "fields": ["nature"],
}
POLICY = {"party": "us_nato", "number": 3, "permits": [LAUNCHES, WORDS]}
NASTY = [
    b"NaN", b"-Infinity", b"1e999", b"-0", b"0", b"1e-400", b"9" * 400, b"1.7976931348623157e308", b"null", b"true", b'"',
    b"\\", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\n\n", b"\0", b"\xff", b"\xef\xbb\xbf", "１２".encode(), b"\\ud800",
    b"\\u0000", b"\xe2\x80\xae", b"=", b"+", b"-", b" ", "\u2014 ".encode(), b"9007199254740993", b"90", b"-90.0000001", b"180",
    b"2026-02-30T00:00:00.000Z", b'"kind":"query",', b'"about":1,', b"[" * 2_000, b'{"a":' * 500, b"A" * 5_000, b"==",
]  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """What reads, what it may raise, and texts that it takes."""

    read: Callable[[bytes], object]
    raises: tuple[type[Exception], ...]
    valid: tuple[bytes, ...]


def judge(body):
    """Decode and judge; what passes is one thing only: written again, it reads the same."""
    said = decode(body)
    fault = refusal(said)
    assert fault is None or fault in get_args(Fault)
    assert coverage(said, COVERS) in {None, "outside-coverage"}
    assert decode(encode(said)) == said


def as_text(read):
    """A reader of text, given bytes as a file would be read."""
    return lambda raw: read(raw.decode("utf-8", "replace"))


@cache
def readers():
    """Every reader of what others write, by name."""
    key = signing.new_key()
    bodies = tuple(encode(said) for said in SPECIMENS.values()) + tuple(written(kind) for kind in SPECIMENS)
    log, witness = (notes.Signer("log.example/exercise-1", signing.public_of(key), kind) for kind in (1, 4))
    head = notes.TreeHead(log.name, 40, bytes(range(32)))
    signed = notes.sign_head(head, key)
    both = signed + notes.cosign(notes.head_text(head), witness.name, key, 1_795_885_200)
    receipt = receipts.write_receipt(receipts.Receipt(1_795_885_200_000_000_000, 7, (bytes(32), b"x" * 32), both))
    malformed = (Malformed,)
    return {
        "body": Reader(judge, (Undecodable,), bodies),
        "envelope": Reader(signing.unseal, malformed, tuple(signing.seal(key, body) for body in bodies)),
        "note": Reader(as_text(notes.head_of), malformed, (signed.encode(), both.encode())),
        "signer": Reader(
            as_text(notes.read_signer), malformed, tuple(notes.write_signer(one).encode() for one in (log, witness))
        ),
        "receipt": Reader(as_text(receipts.read_receipt), malformed, (receipt.encode(),)),
        "policy": Reader(
            policies.read, (PolicyRefused,), (json.dumps(POLICY).encode(), json.dumps(POLICY, indent=1).encode())
        ),
        "identifier": Reader(as_text(identifier), malformed, (ANNOUNCED.encode(),)),
    }


def flip(rng, text, others):
    spoilt = bytearray(text)
    spoilt[int(rng.random() * len(text))] ^= 1 << int(rng.random() * 8)
    return bytes(spoilt)


def span(rng, text):
    start = int(rng.random() * len(text))
    return start, min(len(text), start + 1 + int(rng.expovariate(0.1)))


def cut(rng, text, others):
    start, end = span(rng, text)
    return text[:start] + text[end:]


def double(rng, text, others):
    start, end = span(rng, text)
    return text[:end] + text[start:end] + text[end:]


def end_early(rng, text, others):
    return text[: int(rng.random() * len(text))]


def put_in(rng, text, others):
    start = int(rng.random() * len(text))
    return text[:start] + rng.choice(NASTY) + text[start:]


def put_over(rng, text, others):
    start, end = span(rng, text)
    return text[:start] + rng.choice(NASTY) + text[end:]


def put_for_a_number(rng, text, others):
    found = NUMBER.search(text, int(rng.random() * len(text)))
    number = rng.choice((rng.choice(NASTY), b"%d" % rng.randrange(-10, 70_000), repr(rng.gauss(0, 1_000)).encode()))
    return text[: found.start()] + number + text[found.end() :] if found else text


def join(rng, text, others):
    other = rng.choice(others)
    return text[: int(rng.random() * len(text))] + other[int(rng.random() * len(other)) :]


WAYS = (flip, cut, double, end_early, put_in, put_over, put_for_a_number, put_for_a_number, join)


def broken(rng, valid):
    """A valid text spoilt once or a few times; one in fifty is noise."""
    if rng.random() < 0.02:
        return rng.randbytes(int(rng.expovariate(0.01)))
    text = rng.choice(valid)
    for _ in range(1 + int(rng.expovariate(1.0))):
        text = rng.choice(WAYS)(rng, text, valid) if text else text
    return text


def fuzz(name, count, seed):
    """How many of `count` inputs were taken, and how many refused."""
    reader, rng, met = readers()[name], random.Random(seed), Counter()
    for n in range(count):
        text = broken(rng, reader.valid)
        start = time.thread_time()
        try:
            reader.read(text)
            met["taken"] += 1
        except reader.raises:
            met["refused"] += 1
        except Exception as problem:
            raise AssertionError(f"{name}, seed {seed}, input {n}: {b64encode(text).decode()}") from problem
        assert time.thread_time() - start < SLOWEST_S, f"{name}, seed {seed}, input {n}: slow"
    return met


SHARES = {"body": 110, "envelope": 10, "note": 20, "signer": 10, "receipt": 20, "policy": 20, "identifier": 10}
assert sum(SHARES.values()) == 200


@pytest.mark.parametrize("name", SHARES)
def test_readers_refuse_in_their_own_words(name):
    """200,000 inputs in all; and both happen, or the inputs would prove nothing."""
    met = fuzz(name, SHARES[name] * 1_000, SEED)
    assert met["refused"] > 0.01 * met.total()
    assert met["taken"] > 0.001 * met.total()


@pytest.mark.slow
@pytest.mark.timeout(3_000)
@pytest.mark.parametrize("name", SHARES)
def test_readers_refuse_in_their_own_words_ten_million_times(name):
    assert fuzz(name, SHARES[name] * 50_000, SEED + 1).total() == SHARES[name] * 50_000
