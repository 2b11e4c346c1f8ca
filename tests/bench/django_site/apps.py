"""The application of the petitions."""

from django.apps import AppConfig


class PetitionsConfig(AppConfig):
    """Petitions in clear."""

    name = "tests.bench.django_site"
    label = "petitions"
