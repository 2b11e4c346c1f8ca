"""Days off and working Saturdays of civil servants: what a new installation starts from.

Weekends are not listed. An administrator edits the table in the application; these rows only seed it. A year that is
absent or not `official` makes deadlines tentative. Sources: Bộ luật Lao động 2019, Điều 112 and the yearly notices;
doubts in `doubtful` (24/11, Ngày Văn hóa Việt Nam).
"""

from datetime import date

from app.law.calendar import Calendar, Year


def _days(*texts: str) -> frozenset[date]:
    return frozenset(date.fromisoformat(text) for text in texts)


SEED = Calendar(
    {
        2024: Year(
            official=True,
            days_off=_days(
                "2024-01-01",
                "2024-02-08",
                "2024-02-09",
                "2024-02-12",
                "2024-02-13",
                "2024-02-14",
                "2024-04-18",
                "2024-04-29",
                "2024-04-30",
                "2024-05-01",
                "2024-09-02",
                "2024-09-03",
            ),
            days_worked=_days("2024-05-04"),
        ),
        2025: Year(
            official=True,
            days_off=_days(
                "2025-01-01",
                "2025-01-27",
                "2025-01-28",
                "2025-01-29",
                "2025-01-30",
                "2025-01-31",
                "2025-04-07",
                "2025-04-30",
                "2025-05-01",
                "2025-05-02",
                "2025-09-01",
                "2025-09-02",
            ),
            days_worked=_days("2025-04-26"),
        ),
        2026: Year(
            official=True,
            days_off=_days(
                "2026-01-01",
                "2026-01-02",
                "2026-02-16",
                "2026-02-17",
                "2026-02-18",
                "2026-02-19",
                "2026-02-20",
                "2026-04-27",
                "2026-04-30",
                "2026-05-01",
                "2026-08-31",
                "2026-09-01",
                "2026-09-02",
                "2026-11-24",
            ),
            days_worked=_days("2026-01-10", "2026-08-22"),
            doubtful=_days("2026-11-24"),
        ),
        2027: Year(
            official=False,
            days_off=_days(
                "2027-01-01",
                "2027-02-04",
                "2027-02-05",
                "2027-02-08",
                "2027-02-09",
                "2027-02-10",
                "2027-04-16",
                "2027-04-30",
                "2027-05-03",
                "2027-09-02",
                "2027-09-03",
                "2027-11-24",
            ),
        ),
    }
)
