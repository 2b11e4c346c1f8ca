"""The commands of keys: rotation, recovery shares, moving the wrapping key.

As the owner of the database, audited as the operator.
"""

import os
import sys
import time
from argparse import Namespace

from app.commands.operator import operator
from app.installation import as_owner
from app.operations.refusal import Refused
from app.security import audit
from app.security.key_place import make_wrapping_key, wrapping_key
from app.security.keys import LOOK_EVERY, FileKey
from app.security.recovery import make_shares, rebuild, rewrap
from app.security.rotation import begin, go_on, old_values
from config import FILES, instance_dir


def rotate_keys(options: Namespace) -> None:
    """Every sealing key has a new version and nothing is sealed under an older one; what an earlier run left undone is
    done first, without new keys.

    Everything stays readable and writable meanwhile. Processes that serve take up the new keys within a minute: the
    last sweep waits for that.
    """
    files = str(instance_dir() / FILES)
    with operator("rotate-keys") as session:
        left = old_values(session, files)
    if left and not options.new:
        print(f"tiếp tục lần đổi khóa trước: còn {left} giá trị")
    else:
        with as_owner(os.environ) as connection:
            made = begin(connection, wrapping_key(os.environ))
        print(f"đã tạo {len(made)} khóa dữ liệu mới")
    for wait in (0.0, 0.0 if options.at_once else LOOK_EVERY + 5):
        time.sleep(wait)
        with operator("rotate-keys", sweep=True) as session:
            total = 0
            for table, number in go_on(session, files):
                total += number
                print(f"{table}: {total}")
            audit.record(session, "keys.reencrypted", detail={"values": total})
            left = old_values(session, files)
    if left:
        raise Refused(
            f"còn {left} giá trị không mở được bằng khóa cũ nên chưa niêm phong lại; xem nhật ký, khôi phục từ bản sao"
            " lưu rồi chạy lại; cần khóa mới ngay thì thêm --new"
        )
    print("đã niêm phong lại mọi giá trị bằng khóa mới")


def keys_shares(options: Namespace) -> None:
    """The recovery shares are on standard output, once; nothing keeps them."""
    audited = operator("keys shares", of=options.of, need=options.need, renew=options.renew)
    with audited, as_owner(os.environ) as connection:
        shares = make_shares(connection, wrapping_key(os.environ), options.of, options.need, options.renew)
    for place, share in enumerate(shares, start=1):
        print(f"Mảnh {place}/{options.of} (cần {options.need} mảnh để dựng lại):\n{share}\n")
    print(
        "Chép mỗi mảnh cho một người, niêm phong, cất ở nơi khác nhau; phần mềm không giữ lại và không in lần thứ hai.",
        file=sys.stderr,
    )


def keys_rebuild(_options: Namespace) -> None:
    """The data keys are wrapped by the wrapping key of this configuration again, from shares on standard input, one a
    line.
    """
    shares = [line.strip() for line in sys.stdin if line.strip() and not line.startswith("Mảnh")]
    with as_owner(os.environ) as connection:
        count = rebuild(connection, shares, make_wrapping_key(os.environ, known=False))
    with operator("keys rebuild"):
        print(f"đã dựng lại {count} khóa dữ liệu; đổi khóa ngay bằng run.py rotate-keys nếu khóa cũ có thể đã lộ")


def keys_move(options: Namespace) -> None:
    """The data keys, wrapped so far by the key in that file, are wrapped by the wrapping key of this configuration."""
    if not os.environ.get("KEY_TOKEN_MODULE"):
        raise Refused("đặt KEY_TOKEN_MODULE, KEY_TOKEN_LABEL, KEY_TOKEN_PIN_FILE của thiết bị sẽ giữ khóa")
    with as_owner(os.environ) as connection:
        count = rewrap(connection, FileKey(options.file), make_wrapping_key(os.environ, known=False))
    with operator("keys move"):
        print(f"thiết bị đã giữ khóa của {count} khóa dữ liệu; hủy tệp {options.file} và mọi bản sao của nó")
