"""The glossary: every code of the application with its Vietnamese and English term. One word for one thing."""

from typing import Final

TERMS: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "kind": {
        "complaint": ("Khiếu nại", "Complaint"),
        "denunciation": ("Tố cáo", "Denunciation"),
        "reflection": ("Kiến nghị, phản ánh", "Reflection"),
    },
    "source": {
        "post": ("Bưu chính", "Post"),
        "reception": ("Tiếp công dân", "Reception"),
        "forwarded": ("Cơ quan khác chuyển đến", "Forwarded"),
        "online": ("Trực tuyến", "Online"),
    },
    "matter": {
        "complaint.1": ("Khiếu nại lần đầu", "Complaint"),
        "complaint.2": ("Khiếu nại lần hai", "Second complaint"),
        "denunciation.1": ("Tố cáo", "Denunciation"),
        "denunciation.2": ("Tố cáo tiếp", "Continued denunciation"),
        "reflection.1": ("Kiến nghị, phản ánh", "Reflection"),
        "reflection.2": ("Kiến nghị, phản ánh", "Reflection"),
    },
    "instance": {
        "1": ("Khiếu nại lần đầu, tố cáo, kiến nghị, phản ánh", "First complaint, denunciation, reflection"),
        "2": ("Khiếu nại lần hai, tố cáo tiếp", "Second complaint, continued denunciation"),
    },
    "discipline": {
        "discipline": ("Quyết định kỷ luật cán bộ, công chức", "Discipline of an official"),
        "dismissal": ("Kỷ luật buộc thôi việc", "Dismissal of an official"),
    },
    "signatories": {
        "one": ("Một người đứng tên", "One person"),
        "many": ("Nhiều người đứng tên", "Several people"),
        "none": ("Không có họ tên (nặc danh)", "No name (anonymous)"),
    },
    "person_sort": {"person": ("Cá nhân", "Person"), "organisation": ("Cơ quan, tổ chức", "Organisation")},
    "person_part": {
        "petitioner": ("Người đứng đơn", "Petitioner"),
        "representative": ("Người đại diện", "Representative"),
        "authorised": ("Người được ủy quyền", "Authorised person"),
    },
    "field": {
        "land": ("Đất đai", "Land"),
        "policy": ("Chế độ, chính sách", "Policy"),
        "civil_service": ("Công chức, công vụ", "Civil service"),
        "administrative": ("Hành chính khác", "Other administrative"),
        "corruption": ("Tham nhũng", "Corruption"),
        "judicial": ("Tư pháp", "Judicial"),
        "party": ("Đảng, đoàn thể", "Party, associations"),
        "other": ("Lĩnh vực khác", "Other"),
    },
    "direction": {
        "accept": ("Thụ lý giải quyết", "Accept"),
        "guide": ("Hướng dẫn", "Guide"),
        "forward": ("Chuyển đơn", "Forward"),
        "return": ("Trả lại đơn", "Return"),
        "file": ("Lưu đơn", "File"),
        "urge": ("Đôn đốc giải quyết", "Urge"),
        "inspect": ("Thanh tra, kiểm tra", "Inspect"),
    },
    "outcome": {
        "justified": ("Khiếu nại đúng", "Justified"),
        "partly": ("Đúng một phần", "Partly justified"),
        "unjustified": ("Khiếu nại sai", "Unjustified"),
        "upheld": ("Công nhận quyết định lần đầu", "Upheld"),
        "amended": ("Hủy, sửa quyết định lần đầu", "Annulled or amended"),
        "true": ("Tố cáo đúng", "True"),
        "false": ("Tố cáo sai", "False"),
        "answered": ("Đã trả lời", "Answered"),
    },
    "petition_state": {
        "received": ("Chờ xử lý", "Received"),
        "processed": ("Đã xử lý", "Processed"),
        "closed": ("Đã xong trước khi dùng phần mềm", "Finished before the software was used"),
        "removed": ("Đã rút khỏi sổ", "Withdrawn from the register"),
    },
    "case_state": {
        "reviewing": ("Đang xem xét điều kiện thụ lý", "Under review"),
        "accepted": ("Đang giải quyết", "Being settled"),
        "suspended": ("Tạm đình chỉ", "Suspended"),
        "refused": ("Không thụ lý", "Refused"),
        "withdrawn": ("Đã rút toàn bộ", "Withdrawn"),
        "discontinued": ("Đình chỉ", "Discontinued"),
        "decided": ("Đã giải quyết, đang thi hành", "Decided, being executed"),
        "finished": ("Đã thi hành xong", "Executed"),
        "closed": ("Đã xong trước khi dùng phần mềm", "Finished before the software was used"),
        "removed": ("Đã rút khỏi sổ", "Withdrawn from the register"),
    },
    "task_state": {
        "given": ("Đang thực hiện", "Being done"),
        "answered": ("Đã báo cáo, chờ kết thúc", "Reported"),
        "closed": ("Đã kết thúc", "Closed"),
        "withdrawn": ("Đã thu hồi", "Withdrawn"),
    },
    "case_state:denunciation": {
        "decided": ("Đã kết luận, đang thực hiện kết luận", "Concluded, being carried out"),
        "finished": ("Đã thực hiện xong kết luận", "Carried out"),
    },
    "case_state:reflection": {
        "decided": ("Đã trả lời", "Answered"),
        "finished": ("Đã trả lời, đã kết thúc", "Answered, finished"),
    },
    "carrying_out": {
        "complaint": ("thi hành", "executed"),
        "denunciation": ("thực hiện", "carried out"),
        "reflection": ("thực hiện", "carried out"),
    },
    "level": {
        "central": ("Trung ương", "Central"),
        "province": ("Tỉnh", "Province"),
        "department": ("Sở, ban, ngành", "Department"),
        "district": ("Huyện", "District"),
        "commune": ("Xã, phường, đặc khu", "Commune"),
    },
    "reception_kind": {
        "regular": ("Tiếp thường xuyên", "Regular"),
        "head": ("Thủ trưởng tiếp", "By the head"),
        "authorised": ("Ủy quyền tiếp", "By a person authorised"),
    },
    "reception_change": {
        "correct": ("Sửa", "Corrected"),
        "remove": ("Rút khỏi sổ", "Withdrawn from the register"),
        "restore": ("Khôi phục vào sổ", "Put back into the register"),
    },
    "holiday_kind": {"off": ("Nghỉ", "Off"), "worked": ("Làm bù", "Worked")},
    "account_kind": {
        "admin": ("Quản trị", "Administrator"),
        "manager": ("Quản lý người dùng", "User manager"),
        "user": ("Người dùng", "User"),
    },
    "reach": {
        "OwnUnit": ("đơn của đơn vị, kể cả nội dung", "the unit's petitions, text included"),
        "Registered": ("đơn do mình vào sổ", "petitions it registered"),
        "UnitDenunciations": ("mọi đơn tố cáo của đơn vị", "every denunciation of the unit"),
        "SubtreeFacts": ("số liệu của đơn vị và các đơn vị dưới", "figures of the subtree"),
    },
    "account_state": {
        "in_use": ("Đang dùng", "In use"),
        "unconfirmed": ("Chờ xác nhận", "Waiting for confirmation"),
        "suspended": ("Đã khóa", "Locked by an administrator"),
        "idle": ("Tạm dừng vì lâu không dùng", "Disabled, unused"),
        "closed": ("Đã đóng", "Closed"),
    },
    "job_kind": {
        "export": ("Xuất danh sách đơn", "Export of petitions"),
        "register": ("Nhập sổ Excel", "Import of a register"),
        "form": ("Lập biểu báo cáo", "Statutory form"),
        "recount": ("Tính lại thời hạn", "Recounting of deadlines"),
    },
    "job_state": {
        "waiting": ("Đang chờ", "Waiting"),
        "running": ("Đang chạy", "Running"),
        "done": ("Đã xong", "Done"),
        "failed": ("Không làm được", "Failed"),
        "fetched": ("Đã tải kết quả", "Fetched"),
        "expired": ("Quá hạn tải, đã xóa kết quả", "Result removed, not fetched in time"),
    },
    "account_act": {
        "grant": ("Cấp tài khoản", "Granted"),
        "hand_over": ("Bàn giao", "Handed over"),
        "reset": ("Đặt lại mật khẩu", "Password reset"),
        "suspend": ("Khóa", "Locked"),
        "restore": ("Mở lại", "Restored"),
        "close": ("Đóng", "Closed"),
        "bind": ("Gắn thiết bị lưu khóa", "Token bound"),
        "replace": ("Thay thiết bị lưu khóa", "Token replaced"),
        "revoke": ("Thu hồi thiết bị lưu khóa", "Token taken back"),
        "lost": ("Báo mất thiết bị lưu khóa", "Token lost"),
        "factors": ("Gỡ yếu tố xác thực thứ hai", "Second factors removed"),
        "widen": ("Mở rộng quyền", "Rights widened"),
        "identity": ("Ghi số định danh người giữ", "Holder's identity number recorded"),
    },
    "sign_in_policy": {
        "token": ("Bắt buộc thiết bị lưu khóa", "Token required"),
        "second_factor": (
            "Thiết bị lưu khóa, hoặc mật khẩu kèm yếu tố thứ hai",
            "Token, or password with a second factor",
        ),
        "password": ("Mật khẩu", "Password"),
    },
    "sign_in_method": {
        "password": ("Mật khẩu", "Password"),
        "factor": ("Mật khẩu và yếu tố thứ hai", "Password and second factor"),
        "token": ("Thiết bị lưu khóa", "Token"),
    },
    "browser_known": {
        "known": ("Đã dùng trước đó", "Known"),
        "new": ("Lần đầu dùng", "New"),
        "unknown": ("Chưa từng dùng", "Unknown"),
    },
    "factor": {"webauthn": ("Khóa bảo mật", "Security key"), "totp": ("Ứng dụng tạo mã", "Code generator")},
    "request_state": {
        "sent": ("Chờ cấp trên", "With the superior"),
        "with_admin": ("Chờ quản trị", "With the administrators"),
        "returned": ("Đã trả lại", "Returned"),
        "decided": ("Đã quyết định", "Decided"),
        "forwarded": ("Đã chuyển lên", "Forwarded"),
    },
    "role": {
        "officer": ("Cán bộ xử lý đơn", "Officer"),
        "reception": ("Cán bộ tiếp công dân", "Reception officer"),
        "leader": ("Lãnh đạo", "Leader"),
        "synthesis": ("Cán bộ tổng hợp", "Synthesis officer"),
        "custodian": ("Người giữ bí mật", "Custodian"),
        "publisher": ("Cán bộ công khai kết quả", "Publisher"),
        "auditor": ("Kiểm soát nhật ký", "Auditor"),
        "administrator": ("Quản trị tài khoản", "Account administrator"),
    },
    "secrecy": {"0": ("Thường", "Not secret"), "1": ("Mật", "Secret (Mật)"), "2": ("Tối mật", "Top secret (Tối mật)")},
    "secrecy_unclaimed": {"guarded": ("Bảo vệ người tố cáo", "Denouncer protected")},
    "document_state": {
        "held": ("Chờ quét mã độc", "Held: not scanned yet"),
        "waiting": ("Đang làm bản xem", "Working copy being made"),
        "ready": ("Xem được, đang đọc chữ", "Ready, being read"),
        "read": ("Xem được, tìm được", "Ready and searchable"),
        "failed": ("Không xử lý được", "Could not be processed"),
        "refused": ("Không nhận", "Refused"),
    },
    "approval_act": {
        "reveal": ("Xem danh tính người tố cáo", "Reveal the denouncer"),
        "print": ("In hồ sơ", "Print a dossier"),
        "download": ("Tải tài liệu", "Download a document"),
        "export": ("Xuất danh sách", "Export a list"),
        "correct": ("Sửa hồ sơ đã xử lý", "Correct what was processed"),
        "kind": ("Đổi loại đơn tố cáo", "Change the kind of a denunciation"),
    },
    "conflict_why": {
        "number": ("Trùng số định danh người bị tố cáo", "Same identity number as a respondent"),
        "name": ("Trùng họ tên người bị tố cáo", "Same name as a respondent"),
        "near": ("Họ tên gần giống người bị nêu trong đơn", "A name like one in the petition"),
        "marked": ("Lãnh đạo đánh dấu", "Marked by a leader"),
    },
    "phase": {
        "overdue": ("Quá hạn", "Overdue"),
        "before_use": ("Trước khi dùng phần mềm", "Before the software was used"),
        "due_soon": ("Sắp đến hạn", "Due soon"),
        "in_time": ("Trong hạn", "In time"),
        "paused": ("Tạm dừng tính hạn", "Clock stopped"),
        "done": ("Không còn hạn", "No deadline"),
    },
    "skipped": {
        "weekend": ("ngày nghỉ hằng tuần", "weekend"),
        "holiday": ("ngày nghỉ lễ", "public holiday"),
        "suspended": ("tạm đình chỉ", "suspended"),
    },
    "unit_of_days": {"calendar": ("ngày", "calendar days"), "working": ("ngày làm việc", "working days")},
    "suspension_ground": {
        "obstacle": ("Sự kiện bất khả kháng hoặc trở ngại khách quan", "Force majeure or an objective obstacle"),
        "other_result": (
            "Đợi kết quả giải quyết của cơ quan khác hoặc vụ việc khác có liên quan",
            "Waiting for the result of another body or case",
        ),
        "expertise": (
            "Đợi kết quả giám định bổ sung, giám định lại",
            "Waiting for a further or repeated expert opinion",
        ),
    },
    "discontinuation_ground": {
        "withdrawn": ("Rút toàn bộ nội dung", "All of it withdrawn"),
        "no_successor": (
            "Người khiếu nại chết hoặc tổ chức giải thể, phá sản mà không có người kế thừa",
            "The complainant died or was dissolved without a successor",
        ),
        "object_gone": ("Đối tượng khiếu nại không còn", "What was complained about no longer exists"),
        "court": ("Tòa án đã thụ lý hoặc đã giải quyết", "Accepted or settled by a court"),
        "respondent_dead": (
            "Người bị tố cáo chết, nội dung tố cáo chỉ liên quan đến trách nhiệm của người đó",
            "The denounced died, and only their responsibility was concerned",
        ),
        "resolved": (
            "Đã được giải quyết bằng bản án, quyết định có hiệu lực",
            "Resolved by a judgment or decision in force",
        ),
    },
    "withdrawal_paper": {
        "application": ("Đơn rút", "Application"),
        "minutes": ("Biên bản ghi nhận việc rút", "Minutes"),
    },
    "withdrawal_sign": {
        "violation": (
            "Có dấu hiệu vi phạm pháp luật trong nội dung tố cáo được rút?",
            "Are there signs of a violation in what is withdrawn?",
        ),
        "threat": (
            "Có căn cứ cho thấy người tố cáo bị đe dọa, mua chuộc để rút?",
            "Are there signs of threat or bribery?",
        ),
        "slander": (
            "Có căn cứ cho thấy người tố cáo lợi dụng tố cáo để vu khống, xúc phạm?",
            "Are there signs of slander?",
        ),
    },
    "event": {
        "issued": ("ngày ban hành", "issue"),
        "received": ("ngày nhận đơn", "receipt"),
        "accepted": ("ngày thụ lý", "acceptance"),
        "decided": ("ngày ban hành quyết định", "decision"),
        "concluded": ("ngày ban hành kết luận", "conclusion"),
        "decision_received": ("ngày nhận quyết định", "receipt of the decision"),
        "act_known": ("ngày biết quyết định, hành vi", "knowledge of the act"),
        "grounds": ("ngày có căn cứ", "grounds"),
        "result_known": ("ngày có kết quả", "result"),
        "demand_received": ("ngày nhận yêu cầu báo cáo", "receipt of the demand"),
        "asked": ("ngày công dân yêu cầu", "request"),
        "settled": ("ngày giải quyết xong", "settlement"),
    },
    "deadline": {
        "complaint.accept": ("Thụ lý khiếu nại", "Accept the complaint"),
        "complaint.accept.second": ("Thụ lý khiếu nại lần hai", "Accept the second complaint"),
        "complaint.settle.first": ("Giải quyết khiếu nại lần đầu", "Settle the complaint"),
        "complaint.settle.second": ("Giải quyết khiếu nại lần hai", "Settle the second complaint"),
        "complaint.send.first": ("Gửi quyết định giải quyết khiếu nại", "Send the decision"),
        "complaint.send.second": ("Gửi quyết định giải quyết khiếu nại lần hai", "Send the second decision"),
        "complaint.appeal": ("Thời hạn khiếu nại lần hai", "Time to complain again"),
        "complaint.effect": ("Quyết định giải quyết khiếu nại có hiệu lực", "The decision takes effect"),
        "complaint.publish.second": (
            "Công khai quyết định giải quyết khiếu nại lần hai",
            "Publish the second decision",
        ),
        "complaint.suspend.send": (
            "Gửi quyết định tạm đình chỉ, đình chỉ, tiếp tục giải quyết khiếu nại",
            "Send the suspension of a complaint",
        ),
        "complaint.time_bar": ("Thời hiệu khiếu nại", "Time bar of a complaint"),
        "discipline.complain.first": ("Thời hiệu khiếu nại quyết định kỷ luật", "Time to complain of discipline"),
        "discipline.complain.second": (
            "Thời hạn khiếu nại lần hai quyết định kỷ luật",
            "Time to complain of discipline again",
        ),
        "discipline.accept": ("Thụ lý khiếu nại quyết định kỷ luật", "Accept the complaint of discipline"),
        "discipline.settle": ("Giải quyết khiếu nại quyết định kỷ luật", "Settle the complaint of discipline"),
        "denunciation.process": ("Xử lý ban đầu thông tin tố cáo", "Process the denunciation"),
        "denunciation.review": ("Xem xét tố cáo tiếp", "Review the continued denunciation"),
        "denunciation.forward": ("Chuyển tố cáo không thuộc thẩm quyền", "Forward the denunciation"),
        "denunciation.notify": ("Thông báo thụ lý, thông báo nội dung tố cáo", "Notify acceptance"),
        "denunciation.act": ("Xử lý theo kết luận nội dung tố cáo", "Act on the conclusion"),
        "denunciation.publish": ("Công khai kết luận nội dung tố cáo", "Publish the conclusion"),
        "denunciation.reply": (
            "Trả lời cơ quan báo chí, cơ quan chuyển tố cáo",
            "Reply to the press or the forwarding body",
        ),
        "denunciation.suspend.send": (
            "Gửi quyết định tạm đình chỉ, đình chỉ giải quyết tố cáo",
            "Send the suspension of a denunciation",
        ),
        "denunciation.result.report": ("Báo cáo kết quả thực hiện kết luận", "Report what was done on the conclusion"),
        "denunciation.overdue.demand": (
            "Yêu cầu giải trình tố cáo quá thời hạn giải quyết",
            "Demand a report on an overdue denunciation",
        ),
        "denunciation.overdue.report": (
            "Báo cáo việc tố cáo quá thời hạn giải quyết",
            "Report on an overdue denunciation",
        ),
        "denunciation.settle": ("Giải quyết tố cáo", "Settle the denunciation"),
        "denunciation.send": ("Gửi kết luận nội dung tố cáo", "Send the conclusion"),
        "reflection.process": ("Xử lý kiến nghị, phản ánh", "Process the reflection"),
        "reception.reply": ("Trả lời người được tiếp", "Reply after a reception"),
        "reception.refuse": ("Thông báo từ chối tiếp công dân", "Notify a refused reception"),
        "reception.inform": ("Thông tin theo yêu cầu của công dân", "Inform on request"),
        "forwarded.result": ("Báo kết quả cho cơ quan chuyển đơn", "Tell the forwarding body the result"),
        "petition.neglected": (
            "Đơn không được xử lý, căn cứ xử lý kỷ luật",
            "Left unprocessed, a ground for discipline",
        ),
    },
}

# A denunciation's conclusion says "đúng một phần" where a complaint's decision does; only the noun before it differs.
VI = 0
EN = 1


def term(group: str, code: str | None, language: str = "vi") -> str:
    """The term for a code; an empty string for None. Raises KeyError for a code the glossary does not hold."""
    if code is None:
        return ""
    return TERMS[group][code][EN if language == "en" else VI]


def term_of_kind(group: str, code: str | None, kind: str, language: str = "vi") -> str:
    """As `term`, in the words of that kind of petition where they differ: a conclusion is carried out, a decision
    executed.
    """
    return term(f"{group}:{kind}" if code in TERMS.get(f"{group}:{kind}", {}) else group, code, language)


def matter(kind: str, instance: int, language: str = "vi") -> str:
    """What a petition or case of that kind and instance is called; a denunciation has no instances, it is continued."""
    return term("matter", f"{kind}.{instance}", language)


def codes(group: str) -> tuple[str, ...]:
    """The codes of a group, in the order of the glossary."""
    return tuple(TERMS[group])
