"""A government-like authority for tests: a root, an issuing CA, a stranger; holders' certificates good and bad, and
lists of the revoked. No real name.
"""

import datetime as dt
import ipaddress
import urllib.parse
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from cryptography.x509.oid import NameOID

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY = dt.timedelta(days=1)


def name(common, uid="CCCD:001085000001"):
    parts = [
        (NameOID.COUNTRY_NAME, "VN"),
        (NameOID.ORGANIZATION_NAME, "Cơ quan thử nghiệm"),
        (NameOID.COMMON_NAME, common),
        (NameOID.USER_ID, uid),
    ]
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def usage(**on):
    off = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**(dict.fromkeys(off, False) | on))


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@dataclass
class Authority:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, common, above=None):
        key = rsa.generate_private_key(65537, 2048)
        subject = name(common)
        signer = above or None
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(signer.certificate.subject if signer else subject)
            .public_key(key.public_key())
        )
        builder = (
            builder.serial_number(x509.random_serial_number())
            .not_valid_before(NOW - 30 * DAY)
            .not_valid_after(NOW + 3650 * DAY)
        )
        builder = builder.add_extension(x509.BasicConstraints(True, None), True).add_extension(
            usage(key_cert_sign=True, crl_sign=True), True
        )
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        if signer:
            builder = builder.add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), False
            )
        return cls(key, builder.sign(signer.key if signer else key, hashes.SHA256()))

    def issue(self, subject, start=-1, days=730, purposes=(Usage.CLIENT_AUTH,), key_usage=None, bits=2048, san=None):
        """A certificate and its key."""
        key = rsa.generate_private_key(65537, bits)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.certificate.subject)
            .public_key(key.public_key())
        )
        builder = (
            builder.serial_number(x509.random_serial_number())
            .not_valid_before(NOW + start * DAY)
            .not_valid_after(NOW + (start + days) * DAY)
        )
        builder = builder.add_extension(x509.BasicConstraints(False, None), False)
        builder = builder.add_extension(key_usage or usage(digital_signature=True, content_commitment=True), True)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False
        )
        if purposes:
            builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), False)
        if san:
            builder = builder.add_extension(x509.SubjectAlternativeName(san), False)
        return builder.sign(self.key, hashes.SHA256()), key

    def crl(self, revoked=(), last=NOW - dt.timedelta(hours=1), days=7):
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(last)
            .next_update(last + days * DAY)
        )
        for certificate in revoked:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(certificate.serial_number)
                .revocation_date(NOW - DAY)
                .build()
            )
        return pem(builder.sign(self.key, hashes.SHA256()))


class World:
    """The authorities' files in a folder, and holders: good, other, and one for each way of being refused."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.root = Authority.make("CA gốc thử nghiệm")
        self.issuing = Authority.make("CA cấp phát thử nghiệm", self.root)
        self.stranger = Authority.make("CA lạ")
        issue = self.issuing.issue
        subject = name("Người Mẫu An")
        self.holders = {
            "good": issue(subject),
            "other": issue(name("Người Mẫu Bình", "CCCD:001085000002")),
            "expired": issue(name("Người Hết Hạn"), start=-800),
            "not_yet_valid": issue(name("Người Chưa Đến Ngày"), start=5),
            "revoked": issue(name("Người Thu Hồi")),
            "foreign": self.stranger.issue(name("Người Lạ")),
            "usage": issue(name("Người Sai Mục Đích"), purposes=(Usage.EMAIL_PROTECTION,)),
            "weak_key": issue(name("Người Khóa Yếu"), bits=1024),
            "unbound": issue(name("Người Chưa Gắn")),
            "copied_name": issue(subject),  # the same name and number from the same authority, another key
            "copied_by_stranger": self.stranger.issue(subject),
        }
        self.ca_file = folder / "authorities.pem"
        self.crl_file = folder / "crls.pem"
        self.ca_file.write_bytes(pem(self.issuing.certificate) + pem(self.root.certificate))
        self.write_crls()

    def certificate(self, who):
        return self.holders[who][0]

    def write_crls(self, **more):
        self.crl_file.write_bytes(self.issuing.crl([self.certificate("revoked")], **more) + self.root.crl(**more))

    def server(self):
        """The server's certificate chain and key, as files."""
        san = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        certificate, key = self.issuing.issue(
            name("localhost"),
            purposes=(Usage.SERVER_AUTH,),
            key_usage=usage(digital_signature=True, key_encipherment=True),
            san=san,
        )
        (self.folder / "server.crt").write_bytes(pem(certificate) + pem(self.issuing.certificate))
        (self.folder / "server.key").write_bytes(key_pem(key))
        return self.folder / "server.crt", self.folder / "server.key"


def escaped(certificate):
    """As nginx's $ssl_client_escaped_cert."""
    return urllib.parse.quote(pem(certificate).decode())
