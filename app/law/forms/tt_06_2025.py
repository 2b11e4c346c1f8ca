"""The six forms of Thông tư 06/2025/TT-TTCP (29/9/2025, in force from 30/9/2025): headings, sums, bounds.

Headings run from the outermost group to the leaf; money in million VND (Trđ), land in m².
"""

from datetime import date

from app.law.forms import Bound, Column, Cross, Form, Sum

# Headings that stand over several columns.
COMPETENT = "Số đơn thuộc thẩm quyền"
RETURNED = "Trả lại cho tổ chức, cá nhân"
CONCLUSIONS = "Kết quả thực hiện Kết luận nội dung tố cáo"
DECISIONS = "Kết quả thi hành Quyết định giải quyết khiếu nại"
HEAD = "Tiếp định kỳ và đột xuất của Thủ trưởng"
BY_FIELD = "Phân loại theo lĩnh vực"
INVESTIGATED = "Chuyển cơ quan điều tra"
RECOVERED = "Thu hồi cho Nhà nước"
OFFICIALS = "Trong đó số cán bộ, công chức, viên chức"
INSPECTED = "Thanh tra trách nhiệm"
CROWDS = "Trong đó đoàn đông người"
DISCIPLINED = "Kiến nghị xử lý hành chính"
CARRIED_OUT = "Kết quả thực hiện kết luận, quyết định xử lý về thanh tra trách nhiệm"
BY_INSTANCE = "Phân loại theo thẩm quyền giải quyết"
TO_RECOVER = "Kiến nghị thu hồi cho Nhà nước"
NOT_COMPETENT = "Số đơn không thuộc thẩm quyền"
ISSUED = "Ban hành văn bản quản lý, chỉ đạo về công tác TCD, KN, TC"
TAUGHT = "Tập huấn, tuyên truyền, giáo dục pháp luật về TCD, KN, TC"
RESULTS = "Phân tích kết quả"
PUNISHED = "Đã xử lý hành chính"
PROSECUTED = "Đã khởi tố"
RECOMMENDED = "Kiến nghị xử lý"
FIRST = "Giải quyết lần đầu"
REGULAR = "Tiếp thường xuyên"
AUTHORISED = "Ủy quyền tiếp"
IN_PERSON = "Thủ trưởng tiếp"

