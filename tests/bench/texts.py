"""Made-up names and sentences, varied enough that a searched name finds a likely share of the rows."""

from itertools import accumulate
from random import Random
from typing import Any

from app.operations.exchange import made_up


def _split(text: str, by: str = " ") -> list[str]:
    return text.split(by)


# Shares of family names in the country, in thousandths, roughly as published.
FAMILY = {
    "Nguyễn": 384, "Trần": 121, "Lê": 95, "Phạm": 70, "Hoàng": 51, "Phan": 45, "Vũ": 39, "Đặng": 21,
    "Bùi": 20, "Đỗ": 14, "Hồ": 13, "Ngô": 13,
    "Dương": 10, "Lý": 5, "Đinh": 9, "Trịnh": 8, "Mai": 7, "Cao": 7, "Lương": 6, "Lưu": 5, "Tạ": 4, "Tô": 4,
    "Hà": 4, "Đoàn": 6, "Chu": 3, "Quách": 2,
}  # fmt: skip
MIDDLE = _split(
    "Văn Thị Hữu Đức Minh Ngọc Quang Thanh Thu Xuân Hồng Quốc Đình Công Duy Gia Kim Mạnh Phương Thế Trọng Tuấn "
    "Viết Bá Khắc Như Bích Diệu Hoài Mỹ"
)
GIVEN = _split(
    "An Anh Ánh Bảo Bình Châu Chi Chiến Cường Dung Dũng Duyên Đạt Điệp Đông Giang Hà Hải Hạnh Hằng Hậu Hiền "
    "Hiếu Hòa Hoa Hoàn Hồng Huệ Hùng Huy "
    "Hương Hường Khánh Khoa Kiên Lam Lan Liên Linh Loan Long Lộc Lợi Lương Ly Mai Minh Nam Nga Ngân Nghĩa Ngọc "
    "Nguyệt Nhàn Nhung Oanh Phong Phúc "
    "Phương Phượng Quân Quế Quyên Quỳnh Sáng Sơn Tâm Tân Thái Thành Thảo Thắng Thịnh Thoa Thơm Thuận Thúy Thủy "
    "Thương Tiến Tình Toàn Trang Trinh "
    "Trung Trường Tú Tuấn Tùng Tuyết Uyên Vân Việt Vinh Vượng Xuyến Yến"
)
HAMLETS = _split(
    "Đông Thượng|Đoài Hạ|Phú Lộc|Tân Lập|Tân Tiến|Hòa Bình|Yên Mỹ|Long Khánh|An Thái|Bình Sơn|Cẩm Hà|Gò Đậu|"
    "Lũng Cao|Xuân Trường|Vĩnh Phú|Thạch Bàn|"
    "Kỳ Sơn|Quảng Châu|Mỹ Hưng|Trà Linh|Bản Mường|Nà Phặc|Khe Sanh|Cồn Tiên|Bàu Sen|Rạch Dừa|Suối Cát|"
    "Đồng Chòi|Hồng Thái|Ninh Phước",
    "|",
)
MORE = (
    "Sự việc xảy ra từ năm {year}, gia đình đã nhiều lần làm việc với cán bộ địa chính.",
    "Biên bản đo đạc năm {year} không có chữ ký của các hộ liền kề.",
    "Gia đình đề nghị đối thoại trực tiếp với người có trách nhiệm.",
    "Hồ sơ đã nộp từ năm {year} nhưng đơn vị tiếp nhận không cấp giấy hẹn.",
    "Số tiền đã nộp là {n} triệu đồng, không được cấp biên lai.",
    "Các hộ dân ở xóm {hamlet} cùng có ý kiến như trên.",
    "Công trình do doanh nghiệp thi công gây nứt tường, lún nền nhà của {n} hộ.",
    "Thông báo kết luận trước đây chưa nêu rõ căn cứ pháp luật.",
    "Người viết đơn là thương binh, hoàn cảnh khó khăn, sống cùng con nhỏ.",
    "Kèm theo đơn có bản sao sổ hộ khẩu, trích lục bản đồ và ảnh chụp hiện trường.",
    "Danh sách {n} hộ ký tên kèm theo; đại diện nhận văn bản trả lời tại xóm {hamlet}.",
    "Phần diện tích giáp đường liên xã chưa được kiểm đếm khi giải phóng mặt bằng.",
)
PHRASE = "đơn gửi ba lần chưa được trả lời"  # in one petition of fifty; its words stand in many more
RARE = f"Đề nghị xem lại vì {PHRASE}."
_FAMILIES = list(FAMILY)
_SHARES = list(accumulate(FAMILY.values()))


def name(random: Random) -> str:
    """A made-up name, by the shares of family names."""
    return f"{random.choices(_FAMILIES, cum_weights=_SHARES)[0]} {random.choice(MIDDLE)} {random.choice(GIVEN)}"


def identity(random: Random, known: dict[str, Any], where: str) -> dict[str, Any]:
    """Another person in the place of the one who is known there."""
    made = known | {"name": name(random)}
    if "address" in known:
        made["address"] = f"Xóm {random.choice(HAMLETS)}, {where}"
    if "id_number" in known:
        made["id_number"] = (
            f"0{random.randint(10, 96)}{random.randint(0, 3)}{random.randint(50, 99)}{random.randint(0, 999999):06d}"
        )
    if "phone" in known:
        made["phone"] = f"09{random.randint(0, 99999999):08d}"
    return made


def summary(random: Random, kind: str, field: str) -> str:
    """A made-up text on what the petition is about: a sentence of the product's demonstration and one or two "
    "more."""
    parts = [made_up.summary(random, kind, field)]
    parts += random.sample(MORE, random.choice((1, 1, 2)))
    if random.random() < 0.02:
        parts.append(RARE)
    text = " ".join(parts)
    return text.format(year=random.randint(1995, 2025), n=random.randint(2, 400), hamlet=random.choice(HAMLETS))
