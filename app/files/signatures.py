"""Digital signatures of a PDF: who signed, and whether what was signed is what is there (ISO 32000-1, 12.8; PAdES)."""

import io
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.general import CMSExtractionError
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

MOST = 50
_BROKEN = (ValueError, KeyError, TypeError, IndexError, OSError)
_UNREADABLE = (PdfError, SignatureValidationError, CMSExtractionError, *_BROKEN)


def signatures(data: bytes) -> list[dict[str, Any]]:
    """Each signature's signer and organisation, the time its signer claims (ISO), and whether it is intact.

    intact is True where the signature fits what it covers, False where that was changed, None where it cannot be read;
    whole is False where something was added to the file afterwards. Whether its issuer is to be trusted is not looked
    at: no trusted issuers are configured.
    """
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        fields = list(enumerate_sig_fields(reader, filled_status=True))[:MOST]
    except _UNREADABLE:
        return []
    return [_signature(reader, name, field) for name, _, field in fields]


def _signature(reader: Any, name: str, field: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"signer": None, "organisation": None, "on": None, "intact": None, "whole": None}
    try:
        signature = EmbeddedPdfSignature(reader, field.get_object(), name)
        found |= _named(signature.signer_cert)
        found["on"] = signature.self_reported_timestamp.isoformat() if signature.self_reported_timestamp else None
        status = validate_pdf_signature(signature, ValidationContext(trust_roots=[], allow_fetching=False))
        found["intact"] = bool(status.intact and status.valid)
        found["whole"] = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    except _UNREADABLE:
        pass  # what was found until then is told; that it could not be read is told by None
    return found


def _named(certificate: x509.Certificate) -> dict[str, str | None]:
    subject = certificate.subject.native
    names = {key: ", ".join(value) if isinstance(value, list) else value for key, value in subject.items()}
    return {"signer": names.get("common_name"), "organisation": names.get("organization_name")}


def answer(_task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The task `signatures`."""
    return {"signatures": signatures(data)}, []
