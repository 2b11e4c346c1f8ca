"""Why a file is not taken."""


class Unwanted(Exception):
    """The file is refused; the message is a sentence that says what is wrong and what to do."""
