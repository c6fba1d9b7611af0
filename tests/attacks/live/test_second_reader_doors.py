"""The second reader at the doors: TLS by hand. Rows T35, T37 and T73; each was tried before it was mended."""

import socket
import ssl
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tests.attacks.live.ground import ADDRESS, Ground
from tests.attacks.live.peers import asked, connected, status_of
from tests.attacks.live.processes import Child, be_centre, free_port

from entente.exchange.serving.certificates import client_context
from entente.exchange.serving.protocol import MOST_OF_PARTY

HEALTH = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
PEM = serialization.Encoding.PEM


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """A centre that runs."""
    laid = Ground.laid_out(tmp_path_factory.mktemp("doors"), free_port(), console_port=free_port())
    centre = Child("centre", be_centre, laid)
    centre.start()
    assert centre.wait_ready()
    yield laid
    with laid.client("nato-radar") as client:
        assert client.get("/health").json()["status"] == "up", "after all of it the centre stands"
    assert centre.stop() == 0


class Forger:
    """Whoever got hold of an authority, or of a holder's own certificate, and signs with it what is asked."""

    def __init__(self, ground, folder, signer="ca") -> None:
        self.folder, self.signer = folder, signer
        folder.mkdir()
        self.key = serialization.load_pem_private_key((ground.certificates / f"{signer}.key").read_bytes(), None)
        self.own = x509.load_pem_x509_certificate((ground.certificates / f"{signer}.pem").read_bytes())
        (folder / "ca.pem").write_bytes((ground.certificates / "ca.pem").read_bytes())

    def context(self, names=("late@nato",), use=None, ends_s=3_600.0, common="late", chain=b""):
        """TLS with a certificate of these addresses, for this use, good for so long."""
        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.own.subject)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(seconds=ends_s))
        known_as = x509.SubjectAlternativeName([x509.RFC822Name._init_without_validation(name) for name in names])
        builder = builder.add_extension(known_as, critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        if use is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        (self.folder / "late.pem").write_bytes(builder.sign(self.key, hashes.SHA256()).public_bytes(PEM) + chain)
        none = serialization.NoEncryption()
        (self.folder / "late.key").write_bytes(key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, none))
        return client_context(self.folder, "late")


@pytest.mark.parametrize(
    "name", ["*@nato", "nato radar@nato", "nato-radar\x00@rus", "НАТО@nato", "a@b@nato", "@nato", "nato-radar@"]
)
def test_t73_a_certificate_of_a_name_that_no_message_can_carry_is_nobody_s(ground, tmp_path, name):
    context = Forger(ground, tmp_path / "odd").context([name])
    assert status_of(asked(ground.port, context, HEALTH)) is None


def test_t73_a_certificate_for_servers_or_signed_by_a_holder_opens_nothing(ground, tmp_path):
    forger = Forger(ground, tmp_path / "use")
    assert status_of(asked(ground.port, forger.context(use=ExtendedKeyUsageOID.CLIENT_AUTH), HEALTH)) == 200
    assert status_of(asked(ground.port, forger.context(use=ExtendedKeyUsageOID.SERVER_AUTH), HEALTH)) is None
    below = Forger(ground, tmp_path / "below", "nato-radar")
    chain = (ground.certificates / "nato-radar.pem").read_bytes()
    assert status_of(asked(ground.port, below.context(chain=chain), HEALTH)) is None
    assert status_of(asked(ground.port, below.context(chain=chain * 40), HEALTH)) is None


@pytest.mark.parametrize("name", ["nato-radar", "witness-rus"])
def test_t73_nobody_but_the_centre_can_pass_for_it(ground, name):
    """A node between a desk and the centre, with its own good certificate: no browser, and no other node, believes it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ground.certificates / f"{name}.pem", ground.certificates / f"{name}.key")
    ends = [ssl.MemoryBIO() for _ in range(2)]
    client = ground.context("rus-radar").wrap_bio(*ends, server_hostname=ADDRESS)
    server = context.wrap_bio(ends[1], ends[0], server_side=True)
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(client, server)


def shaken(*ends):
    """Two ends in one process: each says what it can until both are content."""
    for end in ends * 4:
        with suppress(ssl.SSLWantReadError):
            end.do_handshake()


def resumed(ground, context, session):
    """Ask once with what is left of an earlier handshake: whether it was taken up again, the answer, and what is left now."""
    plain = socket.create_connection((ADDRESS, ground.port), 5.0)
    with plain, context.wrap_socket(plain, server_hostname=ADDRESS, session=session) as held:
        held.sendall(HEALTH)
        got = b"".join(iter(lambda: held.recv(65_536), b""))
        return held.session_reused, status_of(got), held.session


def test_t73_what_is_left_of_a_handshake_does_not_outlive_the_certificate(ground, tmp_path):
    context = Forger(ground, tmp_path / "short").context(ends_s=2.0)
    _, status, session = resumed(ground, context, None)
    assert status == 200
    time.sleep(2.1)
    with suppress(OSError):
        reused, status, _ = resumed(ground, context, session)
        assert (reused, status) == (False, None)


def crowd(port, context=None, per_address=64, addresses=range(10, 18)):
    """As many connections as one address may have, from each of several: strangers', or with this certificate."""
    held = []
    for last in addresses:
        for _ in range(per_address):
            with suppress(OSError):
                held.append(connected(port, context, f"127.0.0.{last}"))
    return held


@pytest.mark.parametrize("nodes", [True, False])
def test_t35_a_crowd_that_fills_all_places_keeps_nobody_out(ground, nodes):
    """Eight addresses at their limit are as many as there are places at all: whoever comes next comes in all the same."""
    port, own = (ground.port, ground.context("rus-radar")) if nodes else (ground.console_port, ground.context())
    host = b"localhost" if nodes else f"localhost:{port}".encode()
    held = crowd(port, None if nodes else own)
    assert len(held) >= 400
    start = time.monotonic()
    assert status_of(asked(port, own, HEALTH.replace(b"localhost", host))) == 200
    assert time.monotonic() - start < 2.0
    left_open(held)


def test_t35_a_party_takes_no_more_than_its_share_of_the_places(ground):
    """A node of one party comes from many addresses with its good certificate; the share is counted, the other comes in."""
    held = crowd(ground.port, ground.context("nato-radar"), MOST_OF_PARTY // 3 + 2, range(20, 23))
    assert status_of(asked(ground.port, ground.context("rus-radar"), HEALTH)) == 200
    assert left_open(held) <= MOST_OF_PARTY


def left_open(held):
    """How many of these the other end has not cut; all are closed."""
    left = 0
    for each in held:
        each.settimeout(0.001)
        with each, suppress(ConnectionError, ssl.SSLError):
            try:
                left += each.recv(1) != b""
            except TimeoutError:
                left += 1
    return left
