"""How many people are a crowd, and how many of them speak for it.

Luật Tiếp công dân 2013, Điều 29; Nghị định 124/2020/NĐ-CP, Điều 6; Thông tư 06/2025/TT-TTCP, Biểu 01/TCD.
"""

CROWD = 5  # people: from here on they are a crowd (đoàn đông người)
SMALL = 10  # people: a crowd up to here has few representatives
FEW = 2  # representatives of a small crowd, at most
MANY = 5  # representatives of a larger one, at most
SOURCE = "Luật Tiếp công dân, Điều 29; Nghị định 124/2020, Điều 6"


def representatives(people: int) -> tuple[int, int]:
    """How many representatives so many people have at least and at most; who is no crowd needs none."""
    if people < CROWD:
        return 0, people
    return 1, FEW if people <= SMALL else MANY
