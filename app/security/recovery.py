"""Recovery shares: whoever loses the wrapping key loses the data, unless enough holders of shares come together.

Every data key lies beside its wrapped self once more, sealed with HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM) to
a public key whose private half is nowhere but in the shares (SLIP-0039: Shamir's scheme with check words). A data key
that rotation adds is sealed to it too, without the shares.
"""

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics
from sqlalchemy import Connection, select

from app.security.keys import KeyTrouble, Wrapping, unwrapped
from app.security.tables import data_keys, recovery_keys

RECOVERY = "recovery"  # what the public key is wrapped for
MOST_SHARES = 16  # what SLIP-0039 carries
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def sealer(connection: Connection, wrapping: Wrapping) -> Callable[[bytes, str], bytes | None]:
    """What seals a data key of a purpose to the recovery key; it gives None while no shares were made.

    Raises KeyTrouble for a recovery key that is not ours.

    The public key lies wrapped, too: one that a superuser put there would be handed every new data key.
    """
    wrapped = connection.scalar(select(recovery_keys.c.public_key).order_by(recovery_keys.c.id.desc()).limit(1))
    if wrapped is None:
        return lambda _key, _purpose: None
    (public,) = wrapping.unwrap_all([(bytes(wrapped), RECOVERY)])
    return lambda key, purpose: _SUITE.encrypt(key, X25519PublicKey.from_public_bytes(public), purpose.encode())


def make_shares(connection: Connection, wrapping: Wrapping, shares: int, needed: int, renew: bool = False) -> list[str]:
    """The shares, which exist nowhere else; any `needed` of them rebuild.

    Earlier ones are worthless from then on. Raises KeyTrouble.
    """
    if not 2 <= needed <= shares <= MOST_SHARES:
        raise KeyTrouble(
            f"cần từ 2 đến {MOST_SHARES} mảnh, và số mảnh đủ để dựng lại không nhỏ hơn 2, không lớn hơn số mảnh"
        )
    if not renew and connection.scalar(select(recovery_keys.c.id).limit(1)) is not None:
        raise KeyTrouble(
            "các mảnh khôi phục chỉ in một lần và đã in; muốn làm bộ mới (bộ cũ hết giá trị) thì thêm --renew"
        )
    private = X25519PrivateKey.generate()
    values = {"public_key": _wrapped_public(private, wrapping), "shares": shares, "needed": needed}
    connection.execute(recovery_keys.insert().values(**values))
    seal = sealer(connection, wrapping)
    for key_id, purpose, key in unwrapped(connection, wrapping):
        connection.execute(data_keys.update().where(data_keys.c.id == key_id).values(recovery=seal(key, purpose)))
    made: list[list[str]] = generate_mnemonics(1, [(needed, shares)], private.private_bytes_raw(), iteration_exponent=0)
    return made[0]


def rebuild(connection: Connection, shares: list[str], wrapping: Wrapping) -> int:
    """Every data key is wrapped by `wrapping` again, from the shares; how many. Raises KeyTrouble."""
    row = connection.execute(
        select(recovery_keys.c.id, recovery_keys.c.needed).order_by(recovery_keys.c.id.desc()).limit(1)
    ).first()
    if row is None:
        raise KeyTrouble("cơ sở dữ liệu này chưa từng in mảnh khôi phục")
    try:
        private = X25519PrivateKey.from_private_bytes(combine_mnemonics(shares[: row.needed]))
    except (MnemonicError, ValueError):
        raise KeyTrouble(
            f"các mảnh không đủ hoặc gõ sai: cần {row.needed} mảnh khác nhau của cùng một bộ, mỗi mảnh một dòng"
        ) from None
    rows = connection.execute(select(data_keys.c.id, data_keys.c.purpose, data_keys.c.recovery)).all()
    if any(row.recovery is None for row in rows):
        raise KeyTrouble("có khóa dữ liệu không kèm bản khôi phục; cơ sở dữ liệu đã bị sửa ngoài phần mềm")
    try:
        keys = [
            (row.id, row.purpose, _SUITE.decrypt(bytes(row.recovery), private, row.purpose.encode())) for row in rows
        ]
    except InvalidTag:
        raise KeyTrouble(
            "các mảnh này không phải bộ mới nhất của cơ sở dữ liệu này, hoặc cơ sở dữ liệu đã bị sửa ngoài phần mềm"
        ) from None
    for key_id, purpose, key in keys:
        connection.execute(
            data_keys.update().where(data_keys.c.id == key_id).values(wrapped=wrapping.wrap(key, purpose))
        )
    connection.execute(
        recovery_keys.update().where(recovery_keys.c.id == row.id).values(public_key=_wrapped_public(private, wrapping))
    )
    return len(keys)


def _wrapped_public(private: X25519PrivateKey, wrapping: Wrapping) -> bytes:
    return wrapping.wrap(private.public_key().public_bytes_raw(), RECOVERY)


def rewrap(connection: Connection, old: Wrapping, new: Wrapping) -> int:
    """Every data key is wrapped by another key; how many. Raises KeyTrouble."""
    keys = unwrapped(connection, old)
    for row in connection.execute(select(recovery_keys.c.id, recovery_keys.c.public_key)).all():
        (public,) = old.unwrap_all([(bytes(row.public_key), RECOVERY)])
        connection.execute(
            recovery_keys.update().where(recovery_keys.c.id == row.id).values(public_key=new.wrap(public, RECOVERY))
        )
    for key_id, purpose, key in keys:
        connection.execute(data_keys.update().where(data_keys.c.id == key_id).values(wrapped=new.wrap(key, purpose)))
    return len(keys)
