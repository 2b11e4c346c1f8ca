"""Statutory time limits as dated rows; a limit is added or changed in one row here.

Read by `deadlines.py`. `DAYS` counts calendar days, `WORKING` working days (Bộ luật Dân sự 2015, Điều 147-148). Sources stand in each row;
`doubt` marks a row taken over without the text of the law having been seen.
"""

from datetime import date

from app.law.rule import DAYS, WORKING, Rule

RULES: tuple[Rule, ...] = (
    Rule("complaint.accept", 10, DAYS, "received", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 27", until=date(2026, 6, 30)),
    Rule("complaint.accept", 7, WORKING, "received", date(2026, 7, 1), "Luật Khiếu nại, Điều 27, sửa đổi bởi Luật 136/2025/QH15; NĐ 155/2026, Điều 10"),
    Rule("complaint.settle.first", 30, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 28"),
    Rule("complaint.settle.first", 45, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 28", when=frozenset({"complex"})),
    Rule("complaint.settle.first", 45, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 28", when=frozenset({"remote"})),
    Rule("complaint.settle.first", 60, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 28", when=frozenset({"remote", "complex"})),
    Rule("complaint.send.first", 3, WORKING, "decided", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 32"),
    Rule("complaint.appeal", 30, DAYS, "decision_received", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 33"),
    Rule("complaint.appeal", 45, DAYS, "decision_received", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 33", when=frozenset({"remote"})),
    Rule("complaint.accept.second", 10, DAYS, "received", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 36", until=date(2026, 6, 30)),
    Rule("complaint.accept.second", 7, WORKING, "received", date(2026, 7, 1), "Luật Khiếu nại, Điều 36, sửa đổi bởi Luật 136/2025/QH15"),
    Rule("complaint.settle.second", 45, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 37"),
    Rule("complaint.settle.second", 60, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 37", when=frozenset({"complex"})),
    Rule("complaint.settle.second", 60, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 37", when=frozenset({"remote"})),
    Rule("complaint.settle.second", 70, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 37", when=frozenset({"remote", "complex"})),
    Rule("complaint.send.second", 7, DAYS, "decided", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 41"),
    Rule("complaint.time_bar", 90, DAYS, "act_known", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 9"),
    Rule("denunciation.process", 7, WORKING, "received", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 24.1"),
    Rule("denunciation.process", 10, WORKING, "received", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 24.1", when=frozenset({"many_places"})),
    Rule("denunciation.forward", 5, WORKING, "received", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 24.2"),
    Rule("denunciation.notify", 5, WORKING, "accepted", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 29.3"),
    Rule("denunciation.settle", 30, DAYS, "accepted", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 30.1"),
    Rule("denunciation.settle", 60, DAYS, "accepted", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 30.2 (one extension of 30 days, by decision)", when=frozenset({"complex"})),
    Rule("denunciation.settle", 90, DAYS, "accepted", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 30.3 (two extensions of 30 days, each by decision)", when=frozenset({"very_complex"})),
    Rule("denunciation.send", 5, WORKING, "concluded", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 35.3"),
    Rule("denunciation.act", 7, WORKING, "concluded", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 36.1"),
    Rule("denunciation.publish", 7, WORKING, "concluded", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 40.1"),
    Rule("denunciation.review", 20, DAYS, "received", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 37.2 (tố cáo tiếp)"),
    Rule("reflection.process", 10, WORKING, "received", date(2014, 7, 1), "Luật Tiếp công dân 2013, Điều 28.1"),
    Rule("reception.reply", 10, WORKING, "received", date(2014, 7, 1), "Luật Tiếp công dân 2013, Điều 28.1"),
    Rule("reception.refuse", 3, WORKING, "grounds", date(2026, 7, 1), "NĐ 154/2026, Điều 4.3"),
    Rule("complaint.publish.second", 15, DAYS, "decided", date(2012, 10, 20), "NĐ 75/2012, Điều 12; kept by NĐ 124/2020 (not seen)", doubt=True),
    Rule("complaint.suspend.send", 3, WORKING, "issued", date(2026, 7, 1), "NĐ 124/2020, Điều 28b (NĐ 155/2026)"),
    Rule("complaint.effect", 30, DAYS, "issued", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 44"),
    Rule("complaint.effect", 45, DAYS, "issued", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 44", when=frozenset({"remote"})),
    Rule("discipline.complain.first", 15, DAYS, "decision_received", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 48"),
    Rule("discipline.complain.second", 10, DAYS, "decision_received", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 48"),
    Rule("discipline.accept", 10, DAYS, "received", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 50", until=date(2026, 6, 30)),
    Rule("discipline.accept", 7, WORKING, "received", date(2026, 7, 1), "Luật Khiếu nại, Điều 50, sửa đổi bởi Luật 136/2025/QH15"),
    Rule("discipline.settle", 30, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 50"),
    Rule("discipline.settle", 45, DAYS, "accepted", date(2012, 7, 1), "Luật Khiếu nại 2011, Điều 50", when=frozenset({"complex"})),
    Rule("denunciation.reply", 20, DAYS, "received", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 26.2 (press, forwarding body)"),
    Rule("denunciation.suspend.send", 5, WORKING, "issued", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 34.4"),
    Rule("denunciation.result.report", 5, WORKING, "result_known", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 36.3"),
    Rule("denunciation.overdue.report", 5, WORKING, "demand_received", date(2019, 1, 1), "Luật Tố cáo 2018, Điều 38.2-3"),
    Rule("reception.inform", 5, WORKING, "asked", date(2014, 7, 1), "Luật Tiếp công dân 2013, Điều 28.2"),
    Rule("forwarded.result", 7, WORKING, "settled", date(2014, 7, 1), "Luật Tiếp công dân 2013, Điều 27.2"),
    Rule("petition.neglected", 45, DAYS, "received", date(2026, 7, 1), "NĐ 154/2026, Điều 41.3.b (ground for discipline)"),
)
