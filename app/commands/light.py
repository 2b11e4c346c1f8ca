"""Commands that need neither an application nor a database: they import nothing that is slow to load."""

import os
import sys
from argparse import Namespace

from app.deploy import nginx_configuration
from app.text.tcvn6909 import decode


def deploy_nginx(options: Namespace) -> None:
    """nginx's configuration for these settings is on standard output, or in the file."""
    text = nginx_configuration(os.environ)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


def normalize_(_options: Namespace) -> None:
    """Standard input, in any supported encoding, is on standard output as TCVN 6909 text."""
    sys.stdout.buffer.write(decode(sys.stdin.buffer.read()).text.encode())
