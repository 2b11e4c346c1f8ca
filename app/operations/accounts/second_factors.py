"""Second factors: a security key (WebAuthn, any FIDO2 key), and as the last resort a code generator (TOTP, RFC 6238);
each answer is good once.
"""

import json
from time import time as clock
from typing import Any, NamedTuple

import pyotp
import segno
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import InvalidRegistrationResponse, WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.models import Account, SecondFactor
from app.models.base import now
from app.models.sign_in import TOTP, WEBAUTHN
from app.operations.refusal import Refused
from app.operations.rights import demand_own
from app.security import audit
from app.security.keys import CREDENTIAL
from app.security.sealed import seal, unseal
from app.settings import setting

STEP = 30  # seconds a code stands for
SLACK = 1  # steps a clock may be off


def key_options(account: Account, rp_id: str) -> tuple[str, bytes]:
    """What the browser needs to enrol a key, as JSON, and the challenge in it."""
    options = generate_registration_options(
        rp_id=rp_id,
        rp_name=setting("APP_NAME"),
        user_id=str(account.id).encode(),
        user_name=account.username,
        user_display_name=account.username,
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=factor.credential)
            for factor in account.open_factors
            if factor.kind == WEBAUTHN
        ],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return options_to_json(options), options.challenge


class Address(NamedTuple):
    """Where the browser is: the name a key is bound to, and the origin."""

    rp_id: str
    origin: str


def add_key(
    session: Session, account: Account, answer: str, challenge: bytes | None, address: Address, name: str
) -> SecondFactor:
    """The key is a second factor of the account, at that address.

    Raises Refused for an answer that is not to this challenge, from this key, on this address.
    """
    demand_own(session, account.username)
    try:
        if challenge is None:
            raise InvalidRegistrationResponse("no challenge")
        found = verify_registration_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=address.rp_id,
            expected_origin=address.origin,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
        raise Refused("khóa bảo mật chưa đăng ký được; cắm khóa và bấm lại nút đăng ký", "credential") from None
    held = select(SecondFactor.id).where(
        SecondFactor.credential == found.credential_id, SecondFactor.ended_at.is_(None)
    )
    if session.scalars(held).first() is not None:
        raise Refused("khóa bảo mật này đã được đăng ký", "credential")
    factor = SecondFactor(
        account=account,
        kind=WEBAUTHN,
        name=name[:60],
        rp_id=address.rp_id,
        credential=found.credential_id,
        public_key=found.credential_public_key,
        counter=found.sign_count,
    )
    session.add(factor)
    audit.record(session, "factor.added", account=account.username, detail={"kind": WEBAUTHN})
    session.flush()
    return factor


def _read(answer: str) -> Any:
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def sign_in_options(account: Account, rp_id: str) -> tuple[str, bytes] | None:
    """What the browser needs to sign in with one of the account's keys, and the challenge; None where no key of this
    address is enrolled.
    """
    keys = [factor for factor in account.open_factors if factor.kind == WEBAUTHN and factor.rp_id == rp_id]
    if not keys:
        return None
    options = generate_authentication_options(
        rp_id=rp_id,
        allow_credentials=[PublicKeyCredentialDescriptor(id=key.credential) for key in keys],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return options_to_json(options), options.challenge


def check_key(session: Session, account: Account, answer: str, challenge: bytes | None, origin: str) -> bool:
    """True when one of the account's keys signed this challenge on this address, with a counter that did not go back (a
    copied key's does).
    """
    try:
        read = _read(answer)
        credential = str(read["id"])
        key = next(
            (
                factor
                for factor in account.open_factors
                if factor.kind == WEBAUTHN and bytes_to_base64url(factor.credential) == credential.rstrip("=")
            ),
            None,
        )
        if key is None or challenge is None:
            return False
        found = verify_authentication_response(
            credential=read,
            expected_challenge=challenge,
            expected_rp_id=key.rp_id,
            expected_origin=origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.counter,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, RecursionError):
        return False
    key.counter = found.new_sign_count
    key.used_at = now()
    session.flush()
    return True


def new_secret() -> str:
    """A random secret for a code generator, in base32."""
    return pyotp.random_base32()


def secret_picture(account: Account, secret: str) -> tuple[str, str]:
    """The address a code generator reads, and its QR code as a data URI."""
    address = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=setting("APP_NAME"))
    return address, segno.make(address, error="m").svg_data_uri(scale=5, border=2)


def add_codes(session: Session, account: Account, secret: str, code: str, name: str) -> SecondFactor:
    """The code generator is a second factor of the account, its secret sealed.

    Raises Refused where the code is not the secret's.
    """
    demand_own(session, account.username)
    step = _step_of(secret, code, after=0)
    if step is None:
        raise Refused("mã không đúng; kiểm tra đồng hồ của điện thoại rồi gõ mã đang hiện", "code")
    factor = SecondFactor(account=account, kind=TOTP, name=name[:60], counter=step)
    factor.secret = seal(factor, "secret", secret, CREDENTIAL)
    session.add(factor)
    audit.record(session, "factor.added", account=account.username, detail={"kind": TOTP})
    session.flush()
    return factor


def _step_of(secret: str, code: str, after: int) -> int | None:
    """The time step the code stands for, later than `after`; None for a wrong or an old one."""
    generator = pyotp.TOTP(secret)
    current = int(clock()) // STEP
    code = "".join(code.split())
    for step in range(current - SLACK, current + SLACK + 1):
        if step > after and pyotp.utils.strings_equal(generator.at(step * STEP), code):
            return step
    return None


def check_codes(session: Session, account: Account, code: str) -> bool:
    """True when the code is one of the account's generators' and was not used before; two workers cannot both take
    it.
    """
    for factor in account.open_factors:
        if factor.kind != TOTP:
            continue
        step = _step_of(unseal(factor, "secret"), code, after=factor.counter)
        if step is not None:
            statement = (
                update(SecondFactor)
                .where(SecondFactor.id == factor.id, SecondFactor.counter < step)
                .values(counter=step, used_at=now())
            )
            taken = session.execute(
                statement.returning(SecondFactor.id), execution_options={"synchronize_session": False}
            ).first()
            return taken is not None
    return False


def end_factor(session: Session, account: Account, factor: SecondFactor, needed: bool) -> None:
    """The factor signs nobody in any more. Raises Refused for the last one where the unit requires one."""
    demand_own(session, account.username)
    if needed and len(account.open_factors) == 1:
        raise Refused("đơn vị yêu cầu yếu tố xác thực thứ hai; đăng ký yếu tố khác trước khi gỡ yếu tố này")
    factor.ended_at = now()
    if not account.open_factors:
        account.must_change_password = True  # it may be one that was long enough only with a second factor
    audit.record(session, "factor.ended", account=account.username, detail={"kind": factor.kind})
    session.flush()
