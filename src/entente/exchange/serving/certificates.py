"""Who may connect? One authority for an exercise, a certificate for everybody in it, and what is read out of one.

A certificate opens the door and no more: who speaks is decided by the key that signed a message. It names its holder as
`NAME@PARTY`, and a peer without such a name is nobody. Only the centre's own is good for who is connected to: a party that
stands between the other's desk and the centre cannot pass for it. Everything is TLS 1.3, and every handshake is a whole one,
with the certificate looked at: what is left of an earlier one opens nothing. Keys of certificates are for P-256, which every
browser speaks, and last for one exercise; a list of revoked ones stands beside them.
"""

import os
import re
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from entente.errors import StoreError

AUTHORITY, REVOKED = "ca", "revoked.pem"
CRL_BEGINS = b"-----BEGIN X509 CRL-----"
SERVES = "centre"  # the party whose holders are connected to
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")  # as in messages
DAYS = 90  # how long a certificate is good, if nobody says otherwise
SOON_S = 30 * 86_400  # before its end a certificate is warned of
SKEW = timedelta(minutes=5)  # by which clocks of an exercise may differ when it begins


@dataclass(frozen=True)
class Peer:
    """Who is at the other end, as its certificate says: name, party, and until when [s since 1970]."""

    name: str
    party: str
    until_s: int


