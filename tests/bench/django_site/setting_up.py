"""Django's own tables and an account for each measured unit; arguments: CODE=NAME …"""

import os
import sys

import django
from django.core.management import call_command


def main(told: list[str]) -> None:
    """Tables and accounts are there; passwords are PEER_PASSWORD."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.django_site.settings")
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)  # ours has no migrations
    from django.contrib.auth.models import Permission, User  # noqa: PLC0415  Django's models exist only after setup()

    from tests.bench.django_site.models import Officer, Unit  # noqa: PLC0415

    allowed = Permission.objects.filter(content_type__app_label="petitions", codename__endswith="_petition")
    for code, name in (item.split("=") for item in told):
        user, _ = User.objects.get_or_create(username=name, defaults={"is_staff": True})
        user.set_password(os.environ["PEER_PASSWORD"])
        user.save()
        user.user_permissions.set(allowed)
        Officer.objects.get_or_create(user=user, defaults={"unit": Unit.objects.get(code=code)})


if __name__ == "__main__":
    main(sys.argv[1:])
