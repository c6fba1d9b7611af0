"""Rows T35, T37 to T39, T73 and T74 on a real centre: who comes in, how long one may stand in the door, and with what."""

import json
import socket
import ssl
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.attacks.live.ground import ADDRESS, Ground, bare_context, introduced, posted
from tests.attacks.live.peers import HEADERS, KINDS, asked, connected, half_open, status_of
from tests.attacks.live.processes import Child, be_centre, free_port

from entente.exchange.serving.certificates import client_context, make_certificates, revoke
from entente.exchange.serving.protocol import MOST_OPEN, MOST_TURNED, TURNED_S

CLOSED_S = 10.0  # the longest that a half-open connection may stay
HEALTH = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A centre that runs; a spy's certificate is revoked."""
    laid = Ground.laid_out(tmp_path_factory.mktemp("doors"), free_port(), console_port=free_port(), spy="nato")
    revoke(laid.certificates, "spy")
    centre = Child("centre", be_centre, laid)
    centre.start()
    assert centre.wait_ready()
    with laid.client("nato-radar") as client:
        for raw in introduced(time.time_ns()):
            posted(client, raw)
    yield laid
    with laid.client("nato-radar") as client:
        assert client.get("/health").json()["status"] == "up", "after all of it the centre stands"
    assert centre.stop() == 0


def test_t37_half_open_connections_are_closed_in_ten_seconds(ground):
    """Both doors, every way to stop half-way, at once."""
    doors = [(ground.port, ground.context("nato-radar")), (ground.console_port, ground.context())]
    cases = [(*door, kind) for door in doors for kind in KINDS]
    with ThreadPoolExecutor(len(cases)) as pool:
        taken = list(pool.map(lambda case: half_open(*case), cases))
    late = {(port == ground.port, kind): s for (port, _, kind), s in zip(cases, taken, strict=True) if s > CLOSED_S}
    assert not late, late
    assert min(taken[: len(KINDS)]) > 5.0, "who is only slow is not thrown out at once"


@pytest.mark.parametrize(
    ("head", "body", "status"),
    [
        (b"content-length: 67108864\r\n", bytes(1_000), 413),
        (b"transfer-encoding: chunked\r\n", b"10000\r\n" + bytes(65_536) + b"\r\n10000\r\n" + bytes(65_536), 413),
        (b"content-length: 65537\r\n", bytes(65_537), 413),
        (b"x: " + b"y" * 70_000 + b"\r\n", b"", 400),
        (b"content-length: -1\r\n", b"", 400),
        (b"content-length: 5\r\ncontent-length: 6\r\n", b"12345", 400),
        (b"content-length: 5\r\ntransfer-encoding: chunked\r\n", b"0\r\n\r\n", 400),
        (b"content-length: 5\r\n", b"12345", 400),
    ],
)
def test_t38_too_large_or_ambiguous_is_cut_at_the_door(ground, head, body, status):
    answer = asked(ground.port, ground.context("nato-radar"), HEADERS + head + b"\r\n" + body)
    assert status_of(answer) in (status, None), answer[:200]


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd", b"identity, gzip"])
def test_t39_nothing_is_unpacked(ground, coding):
    bomb = zlib.compress(bytes(50_000_000), 9)
    head = HEADERS + b"content-encoding: " + coding + b"\r\ncontent-length: %d\r\n\r\n" % len(bomb)
    assert status_of(asked(ground.port, ground.context("nato-radar"), head + bomb)) == 415


