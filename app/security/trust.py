"""Whether a certificate may sign somebody in: chain, time, usage, key size, revocation by CRL and, where configured, by
OCSP.

nginx has asked the same in the handshake; this asks again, because a proxy may be configured wrongly. RFC 5280; the
ways a national CA's certificates differ from the web's are allowed for (no subject alternative name, no authority key
identifier). What the library cannot process is refused: policy mappings and constraints, delta CRLs, indirect or
partitioned CRLs.
"""

import itertools
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from os import urandom
from pathlib import Path
from urllib.error import URLError

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.verification import Criticality, ExtensionPolicy, PolicyBuilder, Store, VerificationError

# bits
SMALLEST_RSA = 2048
SMALLEST_CURVE = 256
WEAK_HASHES = ("md5", "sha1")
DEPTH = 5  # issuing CAs between the root and the holder
# policyMappings, policyConstraints, inhibitAnyPolicy; delta CRL indicator, issuing distribution point, freshest CRL.
UNPROCESSED = frozenset(x509.ObjectIdentifier(f"2.5.29.{arc}") for arc in (33, 36, 54))
DELTA, PARTIAL, FRESHEST = (x509.ObjectIdentifier(f"2.5.29.{arc}") for arc in (27, 28, 46))


class NotTrusted(ValueError):
    """The certificate does not sign anybody in; `why` is one of the codes of `REASONS`."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(f"{why}: {detail}" if detail else why)
        self.why = why
        self.detail = detail


REASONS = (
    "none",
    "unreadable",
    "expired",
    "not_yet_valid",
    "revoked",
    "foreign",
    "usage",
    "weak_key",
    "crl_expired",
    "crl_missing",
    "ocsp",
    "unbound",
    "locked",
    "policy",
)


@dataclass
class Trust:
    """The authorities one believes: roots, issuing CAs, and the newest CRL of each issuer."""

    roots: Sequence[x509.Certificate]
    issuing: Sequence[x509.Certificate]
    crls: Sequence[x509.CertificateRevocationList]
    ocsp_url: str | None = None
    by_issuer: dict[bytes, list[x509.CertificateRevocationList]] = field(init=False)
    _signed: dict[tuple[int, bytes], bool] = field(init=False)

    def __post_init__(self) -> None:
        self.by_issuer = {}
        self._signed = {}
        for crl in self.crls:
            if _is_plain(crl):
                self.by_issuer.setdefault(crl.issuer.public_bytes(), []).append(crl)

    def signed_by(self, crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
        """True when that authority signed the CRL; looked at once, since a long CRL takes a tenth of a second."""
        key = (id(crl), issuer.fingerprint(hashes.SHA256()))
        if key not in self._signed:
            self._signed[key] = _may_sign_crls(issuer) and _is_signed(crl, issuer)
        return self._signed[key]

    def crl_ends(self) -> list[tuple[str, datetime | None]]:
        """For each authority: its name and when its newest CRL runs out; None where it has none."""
        found = []
        for authority in [*self.roots, *self.issuing]:
            ends = [
                crl.next_update_utc
                for crl in self.by_issuer.get(authority.subject.public_bytes(), ())
                if crl.next_update_utc
            ]
            found.append((authority.subject.rfc4514_string(), max(ends) if ends else None))
        return found


def check(certificate: x509.Certificate, trust: Trust, moment: datetime, ask_ocsp: bool = True) -> None:
    """Nothing, when the certificate may sign its holder in at that moment. Raises NotTrusted."""
    if moment < certificate.not_valid_before_utc:
        raise NotTrusted("not_yet_valid")
    if moment > certificate.not_valid_after_utc:
        raise NotTrusted("expired")
    _check_key(certificate)
    chain = _chain(certificate, trust, moment)
    _check_usage(certificate)
    for below, above in itertools.pairwise(chain):
        _check_revocation(below, above, trust, moment)
    if ask_ocsp and trust.ocsp_url:
        _check_ocsp(certificate, chain[1], trust.ocsp_url, moment)


def _check_key(certificate: x509.Certificate) -> None:
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        raise NotTrusted("weak_key", "unknown algorithm") from None
    small = (
        (isinstance(key, rsa.RSAPublicKey) and key.key_size < SMALLEST_RSA)
        or (isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < SMALLEST_CURVE)
        or not isinstance(
            key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey
        )
    )
    algorithm = certificate.signature_hash_algorithm
    if small or (algorithm is not None and algorithm.name in WEAK_HASHES):
        raise NotTrusted("weak_key")


def _is_authority(_policy: object, _certificate: x509.Certificate, constraints: x509.BasicConstraints) -> None:
    if not constraints.ca:
        raise ValueError("not an authority")


def _may_sign(_policy: object, _certificate: x509.Certificate, usage: x509.KeyUsage | None) -> None:
    if usage is not None and not usage.key_cert_sign:
        raise ValueError("may not sign certificates")


_AUTHORITY = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _is_authority)
    .may_be_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_sign)
)
_HOLDER = ExtensionPolicy.permit_all()


def _chain(certificate: x509.Certificate, trust: Trust, moment: datetime) -> list[x509.Certificate]:
    builder = PolicyBuilder().store(Store(list(trust.roots))).time(moment).max_chain_depth(DEPTH)
    builder = builder.extension_policies(ca_policy=_AUTHORITY, ee_policy=_HOLDER)
    try:
        chain = list(builder.build_client_verifier().verify(certificate, list(trust.issuing)).chain)
    except (VerificationError, ValueError, UnsupportedAlgorithm) as trouble:
        raise NotTrusted("foreign", str(trouble)[:200]) from None
    for member in chain:
        if any(extension.oid in UNPROCESSED or extension.oid == FRESHEST for extension in member.extensions):
            raise NotTrusted("foreign", "policy mappings and constraints, delta CRLs are not processed")
    return chain


def _check_usage(certificate: x509.Certificate) -> None:
    """For signing in the key must be meant for signatures, and the certificate, where it says what it is for, for
    clients.
    """
    found = {type(extension.value): extension.value for extension in certificate.extensions}
    usage = found.get(x509.KeyUsage)
    purposes = found.get(x509.ExtendedKeyUsage)
    constraints = found.get(x509.BasicConstraints)
    if isinstance(usage, x509.KeyUsage) and not usage.digital_signature:
        raise NotTrusted("usage")
    if isinstance(purposes, x509.ExtendedKeyUsage) and Usage.CLIENT_AUTH not in purposes:
        raise NotTrusted("usage")
    if isinstance(constraints, x509.BasicConstraints) and constraints.ca:
        raise NotTrusted("usage", "an authority is nobody")


def _check_revocation(certificate: x509.Certificate, issuer: x509.Certificate, trust: Trust, moment: datetime) -> None:
    usable = []
    why = "crl_missing"
    for crl in trust.by_issuer.get(issuer.subject.public_bytes(), ()):
        if not trust.signed_by(crl, issuer) and not _signed_with_another_key(crl, issuer, trust, moment):
            continue
        if crl.last_update_utc > moment or crl.next_update_utc is None or crl.next_update_utc < moment:
            why = "crl_expired"
            continue
        usable.append(crl)
    if not usable:
        raise NotTrusted(why, issuer.subject.rfc4514_string())
    for crl in usable:
        if crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            raise NotTrusted("revoked")


def _signed_with_another_key(
    crl: x509.CertificateRevocationList, issuer: x509.Certificate, trust: Trust, moment: datetime
) -> bool:
    """True when the authority keeps a key of its own for CRLs, certified by the authority above it and not revoked
    there (RFC 5280, 6.3.3 (f)).
    """
    for other in trust.issuing:
        if (
            other.subject != issuer.subject
            or other == issuer
            or other.issuer == other.subject
            or not trust.signed_by(crl, other)
        ):
            continue
        try:
            chain = _chain(other, trust, moment)
            for below, above in itertools.pairwise(chain):
                _check_revocation(below, above, trust, moment)
        except NotTrusted:
            continue
        return True
    return False


def _may_sign_crls(issuer: x509.Certificate) -> bool:
    usage = next(
        (extension.value for extension in issuer.extensions if isinstance(extension.value, x509.KeyUsage)), None
    )
    return usage is None or usage.crl_sign


def _is_signed(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool:
    try:
        return crl.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _is_plain(crl: x509.CertificateRevocationList) -> bool:
    """A whole CRL of its issuer with nothing critical in it that is not understood here (RFC 5280, 5.2 and 5.3)."""
    try:
        if any(extension.critical or extension.oid in (DELTA, PARTIAL, FRESHEST) for extension in crl.extensions):
            return False
        return not any(extension.critical for entry in crl for extension in entry.extensions)
    except ValueError:
        return False


def _check_ocsp(certificate: x509.Certificate, issuer: x509.Certificate, url: str, moment: datetime) -> None:
    nonce = urandom(16)
    asked = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(certificate, issuer, hashes.SHA256())
        .add_extension(x509.OCSPNonce(nonce), False)
        .build()
    )
    # checked in config.py
    http = urllib.request.Request(url, asked.public_bytes(Encoding.DER), {"Content-Type": "application/ocsp-request"})  # noqa: S310
    try:
        with urllib.request.urlopen(http, timeout=5) as answer:  # noqa: S310
            response = ocsp.load_der_ocsp_response(answer.read(65_536))
        if (
            response.response_status != ocsp.OCSPResponseStatus.SUCCESSFUL
            or response.serial_number != certificate.serial_number
        ):
            raise NotTrusted("ocsp", "no answer for this certificate")
        _check_responder(response, issuer, moment)
        if response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce != nonce:
            raise NotTrusted("ocsp", "an old answer")
    except (URLError, OSError, ValueError, InvalidSignature, UnsupportedAlgorithm, x509.ExtensionNotFound) as trouble:
        if isinstance(trouble, NotTrusted):
            raise
        raise NotTrusted("ocsp", type(trouble).__name__) from None
    if response.next_update_utc is not None and response.next_update_utc < moment - timedelta(minutes=5):
        raise NotTrusted("ocsp", "out of date")
    if response.certificate_status == ocsp.OCSPCertStatus.REVOKED:
        raise NotTrusted("revoked")
    if response.certificate_status != ocsp.OCSPCertStatus.GOOD:
        raise NotTrusted("ocsp", "unknown certificate")


def _check_responder(response: ocsp.OCSPResponse, issuer: x509.Certificate, moment: datetime) -> None:
    """The answer is signed by the issuer, or by a certificate the issuer itself made for signing such answers (RFC
    6960, 4.2.2.2).
    """
    signer = issuer
    for candidate in response.certificates:
        purposes = next(
            (
                extension.value
                for extension in candidate.extensions
                if isinstance(extension.value, x509.ExtendedKeyUsage)
            ),
            (),
        )
        if Usage.OCSP_SIGNING in purposes and candidate.not_valid_before_utc <= moment <= candidate.not_valid_after_utc:
            candidate.verify_directly_issued_by(issuer)
            signer = candidate
    key = signer.public_key()
    algorithm = response.signature_hash_algorithm
    if isinstance(key, rsa.RSAPublicKey) and algorithm is not None:
        key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), algorithm)
    elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm is not None:
        key.verify(response.signature, response.tbs_response_bytes, ec.ECDSA(algorithm))
    else:
        raise NotTrusted("ocsp", "the answer's signature is of an unknown kind")


def read_trust(ca_file: Path, crl_file: Path | None, ocsp_url: str | None) -> Trust:
    """The trust those files hold: self-signed certificates are roots, the others issue. Raises ValueError, OSError."""
    certificates = x509.load_pem_x509_certificates(ca_file.read_bytes())
    roots = [found for found in certificates if found.subject == found.issuer]
    crls = []
    if crl_file is not None and crl_file.exists():
        mark = b"-----END X509 CRL-----"
        crls = [x509.load_pem_x509_crl(part + mark) for part in crl_file.read_bytes().split(mark) if part.strip()]
    return Trust(roots, [found for found in certificates if found not in roots], crls, ocsp_url)


class TrustFiles:
    """The authorities' files, read again when they change: a new CRL counts from the next request."""

    def __init__(self, ca_file: Path, crl_file: Path | None, ocsp_url: str | None) -> None:
        self.ca_file = ca_file
        self.crl_file = crl_file
        self.ocsp_url = ocsp_url
        self._stamp: tuple[int | None, ...] = ()
        self._trust: Trust | None = None

    def current(self) -> Trust:
        """The trust of the files as they are now. Raises NotTrusted where they cannot be read: then nobody gets in."""
        try:
            stamp = tuple(
                path.stat().st_mtime_ns if path is not None and path.exists() else None
                for path in (self.ca_file, self.crl_file)
            )
            if self._trust is None or stamp != self._stamp:
                self._trust = read_trust(self.ca_file, self.crl_file, self.ocsp_url)
                self._stamp = stamp
        except (OSError, ValueError) as trouble:
            self._trust = None
            raise NotTrusted("crl_missing", f"{self.ca_file.name}: {type(trouble).__name__}") from None
        return self._trust
