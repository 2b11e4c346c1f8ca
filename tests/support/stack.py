"""The real thing for tests: nginx with the configuration we generate, the application behind its two sockets, Redis,
tokens in SoftHSM.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg

from tests.support import pki

ROOT = Path(__file__).parents[2]
SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "12345678"


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Stick:
    """A token of its own in a SoftHSM directory; pulling it out is taking the directory away."""

    def __init__(self, folder, who, certificate, key):
        self.who = who
        self.folder = folder / f"stick-{who}"
        (self.folder / "tokens").mkdir(parents=True)
        self.configuration = self.folder / "softhsm2.conf"
        self.configuration.write_text(
            f"directories.tokendir = {self.folder}/tokens\nobjectstore.backend = file\nlog.level ="
            " ERROR\nslots.removable = true\n"
        )
        (self.folder / "key.pem").write_bytes(pki.key_pem(key))
        (self.folder / "certificate.der").write_bytes(certificate.public_bytes(pki.serialization.Encoding.DER))
        self.environ = os.environ | {"SOFTHSM2_CONF": str(self.configuration), "PKCS11_MODULE_PATH": SOFTHSM}
        for command in (
            ["softhsm2-util", "--init-token", "--free", "--label", who, "--so-pin", "87654321", "--pin", PIN],
            [
                "softhsm2-util",
                "--import",
                self.folder / "key.pem",
                "--token",
                who,
                "--label",
                who,
                "--id",
                "01",
                "--pin",
                PIN,
            ],
            [
                "pkcs11-tool",
                "--module",
                SOFTHSM,
                "--token-label",
                who,
                "--login",
                "--pin",
                PIN,
                "--write-object",
                self.folder / "certificate.der",
                "--type",
                "cert",
                "--id",
                "01",
                "--label",
                who,
            ],
        ):
            subprocess.run(command, env=self.environ, check=True, capture_output=True)
        (self.folder / "key.pem").unlink()

    def pull_out(self):
        (self.folder / "tokens").rename(self.folder / "tokens.out")

    def put_in(self):
        (self.folder / "tokens.out").rename(self.folder / "tokens")


class Stack:
    """nginx, the application behind its two sockets, and the authorities."""

    def __init__(self, folder):
        self.folder = folder
        self.world = pki.World(folder)
        certificate, key = self.world.server()
        self.plain = f"https://localhost:{free_port()}"
        self.token = f"https://localhost:{free_port()}"
        (folder / "run").mkdir(mode=0o750)
        self.environ = {
            "INSTANCE_DIR": str(folder / "instance"),
            "PATH": os.environ["PATH"],
            "HOME": os.environ.get("HOME", "/root"),
            "TLS_CERTIFICATE": str(certificate),
            "TLS_KEY": str(key),
            "SERVER_NAME": "localhost",
            "TOKEN_SERVER_NAME": "localhost",
            "LISTEN": "127.0.0.1:" + self.plain.rsplit(":", 1)[1],
            "TOKEN_LISTEN": "127.0.0.1:" + self.token.rsplit(":", 1)[1],
            "TOKEN_ADDRESS": self.token,
            "PROXY_SOCKET": str(folder / "run" / "proxy.sock"),
            "TOKEN_SOCKET": str(folder / "run" / "token.sock"),
            "ACCESS_LOG": str(folder / "access.log"),
            "REDIS_URL": f"redis+unix://{folder / 'run' / 'redis.sock'}",
            "TOKEN_CA_FILE": str(self.world.ca_file),
            "TOKEN_CRL_FILE": str(self.world.crl_file),
        }
        self.processes = []

    def start(self):
        for arguments in (
            ["init"],
            ["demo", "--petitions", "40"],
            ["deploy", "nginx", "-o", str(self.folder / "donthu.conf")],
        ):
            subprocess.run(
                [sys.executable, "run.py", *arguments], cwd=ROOT, env=self.environ, check=True, capture_output=True
            )
        temporary = "".join(
            f"{name}_temp_path {self.folder}/{name}; " for name in ("proxy", "fastcgi", "uwsgi", "scgi")
        )
        (self.folder / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log info; "
            + ("user root; " if os.geteuid() == 0 else "")
            + f"events {{ worker_connections 128; }} http {{ {temporary} include {self.folder}/donthu.conf; }}"
        )
        redis = [
            "redis-server",
            "--port",
            "0",
            "--unixsocket",
            self.folder / "run" / "redis.sock",
            "--save",
            "",
            "--dir",
            self.folder,
        ]
        self.processes.append(subprocess.Popen(redis, stdout=subprocess.DEVNULL))
        self.wait(lambda: (self.folder / "run" / "redis.sock").exists())
        self.processes.append(
            subprocess.Popen([sys.executable, "run.py"], cwd=ROOT, env=self.environ, stdout=subprocess.DEVNULL)
        )
        for name in ("PROXY_SOCKET", "TOKEN_SOCKET"):
            self.wait(lambda name=name: Path(self.environ[name]).exists())
        self.processes.append(subprocess.Popen(["nginx", "-c", self.folder / "nginx.conf"], stderr=subprocess.DEVNULL))
        self.wait(lambda: self.curl(None, "/login/", self.plain)[0] == 200)
        found = json.loads((self.folder / "instance" / "demo-accounts.json").read_text())
        self.passwords = {account["identifier"]: account["password"] for account in found}

    @staticmethod
    def wait(ready):
        for _ in range(150):
            if ready():
                return
            time.sleep(0.2)
        raise AssertionError("it did not start")

    def reload(self):
        """nginx reads its files again; the old worker is gone before we go on."""
        os.kill(self.processes[2].pid, signal.SIGHUP)
        time.sleep(1)

    def stop(self):
        for process in reversed(self.processes):
            process.terminate()
            process.wait(30)

    def curl(self, stick, path, base=None, *more, jar=None):
        """Status and body of one request, with the key on the stick, or none."""
        command = ["curl", "-s", "-o", "-", "-w", "\n%{http_code}", "--cacert", str(self.folder / "root.crt")]
        (self.folder / "root.crt").write_bytes(pki.pem(self.world.root.certificate))
        if jar is not None:
            command += ["-b", str(jar), "-c", str(jar)]
        weak = self.folder / "openssl.cnf"  # or curl itself would not use the weak key
        weak.write_text(
            "openssl_conf = a\n[a]\nssl_conf = b\n[b]\nsystem_default = c\n[c]\nCipherString = DEFAULT@SECLEVEL=0\n"
        )
        environ = dict(os.environ)
        if stick is not None:
            part = f"pkcs11:token={stick.who};object={stick.who}"
            command += [
                "--engine",
                "pkcs11",
                "--cert-type",
                "ENG",
                "--key-type",
                "ENG",
                "--cert",
                f"{part};type=cert",
                "--key",
                f"{part};type=private?pin-value={PIN}",
            ]
            environ = stick.environ
        environ = environ | {"OPENSSL_CONF": str(weak)}
        done = subprocess.run(
            [*command, *more, (base or self.token) + path], env=environ, capture_output=True, text=True, timeout=60
        )
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body

    def sign_in(self, stick, jar):
        _, page = self.curl(stick, "/login/", jar=jar)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        if found is None:
            return 403, page
        return self.curl(
            stick,
            "/login/",
            None,
            "-e",
            self.token + "/login/",
            "--data-urlencode",
            f"csrf_token={found.group(1)}",
            jar=jar,
        )

    def sql(self, statement, values=()):
        with psycopg.connect(
            host=str(self.folder / "instance" / "pg"), user="postgres", dbname="donthu", autocommit=True
        ) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else None

    def last_refusal(self):
        return self.sql(
            "select detail->>'why' from audit_entries where action = 'token.refused' order by at desc limit 1"
        )[0][0]
