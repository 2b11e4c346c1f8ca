"""The commands that make an installation and look after it."""

import json
import os
import sys
from argparse import Namespace

from app.checks import FAIL, examine
from app.commands.operator import operator
from app.installation import analyse, initialise
from app.operations.exchange import demonstration
from app.operations.refusal import Refused
from config import instance_dir


def init(_options: Namespace) -> None:
    """Schema, roles, keys, permissions and calendar are as this version needs them."""
    if os.geteuid() == 0 and "DATABASE_URL" not in os.environ:
        print(
            "lưu ý: đang chạy bằng root; PostgreSQL đi kèm sẽ tạo tài khoản hệ thống “pgserver” và mở quyền đi qua các"
            f" thư mục cha của {instance_dir()}; nên dùng một tài khoản thường",
            file=sys.stderr,
        )
    initialise(os.environ)


def check(options: Namespace) -> None:
    """What this machine needs is as it should be: a line for each check. Raises Refused where one fails."""
    found = examine(os.environ)
    if options.json:
        print(
            json.dumps(
                {name: {"state": state, "sentence": sentence} for name, (state, sentence) in found.items()},
                ensure_ascii=False,
            )
        )
    else:
        for name, (state, sentence) in found.items():
            print(f"{state:<5} {name:<13} {sentence}")
    if failed := [f"{name}: {sentence}" for name, (state, sentence) in found.items() if state == FAIL]:
        raise Refused("; ".join(failed))


def demo(options: Namespace) -> None:
    """Synthetic data is there, and the demonstration accounts' passwords in INSTANCE_DIR/demo-accounts.json."""
    if not 1 <= options.petitions <= 2_000_000:
        raise Refused("số đơn phải từ 1 đến 2000000")
    with operator("demo", petitions=options.petitions, seed=options.seed) as session:
        if options.if_empty and demonstration.any_rows(session):
            return
        made = demonstration.make(session, options.petitions, options.seed, instance_dir())
    if made:
        analyse(os.environ)
    print("đã nạp dữ liệu trình diễn" if made else "dữ liệu trình diễn đã có từ trước")
