"""Twelve people and the ways others write them: made up, as every name here.

A way is a respondent's entry, and whom it means.
"""

HOLDERS = {
    "LE.HAI": "Lê Lãnh Đạo Hai",
    "TRAN.BA": "Trần Thị Ba",
    "NGUYEN.TU": "Nguyễn Văn Tư",
    "PHAM.NAM": "Phạm Quang Năm",
    "BUI.SAU": "Bùi Sáu",
    "DO.BAY": "Đỗ Thị Minh Bảy",
    "HOANG.TAM": "Hoàng Đức Tám",
    "VU.CHIN": "Vũ Chín",
    "DANG.MUOI": "Đặng Hữu Mười",
    "NGO.MOT": "Ngô Bảo Một",
    "DINH.LY": "Đinh Thị Lý",
    "TA.QUY": "Tạ Xuân Quý",
}


def _entry(name, **more):
    return {"name": name, **more}


# account: entries that mean its holder, each in a petition of its own.
WAYS = {
    "LE.HAI": [
        _entry("Ông Lê Lãnh Đạo Hai"),
        _entry("Đ/c Lê Lãnh Đạo Hai"),
        _entry("Lê Lãnh Đạo Hai (Phó Chánh Thanh tra)"),
        _entry("Lê Lãnh Đạo Hai và Bùi Văn X"),
        _entry("Lê Lãnh Đạo Hai, Trần B"),
        _entry("Lê L. Đạo Hai"),
        _entry("Hai Lê Lãnh Đạo"),
        _entry("không rõ", position="Phó Chánh Thanh tra Lê Lãnh Đạo Hai"),
        _entry("LE LANH DAO HAI"),
        _entry("Lê Lãnh Đao Hai"),
        _entry("Lê Lãnh Đạoo Hai"),
        _entry("L.L.Đ. Hai"),
        _entry("LêLãnhĐạoHai"),
        _entry("Ông Hai, Phó Chánh Thanh tra"),
    ],
    "TRAN.BA": [
        _entry("Bà Trần Thị Ba"),
        _entry("1. Trần Thị Ba; 2. Lý Văn Không"),
        _entry("Trần T. Ba"),
        _entry("T.T. Ba"),
        _entry("chị Ba"),
        _entry("Trần Ba"),
        _entry("TRẦN THỊ BA"),
    ],
    "NGUYEN.TU": [
        _entry("Nguyễn Văn Tư – Chủ tịch UBND xã"),
        _entry("Nguyen Van Tu"),
        _entry("Ng. Văn Tư"),
        _entry("NV Tư"),
        _entry("Nguyễn Văn T."),
        _entry("Thiếu tá Nguyễn Văn Tư"),
    ],
    "PHAM.NAM": [
        _entry("Phạm Quang Năm\nVũ Không Ai"),
        _entry("đồng chí Phạm Quang Năm"),
        _entry("Phạm Quạng Năm"),
        _entry("Quang Năm"),
        _entry("Chi cục trưởng", position="Phạm Quang Năm"),
    ],
    "BUI.SAU": [_entry("Bùi Sáu"), _entry("ông Bùi Sáu và vợ"), _entry("Bui Sau"), _entry("B. Sáu"), _entry("Sáu Bùi")],
    "DO.BAY": [
        _entry("Đỗ Thị Minh Bảy"),
        _entry("Do Thi Minh Bay"),
        _entry("ĐTM Bảy"),
        _entry("Đỗ Minh Bảy"),
        _entry("cô Minh Bảy"),
        _entry("Bà Đỗ T. Minh Bảy, nguyên Giám đốc"),
    ],
    "HOANG.TAM": [
        _entry("Hòang Đức Tám"),
        _entry("Hoàng  Đức   Tám"),
        _entry("Hoàng Đức Tấm"),
        _entry("Hoang Duc Tam (đã nghỉ hưu)"),
    ],
    "VU.CHIN": [_entry("Anh Vũ Chín"), _entry("Vũ Chín / Lê Ai Đó"), _entry("ông Chín")],
    "DANG.MUOI": [_entry("Đặng Hữu Mười; Đặng Hữu Không"), _entry("Dặng Hữu Mười"), _entry("GS.TS Đặng Hữu Mười")],
    "NGO.MOT": [_entry("Ngô Bảo Một"), _entry("Ngô B. Một"), _entry("Bác Một")],
    "DINH.LY": [_entry("Đinh Thị Lí"), _entry("ĐINH THI LY"), _entry("Đinh Thi Lý (kế toán)")],
    "TA.QUY": [
        _entry("Tạ Xuân Quí"),
        _entry("Tạ X. Quý"),
        _entry("Tạ XuânQuý"),
        _entry("Tạ X. Q."),
        _entry("Tạ  Xuân Quý, Chánh Văn phòng"),
    ],
}
# Entries that mean none of them. Being asked about once too often is right; how often it happens is printed.
OTHERS = (
    "Lê Văn Không",
    "Trần Thị Không",
    "Nguyễn Văn Tám",
    "Phạm Thị Năm Không",
    "Chủ tịch UBND xã",
    "Đỗ Văn Không",
    "Hoàng Thị Không",
    "Vũ Văn Không",
    "Đặng Thị Không",
    "Ngô Thị Không",
    "Đinh Văn Không",
    "Tạ Thị Không",
    "Không rõ họ tên",
    "Lãnh đạo Chi cục",
    "Bà Nguyễn Thị Hoa",
    "Trưởng thôn 3",
)