FORMS: tuple[Form, ...] = (
    Form(
        key="01/TCD",
        title="Tổng hợp kết quả tiếp công dân thường xuyên, định kỳ và đột xuất",
        circular="06/2025/TT-TTCP",
        valid_from=date(2025, 9, 30),
        note_column=22,
        columns=(
            Column(1, ("Tổng số lượt tiếp",)),
            Column(2, ("Tổng số người được tiếp",)),
            Column(3, ("Tổng số vụ việc tiếp",)),
            Column(4, ("Tổng số đoàn đông người",)),
            Column(5, (REGULAR, "Số lượt tiếp")),
            Column(6, (REGULAR, "Số người được tiếp")),
            Column(7, (REGULAR, "Số vụ việc")),
            Column(8, (REGULAR, CROWDS, "Số đoàn được tiếp")),
            Column(9, (REGULAR, CROWDS, "Số người được tiếp")),
            Column(10, (HEAD, IN_PERSON, "Số ngày tiếp")),
            Column(11, (HEAD, IN_PERSON, "Số lượt tiếp")),
            Column(12, (HEAD, IN_PERSON, "Số người được tiếp")),
            Column(13, (HEAD, IN_PERSON, "Số vụ việc")),
            Column(14, (HEAD, IN_PERSON, CROWDS, "Số đoàn được tiếp")),
            Column(15, (HEAD, IN_PERSON, CROWDS, "Số người được tiếp")),
            Column(16, (HEAD, AUTHORISED, "Số ngày tiếp")),
            Column(17, (HEAD, AUTHORISED, "Số lượt tiếp")),
            Column(18, (HEAD, AUTHORISED, "Số người được tiếp")),
            Column(19, (HEAD, AUTHORISED, "Số vụ việc")),
            Column(20, (HEAD, AUTHORISED, CROWDS, "Số đoàn được tiếp")),
            Column(21, (HEAD, AUTHORISED, CROWDS, "Số người được tiếp")),
        ),
        sums=(
            Sum(1, (5, 11, 17)),
            Sum(2, (6, 12, 18)),
            Sum(3, (7, 13, 19)),
            Sum(4, (8, 14, 20)),
        ),
        bounds=(
            Bound(9, 6),
            Bound(15, 12),
            Bound(21, 18),
            Bound(8, 5),
            Bound(14, 11),
            Bound(20, 17),
        ),
    ),
    Form(
        key="02/XLD",
        title="Tổng hợp kết quả xử lý đơn",
        circular="06/2025/TT-TTCP",
        valid_from=date(2025, 9, 30),
        note_column=26,
        columns=(
            Column(1, ("Tổng số đơn",)),
            Column(2, ("Số đơn đã xử lý",)),
            Column(3, ("Số đơn đủ điều kiện xử lý",)),
            Column(4, (COMPETENT,)),
            Column(5, ("Số vụ việc thuộc thẩm quyền",)),
            Column(6, (COMPETENT, "Khiếu nại", "Tổng số đơn")),
            Column(7, (COMPETENT, "Khiếu nại", BY_INSTANCE, "Khiếu nại lần đầu")),
            Column(8, (COMPETENT, "Khiếu nại", BY_INSTANCE, "Khiếu nại lần 2")),
            Column(9, (COMPETENT, "Khiếu nại", BY_FIELD, "Đất đai")),
            Column(10, (COMPETENT, "Khiếu nại", BY_FIELD, "Chế độ, chính sách")),
            Column(11, (COMPETENT, "Khiếu nại", BY_FIELD, "Khác")),
            Column(12, (COMPETENT, "Tố cáo", "Tổng số đơn")),
            Column(13, (COMPETENT, "Tố cáo", BY_INSTANCE, "Tố cáo lần đầu")),
            Column(14, (COMPETENT, "Tố cáo", BY_INSTANCE, "Tố cáo tiếp")),
            Column(15, (COMPETENT, "Tố cáo", BY_FIELD, "Hành chính")),
            Column(16, (COMPETENT, "Tố cáo", BY_FIELD, "Tham nhũng")),
            Column(17, (COMPETENT, "Tố cáo", BY_FIELD, "Tư pháp")),
            Column(18, (COMPETENT, "Tố cáo", BY_FIELD, "Khác")),
            Column(19, (COMPETENT, "Kiến nghị, phản ánh", "Tổng số đơn")),
            Column(20, (COMPETENT, "Kiến nghị, phản ánh", BY_FIELD, "Chế độ, chính sách")),
            Column(21, (COMPETENT, "Kiến nghị, phản ánh", BY_FIELD, "Đất đai")),
            Column(22, (COMPETENT, "Kiến nghị, phản ánh", BY_FIELD, "Khác")),
            Column(23, (NOT_COMPETENT, "Tổng số đơn")),
            Column(24, (NOT_COMPETENT, "Phân loại theo kết quả xử lý", "Hướng dẫn")),
            Column(25, (NOT_COMPETENT, "Phân loại theo kết quả xử lý", "Chuyển đơn")),
        ),
        sums=(
            Sum(3, (4, 23)),
            Sum(4, (6, 12, 19)),
            Sum(6, (7, 8)),
            Sum(6, (9, 10, 11)),
            Sum(12, (13, 14)),
            Sum(12, (15, 16, 17, 18)),
            Sum(19, (20, 21, 22)),
            Sum(23, (24, 25)),
        ),
        bounds=(
            Bound(2, 1),
            Bound(3, 2),
            Bound(4, 3),
            Bound(5, 4),
        ),
    ),
    Form(
        key="03/GQKN",
        title="Tổng hợp kết quả giải quyết khiếu nại",
        circular="06/2025/TT-TTCP",
        valid_from=date(2025, 9, 30),
        note_column=24,
        columns=(
            Column(1, ("Tổng số đơn khiếu nại thuộc thẩm quyền",)),
            Column(2, ("Tổng số vụ việc",)),
            Column(3, (RESULTS, "Đang xem xét điều kiện thụ lý")),
            Column(4, (RESULTS, "Đã thụ lý giải quyết")),
            Column(5, (RESULTS, "Không thụ lý")),
            Column(6, (RESULTS, "Rút đơn, đình chỉ giải quyết")),
            Column(7, ("Tổng số Quyết định ban hành trong kỳ",)),
            Column(8, (FIRST, "Khiếu nại đúng")),
            Column(9, (FIRST, "Khiếu nại sai")),
            Column(10, (FIRST, "Khiếu nại đúng 1 phần")),
            Column(11, ("Giải quyết lần 2", "Công nhận kết quả lần đầu")),
            Column(12, ("Giải quyết lần 2", "Hủy, sửa kết quả lần đầu")),
            Column(13, (TO_RECOVER, "Tiền (Trđ)")),
            Column(14, (TO_RECOVER, "Đất (m2)")),
            Column(15, (RETURNED, "Tiền (Trđ)")),
            Column(16, (RETURNED, "Đất (m2)")),
            Column(17, (RETURNED, "Số tổ chức được trả lại quyền lợi")),
            Column(18, (RETURNED, "Số cá nhân được trả lại quyền lợi")),
            Column(19, (DISCIPLINED, "Tổng số người bị kiến nghị xử lý")),
            Column(20, (DISCIPLINED, OFFICIALS)),
            Column(21, (INVESTIGATED, "Số vụ")),
            Column(22, (INVESTIGATED, "Tổng số người")),
            Column(23, (INVESTIGATED, OFFICIALS)),
        ),
        sums=(
            Sum(2, (3, 4, 5, 6)),
            Sum(7, (8, 9, 10, 11, 12)),
        ),
        bounds=(
            Bound(2, 1),
            Bound(20, 19),
            Bound(23, 22),
        ),
        cross=(Cross("03/GQKN#1", "==", "02/XLD#6"),),
    ),
    Form(
        key="04/GQTC",
        title="Tổng hợp kết quả giải quyết tố cáo",
        circular="06/2025/TT-TTCP",
        valid_from=date(2025, 9, 30),
        note_column=26,
        columns=(
            Column(1, ("Tổng số đơn tố cáo thuộc thẩm quyền",)),
            Column(2, ("Tổng số vụ việc",)),
            Column(3, (RESULTS, "Đang xem xét điều kiện thụ lý")),
            Column(4, (RESULTS, "Đã thụ lý giải quyết")),
            Column(5, (RESULTS, "Không thụ lý")),
            Column(6, (RESULTS, "Rút đơn, đình chỉ giải quyết")),
            Column(7, ("Tổng số Kết luận ban hành trong kỳ",)),
            Column(8, ("Tố cáo lần đầu", "Tố cáo đúng")),
            Column(9, ("Tố cáo lần đầu", "Tố cáo sai")),
            Column(10, ("Tố cáo lần đầu", "Tố cáo có đúng có sai")),
            Column(11, ("Tố cáo tiếp", "Tố cáo tiếp đúng")),
            Column(12, ("Tố cáo tiếp", "Tố cáo tiếp sai")),
            Column(13, ("Tố cáo tiếp", "Tố cáo tiếp có đúng có sai")),
            Column(14, (TO_RECOVER, "Tiền (Trđ)")),
            Column(15, (TO_RECOVER, "Đất (m2)")),
            Column(16, (RETURNED, "Tiền (Trđ)")),
            Column(17, (RETURNED, "Đất (m2)")),
            Column(18, (RETURNED, "Số tổ chức được trả lại quyền lợi")),
            Column(19, (RETURNED, "Số cá nhân được trả lại quyền lợi")),
            Column(20, (DISCIPLINED, "Tổ chức")),
            Column(21, (DISCIPLINED, "Cá nhân")),
            Column(22, (DISCIPLINED, "Trong đó, Cán bộ, công chức")),
            Column(23, (INVESTIGATED, "Số vụ")),
            Column(24, (INVESTIGATED, "Số đối tượng")),
            Column(25, (INVESTIGATED, OFFICIALS)),
        ),
        sums=(
            Sum(2, (3, 4, 5, 6)),
            Sum(7, (8, 9, 10, 11, 12, 13)),
        ),
        bounds=(
            Bound(2, 1),
            Bound(22, 21),
            Bound(25, 24),
        ),
        cross=(Cross("04/GQTC#1", "==", "02/XLD#12"),),
    ),
    Form(
        key="05/KQTH",
        title="Tổng hợp kết quả thi hành quyết định, thực hiện kết luận",
        circular="06/2025/TT-TTCP",
        valid_from=date(2025, 9, 30),
        note_column=32,
        columns=(
            Column(1, (DECISIONS, "Tổng số Quyết định phải thi hành trong kỳ")),
            Column(2, (DECISIONS, "Tổng số Quyết định đã thi hành xong")),
            Column(3, (DECISIONS, RECOVERED, "Phải thu", "Tiền (Trđ)")),
            Column(4, (DECISIONS, RECOVERED, "Phải thu", "Đất (m2)")),
            Column(5, (DECISIONS, RECOVERED, "Đã thu", "Tiền (Trđ)")),
            Column(6, (DECISIONS, RECOVERED, "Đã thu", "Đất (m2)")),
            Column(7, (DECISIONS, RETURNED, "Phải trả", "Tiền (Trđ)")),
            Column(8, (DECISIONS, RETURNED, "Phải trả", "Đất (m2)")),
            Column(9, (DECISIONS, RETURNED, "Đã trả", "Tiền (Trđ)")),
            Column(10, (DECISIONS, RETURNED, "Đã trả", "Đất (m2)")),
            Column(11, (DECISIONS, PUNISHED, "Tổng số người bị xử lý")),
            Column(12, (DECISIONS, PUNISHED, OFFICIALS)),
            Column(13, (DECISIONS, PROSECUTED, "Số vụ")),
            Column(14, (DECISIONS, PROSECUTED, "Số người")),
            Column(15, (DECISIONS, PROSECUTED, OFFICIALS)),
            Column(16, (CONCLUSIONS, "Tổng số Kết luận phải thực hiện trong kỳ")),
            Column(17, (CONCLUSIONS, "Tổng số Kết luận đã thực hiện xong")),
            Column(18, (CONCLUSIONS, RECOVERED, "Phải thu", "Tiền (Trđ)")),
            Column(19, (CONCLUSIONS, RECOVERED, "Phải thu", "Đất (m2)")),
            Column(20, (CONCLUSIONS, RECOVERED, "Đã thu", "Tiền (Trđ)")),
            Column(21, (CONCLUSIONS, RECOVERED, "Đã thu", "Đất (m2)")),
            Column(22, (CONCLUSIONS, RETURNED, "Phải trả", "Tiền (Trđ)")),
            Column(23, (CONCLUSIONS, RETURNED, "Phải trả", "Đất (m2)")),
            Column(24, (CONCLUSIONS, RETURNED, "Đã trả", "Tiền (Trđ)")),
            Column(25, (CONCLUSIONS, RETURNED, "Đã trả", "Đất (m2)")),
            Column(26, (CONCLUSIONS, PUNISHED, "Tổng số tổ chức bị xử lý")),
            Column(27, (CONCLUSIONS, PUNISHED, "Tổng số cá nhân bị xử lý")),
            Column(28, (CONCLUSIONS, PUNISHED, OFFICIALS)),
            Column(29, (CONCLUSIONS, PROSECUTED, "Số vụ")),
            Column(30, (CONCLUSIONS, PROSECUTED, "Số đối tượng")),
            Column(31, (CONCLUSIONS, PROSECUTED, OFFICIALS)),
        ),
        bounds=(
            Bound(2, 1),
            Bound(12, 11),
            Bound(15, 14),
            Bound(17, 16),
            Bound(28, 27),
            Bound(31, 30),
        ),
        cross=(
            Cross("05/KQTH#1", ">=", "03/GQKN#7"),
            Cross("05/KQTH#16", ">=", "04/GQTC#7"),
        ),
    ),
    Form(
        key="06/QLKNTC",
        title="Tổng hợp công tác quản lý nhà nước về tiếp công dân, giải quyết khiếu nại, tố cáo",
        circular="06/2025/TT-TTCP",
        valid_from=date(2025, 9, 30),
        note_column=18,
        columns=(
            Column(1, (ISSUED, "Số văn bản ban hành mới")),
            Column(2, (ISSUED, "Số văn bản được sửa đổi, bổ sung")),
            Column(3, (ISSUED, "Số văn bản hủy bỏ")),
            Column(4, (TAUGHT, "Số lớp")),
            Column(5, (TAUGHT, "Số người")),
            Column(6, (INSPECTED, "Thực hiện pháp luật về TCD, KN, TC", "Số cuộc")),
            Column(7, (INSPECTED, "Thực hiện pháp luật về TCD, KN, TC", "Số đơn vị")),
            Column(8, (INSPECTED, "Số cuộc đã ban hành kết luận")),
            Column(9, (INSPECTED, RECOMMENDED, "Hành chính", "Tổ chức")),
            Column(10, (INSPECTED, RECOMMENDED, "Hành chính", "Cá nhân")),
            Column(11, (INSPECTED, RECOMMENDED, INVESTIGATED, "Tổ chức")),
            Column(12, (INSPECTED, RECOMMENDED, INVESTIGATED, "Cá nhân")),
            Column(13, (CARRIED_OUT, "Tổng số KLTT thực hiện")),
            Column(14, (CARRIED_OUT, PUNISHED, "Tổ chức")),
            Column(15, (CARRIED_OUT, PUNISHED, "Cá nhân")),
            Column(16, (CARRIED_OUT, PROSECUTED, "Vụ")),
            Column(17, (CARRIED_OUT, PROSECUTED, "Đối tượng")),
        ),
        bounds=(Bound(8, 6),),
    ),
)
