"""From how many people a petition is a crowd's, and how many speak for it."""

import pytest

from app.law.crowds import CROWD, representatives


@pytest.mark.parametrize(
    ("people", "least", "most"),
    [(1, 0, 1), (4, 0, 4), (5, 1, 2), (10, 1, 2), (11, 1, 5), (500, 1, 5)],
)
def test_how_many_represent_how_many(people, least, most):
    assert representatives(people) == (least, most)


def test_five_are_a_crowd():
    assert CROWD == 5