def make_certificates(
    folder: Path, holders: Mapping[str, str], hosts: Sequence[str] = ("localhost", "127.0.0.1"), days: int = DAYS
) -> None:
    """Make an authority in a new folder, and a certificate with its key for every holder.

    Args:
        holders: name -> party.
        hosts: names and addresses under which holders of the party `SERVES` are reached; the others are not.
        days: how long all of them are good.
    Raises:
        StoreError: a name that is none, there are certificates already, or they cannot be written.
    """
    _refuse_odd(holders)
    now = datetime.now(UTC)
    span = now - SKEW, now + timedelta(days=days)
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([_attribute(NameOID.COMMON_NAME, "exercise")])
    authority = (
        _dated(x509.CertificateBuilder(), span)
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{AUTHORITY}.key", _private(key), new=True)
        _write(folder / f"{AUTHORITY}.pem", authority.public_bytes(serialization.Encoding.PEM), new=True)
        _write_revoked(folder, authority, key, [])
        for holder, party in holders.items():
            issue_one(folder, authority, key, holder, party, hosts if party == SERVES else ())
    except FileExistsError as there:
        raise StoreError(f"{there.filename}: is there already, and is never overwritten; pick a new folder") from None
    except OSError as problem:
        raise StoreError(f"{folder}: cannot be written ({problem.strerror}); pick another place") from None


def odd_names(names: Iterable[str]) -> list[str]:
    """Those that could lead out of a folder, or that no message can carry."""
    return [name for name in names if not NAME.fullmatch(name)]


def revoke(folder: Path, name: str) -> None:
    """Put a holder's certificate on the list of those that are no longer good; a centre that runs takes it up.

    Raises:
        StoreError: no such holder, or the authority is not here.
    """
    authority, key = _authority(folder)
    lost = _certificate(folder / f"{name}.pem")
    _write_revoked(folder, authority, key, sorted({*revoked_in(folder), lost.serial_number}))


def revoked_in(folder: Path) -> frozenset[int]:
    """Serial numbers on the lists of revoked certificates in this folder.

    Raises:
        StoreError: it cannot be read.
    """
    try:
        parts = (folder / REVOKED).read_bytes().split(CRL_BEGINS)[1:]  # one for each authority that is trusted
        lists = [x509.load_pem_x509_crl(CRL_BEGINS + part) for part in parts]
        return frozenset(each.serial_number for one in lists for each in one)
    except (OSError, ValueError) as problem:
        raise StoreError(f"{folder / REVOKED}: cannot be read ({problem}); bring that of the authority") from None


def _authority(folder: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """The authority and its key, where they are kept."""
    try:
        key = serialization.load_pem_private_key((folder / f"{AUTHORITY}.key").read_bytes(), None)
    except (OSError, ValueError) as problem:
        raise StoreError(
            f"{folder}: holds no key of the authority ({problem}); give the folder where it was made"
        ) from None
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return _certificate(folder / f"{AUTHORITY}.pem"), key


def _certificate(path: Path) -> x509.Certificate:
    """One certificate of a folder."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as problem:
        known = sorted(
            each.stem for each in path.parent.glob("*.pem") if each.name != REVOKED and each.stem != AUTHORITY
        )
        raise StoreError(
            f"{path}: no certificate ({getattr(problem, 'strerror', None) or problem}); there are: {', '.join(known) or 'none'}"
        ) from None


def server_context(folder: Path, name: str, *, mutual: bool) -> ssl.SSLContext:
    """For a port: TLS 1.3; if mutual, only for peers with a certificate of this authority that is not revoked.

    Raises:
        StoreError: no such certificates.
    """
    context = _loaded(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), folder, name)
    if mutual:
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_verify_locations(folder / REVOKED)
        except OSError as problem:  # ssl.SSLError is one
            raise StoreError(f"{folder / REVOKED}: cannot be read ({problem}); bring that of the authority") from None
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    context.num_tickets = 0
    return context


def client_context(folder: Path, name: str = "") -> ssl.SSLContext:
    """For who connects: it demands the authority's certificate of the other end, and shows its own if it has a name.

    Raises:
        StoreError: no such certificates.
    """
    return _loaded(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), folder, name)


def load(context: ssl.SSLContext, folder: Path, name: str) -> None:
    """Let what connects from now on trust the authority in this folder, and show a holder's certificate if it has a name.

    Raises:
        OSError: they cannot be read (ssl.SSLError is one).
    """
    context.load_verify_locations(folder / f"{AUTHORITY}.pem")
    if name:
        context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")


def peer_in(shown: Mapping[str, Any] | None) -> Peer | None:
    """Who a checked certificate names, in the form `ssl` gives it; None: nobody."""
    for kind, value in (shown or {}).get("subjectAltName", ()):
        name, _, party = value.partition("@")
        if kind == "email" and not odd_names((name, party)) and shown is not None:
            return Peer(name, party, int(ssl.cert_time_to_seconds(shown["notAfter"])))
    return None


def until_s(folder: Path, name: str) -> int:
    """When a certificate ends, seconds since 1970."""
    return int(_certificate(folder / f"{name}.pem").not_valid_after_utc.timestamp())


def _loaded(context: ssl.SSLContext, folder: Path, name: str) -> ssl.SSLContext:
    """A context that trusts this authority alone, with a holder's own certificate."""
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        load(context, folder, name)
    except (OSError, ssl.SSLError) as problem:
        raise StoreError(
            f"{folder}: no certificate of {name or 'the authority'} can be read ({problem.strerror}); "
            "make them with: entente centre certificates"
        ) from None
    return context


def _refuse_odd(holders: Mapping[str, str]) -> None:
    """A name becomes a file's: none leads out of the folder."""
    odd = sorted({*odd_names(name for pair in holders.items() for name in pair)} | {*holders} & {AUTHORITY})
    if odd:
        raise StoreError(
            f"holders: {', '.join(map(repr, odd))}: no name of a holder or a party; lower-case letters, digits, _ and -, "
            f"at most 64, the first a letter or digit, and not {AUTHORITY!r}"
        )


def issue_one(
    folder: Path, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, name: str, party: str, hosts: Sequence[str]
) -> None:  # fmt: skip
    """One holder's certificate and key; for who is connected to if there are hosts."""
    own = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([_attribute(NameOID.ORGANIZATION_NAME, party), _attribute(NameOID.COMMON_NAME, name)])
    known_as = x509.SubjectAlternativeName([x509.RFC822Name(f"{name}@{party}"), *map(_host, hosts)])
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, *[ExtendedKeyUsageOID.SERVER_AUTH] * bool(hosts)])
    span = authority.not_valid_before_utc, authority.not_valid_after_utc
    certificate = (
        _dated(x509.CertificateBuilder(), span)
        .subject_name(subject)
        .issuer_name(authority.subject)
        .public_key(own.public_key())
        .add_extension(known_as, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(uses, critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(folder / f"{name}.key", _private(own), new=True)
    _write(folder / f"{name}.pem", certificate.public_bytes(serialization.Encoding.PEM), new=True)


def _write_revoked(
    folder: Path, authority: x509.Certificate, key: ec.EllipticCurvePrivateKey, serials: Sequence[int]
) -> None:
    """The list of revoked certificates; good as long as the authority is."""
    now = datetime.now(UTC)
    revoked = x509.CertificateRevocationListBuilder().issuer_name(authority.subject).last_update(now - SKEW)
    revoked = revoked.next_update(authority.not_valid_after_utc)
    for serial in serials:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now - SKEW).build()
        revoked = revoked.add_revoked_certificate(entry)
    _write(folder / REVOKED, revoked.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM), new=False)


def _dated(builder: x509.CertificateBuilder, span: tuple[datetime, datetime]) -> x509.CertificateBuilder:
    return builder.serial_number(x509.random_serial_number()).not_valid_before(span[0]).not_valid_after(span[1])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    """What a key of a certificate is for."""
    return x509.KeyUsage(
        digital_signature=not signs_certificates, key_cert_sign=signs_certificates, crl_sign=signs_certificates,
        content_commitment=False, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _attribute(kind: x509.ObjectIdentifier, value: str) -> x509.NameAttribute[str]:
    return x509.NameAttribute(kind, value)


def _host(host: str) -> x509.GeneralName:
    """A host by address or by name."""
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _write(path: Path, content: bytes, *, new: bool) -> None:
    """A file that only its owner can read; one that is there is replaced as a whole, or not at all."""
    place = path if new else path.with_suffix(".partial")
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | (os.O_EXCL if new else os.O_TRUNC), 0o600), "wb") as file:
        file.write(content)
    if not new:
        place.replace(path)
