"""What an operation says when it will not do what was asked."""


class Refused(ValueError):
    """A rule of law or of the register does not allow it; `message` says in Vietnamese what is wrong and what to do,
    `field` where.
    """

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
