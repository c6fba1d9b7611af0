"""How does somebody get a certificate later? Out of the authority that made the others, which stays where it was made.

A new broker, a node that lost its key: one more is issued, with a new key, as good as long as the authority. When that ends,
all end with it: another folder of certificates is made, and carried to every site; keys that sign, logs and outboxes stay.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from entente.errors import StoreError
from entente.exchange.serving.certificates import AUTHORITY, REVOKED, issue_one, odd_names


def issue(folder: Path, name: str, party: str, hosts: Sequence[str] | None = None, *, anew: bool = False) -> bool:
    """Give a holder a certificate with a new key, unless it has a good one for these hosts.

    Args:
        folder: of the authority.
        hosts: names and addresses under which it is reached, if it is; None: those of the one it has.
        anew: even though it has one; the old files are kept beside, named `.old`.
    Returns:
        whether one was made.
    Raises:
        StoreError: the authority is not here or is over, a name is none, or nothing can be written.
    """
    odd = odd_names([name, party])
    if odd:
        raise StoreError(
            f"{', '.join(map(repr, odd))}: no name of a holder or a party; lower-case letters, digits, _ and -"
        )
    wanted = hosts_of(folder, name) if hosts is None else tuple(dict.fromkeys(hosts))
    if not anew and _is_good(folder, name, party, wanted):
        return False
    try:
        key = serialization.load_pem_private_key((folder / f"{AUTHORITY}.key").read_bytes(), None)
        authority = x509.load_pem_x509_certificate((folder / f"{AUTHORITY}.pem").read_bytes())
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        for old in (folder / f"{name}.{kind}" for kind in ("key", "pem")):
            if old.exists():
                old.replace(old.with_name(f"{old.name}.old"))
        issue_one(folder, authority, key, name, party, wanted)
    except (OSError, ValueError) as problem:
        raise StoreError(f"{folder}: no certificate for {name!r} can be made ({problem}); give the folder of the "
                         "authority, with its key") from None  # fmt: skip
    return True


def key_digests(folder: Path, names: Iterable[str]) -> list[str]:
    """SHA-256 of the public key in each holder's certificate, as hex; a revoked or missing one has none."""
    try:
        revoked = {each.serial_number for each in x509.load_pem_x509_crl((folder / REVOKED).read_bytes())}
        found = [x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes()) for name in names]
    except (OSError, ValueError) as problem:
        raise StoreError(f"{folder}: {problem}; give the folder of the authority") from None
    return [_digest(each) for each in found if each.serial_number not in revoked]


def _digest(certificate: x509.Certificate) -> str:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return sha256(certificate.public_key().public_bytes(serialization.Encoding.DER, form)).hexdigest()


def _is_good(folder: Path, name: str, party: str, hosts: Iterable[str]) -> bool:
    """Whether it has one that is this party's, names these hosts, lasts, and was not revoked."""
    path = folder / f"{name}.pem"
    if not path.exists() or not key_digests(folder, [name]):
        return False
    held = x509.load_pem_x509_certificate(path.read_bytes())
    mails = _names(held).get_values_for_type(x509.RFC822Name)
    is_one = [f"{name}@{party}"] == mails and set(hosts_of(folder, name)) == set(hosts)
    return is_one and held.not_valid_after_utc > datetime.now(UTC)


def hosts_of(folder: Path, name: str) -> tuple[str, ...]:
    """Under which names and addresses a holder is reached, as its certificate says; none where there is no certificate."""
    path = folder / f"{name}.pem"
    if not path.exists():
        return ()
    names = _names(x509.load_pem_x509_certificate(path.read_bytes()))
    return tuple(str(host) for kind in (x509.DNSName, x509.IPAddress) for host in names.get_values_for_type(kind))


def _names(certificate: x509.Certificate) -> x509.SubjectAlternativeName:
    return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
