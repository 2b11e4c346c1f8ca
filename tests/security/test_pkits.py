"""NIST PKITS through the application's own verification: what must be refused is refused, what must be accepted is, or
stands in a list with its reason.
"""

import warnings
from datetime import UTC, datetime
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning

from app.security.trust import NotTrusted, Trust, check

FOLDER = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data"
MOMENT = datetime(2026, 11, 21, tzinfo=UTC)

# The groups the library and we can do; from the PKITS document, section 4.
VALID = {
    "4.1 signature verification": [
        "ValidCertificatePathTest1EE",
        "ValidDSASignaturesTest4EE",
        "ValidDSAParameterInheritanceTest5EE",
    ],
    "4.2 validity periods": [
        "Validpre2000UTCnotBeforeDateTest3EE",
        "ValidGeneralizedTimenotBeforeDateTest4EE",
        "ValidGeneralizedTimenotAfterDateTest8EE",
    ],
    "4.3 name chaining": [
        "ValidNameChainingWhitespaceTest3EE",
        "ValidNameChainingWhitespaceTest4EE",
        "ValidNameChainingCapitalizationTest5EE",
        "ValidNameUIDsTest6EE",
        "ValidRFC3280MandatoryAttributeTypesTest7EE",
        "ValidRFC3280OptionalAttributeTypesTest8EE",
        "ValidUTF8StringEncodedNamesTest9EE",
        "ValidRolloverfromPrintableStringtoUTF8StringTest10EE",
        "ValidUTF8StringCaseInsensitiveMatchTest11EE",
    ],
    "4.4 basic CRLs": [
        "ValidTwoCRLsTest7EE",
        "ValidGeneralizedTimeCRLnextUpdateTest13EE",
        "ValidNegativeSerialNumberTest14EE",
        "ValidLongSerialNumberTest16EE",
        "ValidLongSerialNumberTest17EE",
        "ValidSeparateCertificateandCRLKeysTest19EE",
    ],
    "4.6 basic constraints": [
        "ValidbasicConstraintsNotCriticalTest4EE",
        "ValidpathLenConstraintTest7EE",
        "ValidpathLenConstraintTest8EE",
        "ValidpathLenConstraintTest13EE",
        "ValidpathLenConstraintTest14EE",
        "ValidSelfIssuedpathLenConstraintTest15EE",
        "ValidSelfIssuedpathLenConstraintTest17EE",
    ],
    "4.7 key usage": ["ValidkeyUsageNotCriticalTest3EE"],
}
INVALID = {
    "4.1 signature verification": [
        "InvalidCASignatureTest2EE",
        "InvalidEESignatureTest3EE",
        "InvalidDSASignatureTest6EE",
    ],
    "4.2 validity periods": [
        "InvalidCAnotBeforeDateTest1EE",
        "InvalidEEnotBeforeDateTest2EE",
        "InvalidCAnotAfterDateTest5EE",
        "InvalidEEnotAfterDateTest6EE",
        "Invalidpre2000UTCEEnotAfterDateTest7EE",
    ],
    "4.3 name chaining": ["InvalidNameChainingTest1EE", "InvalidNameChainingOrderTest2EE"],
    "4.4 basic CRLs": [
        "InvalidMissingCRLTest1EE",
        "InvalidRevokedCATest2EE",
        "InvalidRevokedEETest3EE",
        "InvalidBadCRLSignatureTest4EE",
        "InvalidBadCRLIssuerNameTest5EE",
        "InvalidWrongCRLTest6EE",
        "InvalidUnknownCRLEntryExtensionTest8EE",
        "InvalidUnknownCRLExtensionTest9EE",
        "InvalidUnknownCRLExtensionTest10EE",
        "InvalidOldCRLnextUpdateTest11EE",
        "Invalidpre2000CRLnextUpdateTest12EE",
        "InvalidNegativeSerialNumberTest15EE",
        "InvalidLongSerialNumberTest18EE",
        "InvalidSeparateCertificateandCRLKeysTest20EE",
        "InvalidSeparateCertificateandCRLKeysTest21EE",
    ],
    "4.6 basic constraints": [
        "InvalidMissingbasicConstraintsTest1EE",
        "InvalidcAFalseTest2EE",
        "InvalidcAFalseTest3EE",
        "InvalidpathLenConstraintTest5EE",
        "InvalidpathLenConstraintTest6EE",
        "InvalidpathLenConstraintTest9EE",
        "InvalidpathLenConstraintTest10EE",
        "InvalidpathLenConstraintTest11EE",
        "InvalidpathLenConstraintTest12EE",
        "InvalidSelfIssuedpathLenConstraintTest16EE",
    ],
    "4.7 key usage": [
        "InvalidkeyUsageCriticalkeyCertSignFalseTest1EE",
        "InvalidkeyUsageNotCriticalkeyCertSignFalseTest2EE",
        "InvalidkeyUsageCriticalcRLSignFalseTest4EE",
        "InvalidkeyUsageNotCriticalcRLSignFalseTest5EE",
    ],
}
# Refused although RFC 5280 would accept: the safe side, each for a reason.
STRICTER = {
    "ValidDSASignaturesTest4EE": "DSA keys are not accepted",
    "ValidDSAParameterInheritanceTest5EE": "DSA keys are not accepted; the library does not even read this one",
    "ValidGeneralizedTimenotBeforeDateTest4EE": (
        "the library insists on UTCTime before 2050, as RFC 5280, 4.1.2.5 tells issuers to write"
    ),
    "ValidNameChainingWhitespaceTest3EE": "the library compares names byte by byte",
    "ValidNameChainingWhitespaceTest4EE": "the library compares names byte by byte",
    "ValidNameChainingCapitalizationTest5EE": "the library compares names byte by byte",
    "ValidRolloverfromPrintableStringtoUTF8StringTest10EE": "the library compares names byte by byte",
    "ValidUTF8StringCaseInsensitiveMatchTest11EE": "the library compares names byte by byte",
    "ValidpathLenConstraintTest8EE": (
        "the certificate at the end is an authority's; an authority is nobody who signs in"
    ),
    "ValidpathLenConstraintTest14EE": (
        "the certificate at the end is an authority's; an authority is nobody who signs in"
    ),
    "ValidSelfIssuedpathLenConstraintTest15EE": (
        "an authority's change of key by a self-issued certificate is not followed"
    ),
    "ValidSelfIssuedpathLenConstraintTest17EE": (
        "an authority's change of key by a self-issued certificate is not followed"
    ),
}
# Groups the library cannot do: certificates whose chain uses these are refused, all of them.
NOT_DONE = {
    "4.10 policy mappings": "PolicyMapping",
    "4.9 require explicit policy": "requireExplicitPolicy",
    "4.11 inhibit policy mapping": "inhibitPolicyMapping",
    "4.12 inhibit any policy": "inhibitAnyPolicy",
    "4.15 delta CRLs": "deltaCRL",
    "4.14 distribution points with indirect CRLs": "cRLIssuer",
    "4.14 indirect CRLs": "indirectCRL",
}


