"""What gunicorn runs."""

import gc
import os
from collections.abc import Mapping

from flask import Flask

from app import create_app
from app.database import application_url, read_secrets
from app.security.audit_heads import load_signing_key
from app.security.key_place import wrapping_key
from config import audit_key_file, instance_dir, load


def serving(environ: Mapping[str, str] = os.environ) -> Flask:
    """The staff application of this installation. Raises ConfigError or KeyTrouble when it may not serve."""
    settings = load(environ) | {
        "SQLALCHEMY_DATABASE_URI": application_url(environ),
        "SECRET_KEY": read_secrets(instance_dir(environ))["secret_key"],
    }
    load_signing_key(audit_key_file(environ))  # told now, not when the background next signs
    app = create_app(settings, wrapping_key(environ))
    # What was made so far lives as long as the process: the collector need not walk it again (a pause of 200 ms in the midst of a page otherwise).
    gc.collect()
    gc.freeze()
    return app
