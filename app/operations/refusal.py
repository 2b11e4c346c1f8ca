"""What an operation says when it will not do what was asked."""

from collections.abc import Iterable, Sequence


class Refused(ValueError):
    """A rule of law or of the register does not allow it; `message` says in Vietnamese what is wrong and what to do,
    `field` where; `others`: what else is wrong, told in the same round.
    """

    def __init__(self, message: str, field: str | None = None, others: Sequence["Refused"] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.others = tuple(others)


def refuse(found: Iterable["Refused"]) -> None:
    """Nothing, where there is nothing to refuse. Raises the first, with the others."""
    wrong = [*found]
    if wrong:
        raise Refused(wrong[0].message, wrong[0].field, wrong[1:])