def _load(pattern, read):
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        for path in sorted(FOLDER.glob(pattern)):
            try:
                found[path.stem] = read(path.read_bytes())
            except ValueError:
                found[path.stem] = None  # what cannot be read signs nobody in
    return found


@pytest.fixture(scope="module")
def world():
    certificates = _load("certs/*.crt", x509.load_der_x509_certificate)
    crls = [crl for crl in _load("crls/*.crl", x509.load_der_x509_crl).values() if crl is not None]
    root = certificates.pop("TrustAnchorRootCertificate")
    authorities = [found for name, found in certificates.items() if found is not None and "EE" not in name]
    return {name: found for name, found in certificates.items() if name.endswith("EE")}, Trust(
        [root], authorities, crls
    )


def accepted(world, name):
    certificates, trust = world
    if certificates[name] is None:
        return False
    try:
        check(certificates[name], trust, MOMENT)
    except NotTrusted:
        return False
    return True


@pytest.mark.parametrize("name", [name for names in VALID.values() for name in names])
def test_what_is_valid_is_accepted_or_listed(world, name):
    assert accepted(world, name) == (name not in STRICTER)


@pytest.mark.parametrize("name", [name for names in INVALID.values() for name in names])
def test_what_is_invalid_is_refused(world, name):
    assert not accepted(world, name)


def test_nothing_invalid_anywhere_in_the_suite_is_accepted(world):
    names = [name for name in world[0] if name.startswith("Invalid")]
    assert len(names) > 100 and [name for name in names if accepted(world, name)] == []


@pytest.mark.parametrize("part", NOT_DONE.values(), ids=NOT_DONE.keys())
def test_what_the_library_cannot_do_is_refused(world, part):
    names = [
        name for name in world[0] if part.lower() in name.lower() and not name.lower().startswith(("allcert", "user"))
    ]
    assert names and [name for name in names if accepted(world, name)] == []