def issued(ground, folder, name="late", party="nato", *, begins_s=-300, ends_s=3_600, named=True, authority=None):
    """A context with a certificate that `ground`'s authority, or another, signed, as it is told to."""
    at = authority or ground.certificates
    key = serialization.load_pem_private_key((at / "ca.key").read_bytes(), None)
    issuer = x509.load_pem_x509_certificate((at / "ca.pem").read_bytes())
    own, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer.subject)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(seconds=begins_s))
        .not_valid_after(now + timedelta(seconds=ends_s))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key()), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if named:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.RFC822Name(f"{name}@{party}")]), critical=False
        )
    folder.mkdir(exist_ok=True)
    pem = serialization.Encoding.PEM
    (folder / f"{name}.pem").write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(pem))
    (folder / f"{name}.key").write_bytes(
        own.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    (folder / "ca.pem").write_bytes((ground.certificates / "ca.pem").read_bytes())
    return client_context(folder, name)


def test_t73_a_good_certificate_opens_and_no_other_does(ground, tmp_path):
    assert status_of(asked(ground.port, issued(ground, tmp_path / "good"), HEALTH)) == 200
    other = tmp_path / "rogue"
    make_certificates(other, {"nato-radar": "nato"})
    refused = {
        "none": ground.context(),
        "revoked": ground.context("spy"),
        "expired": issued(ground, tmp_path / "a", begins_s=-7_200, ends_s=-1),
        "not yet good": issued(ground, tmp_path / "b", begins_s=3_600, ends_s=7_200),
        "names nobody": issued(ground, tmp_path / "c", named=False),
        "another authority of the same name": issued(ground, tmp_path / "d", authority=other),
    }
    for why, context in refused.items():
        assert status_of(asked(ground.port, context, HEALTH)) is None, why
    with pytest.raises(ssl.SSLCertVerificationError):
        connected(ground.port, client_context(other, "nato-radar"))  # nor is the centre believed by who has another


def test_t73_a_certificate_that_ends_soon_is_warned_of(tmp_path):
    laid = Ground.laid_out(tmp_path, free_port())
    for file in laid.certificates.iterdir():
        file.unlink()
    make_certificates(laid.certificates, {"centre": "centre"}, days=20)
    centre = Child("centre", be_centre, laid)
    centre.start()
    assert centre.wait_ready()
    centre.stop()
    told = [json.loads(line) for line in (tmp_path / "centre.jsonl").read_text().splitlines()]
    (warned,) = [each for each in told if each["event"] == "certificate-ends"]
    assert (warned["name"], round(warned["days"])) == ("centre", 20)


def test_t74_nothing_older_than_tls_1_3(ground):
    for port, name in ((ground.port, "nato-radar"), (ground.console_port, "")):
        context = ground.context(name)
        with connected(port, context) as held:
            assert held.version() == "TLSv1.3"
            assert held.cipher()[0] in {
                "TLS_AES_256_GCM_SHA384",
                "TLS_CHACHA20_POLY1305_SHA256",
                "TLS_AES_128_GCM_SHA256",
            }
        old = bare_context()
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(ssl.SSLError):
            connected(port, old)
        assert status_of(asked(port, None, HEALTH)) is None, "without TLS"


def test_an_answer_goes_out_as_one_record(ground):
    """Head and body together, so that who asked wakes up once."""
    with connected(ground.port, ground.context("nato-radar")) as held:
        held.settimeout(5.0)
        for _ in range(3):
            held.sendall(HEALTH.replace(b"connection: close\r\n", b""))
            head, _, body = held.recv(65_536).partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert json.loads(body)["status"] == "up"


def test_who_hangs_up_in_the_middle_leaves_no_warning(ground):
    """A body that is cut short is nobody's error, and no line in the log of events."""

    def faults():
        told = [json.loads(line) for line in (ground.folder / "centre.jsonl").read_text().splitlines()]
        return [each["fault"] for each in told if "fault" in each]

    before = faults()
    for head in (b"content-length: 1000\r\n\r\nabc", b"transfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n"):
        with connected(ground.port, ground.context("nato-radar")) as held:
            held.sendall(HEADERS + head)
            time.sleep(0.2)
    time.sleep(0.3)
    assert faults() == before


def test_t35_connections_of_one_address_are_bounded_and_cost_others_nothing(ground):
    """Three hundred from one address: most are turned away at once, and another address comes in."""
    held = []
    try:
        for _ in range(300):
            held.append(socket.create_connection((ADDRESS, ground.port), 5.0, source_address=("127.0.0.2", 0)))
        start = time.monotonic()
        assert status_of(asked(ground.port, ground.context("nato-radar"), HEALTH)) == 200
        assert time.monotonic() - start < 2.0
        left = 0
        for each in held:
            each.settimeout(0.01)
            try:
                left += each.recv(1) != b""
            except TimeoutError:
                left += 1
            except OSError:
                pass
        assert left <= 64
    finally:
        for each in held:
            each.close()


def test_t35_who_is_turned_away_waits_for_it_and_few_do(ground):
    """Closed at once he would be back at once; held without bound he would use up the files."""

    def knock():
        return socket.create_connection((ADDRESS, ground.port), 5.0, source_address=("127.0.0.3", 0))

    def closed_after_s(each, since):
        each.settimeout(3.0)
        with suppress(ConnectionError):
            assert each.recv(1) == b""
        each.close()
        return time.monotonic() - since

    inside = [knock() for _ in range(MOST_OPEN)]
    try:
        time.sleep(0.3)
        start = time.monotonic()
        waits = [knock() for _ in range(MOST_TURNED + 8)]
        with ThreadPoolExecutor(len(waits)) as pool:
            taken = sorted(pool.map(lambda each: closed_after_s(each, start), waits))
        assert taken[8] >= TURNED_S > taken[0]
    finally:
        for each in inside:
            each.close()
