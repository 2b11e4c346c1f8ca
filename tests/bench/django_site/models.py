"""Units, petitions in clear, and whose unit an account is of."""

import uuid

from django.conf import settings
from django.db import models

KINDS = [("complaint", "Khiếu nại"), ("denunciation", "Tố cáo"), ("reflection", "Kiến nghị, phản ánh")]
SOURCES = [
    ("post", "Bưu chính"),
    ("reception", "Tiếp công dân"),
    ("forwarded", "Nơi khác chuyển đến"),
    ("online", "Trực tuyến"),
]
FIELDS = [
    ("land", "Đất đai"), ("policy", "Chính sách"), ("civil_service", "Công vụ"), ("administrative", "Hành chính"),
    ("corruption", "Tham nhũng"), ("judicial", "Tư pháp"), ("party", "Đảng"), ("other", "Khác"),
]  # fmt: skip
STATES = [("received", "Mới nhận"), ("processed", "Đã xử lý"), ("removed", "Đã rút")]


class Unit(models.Model):
    """An agency."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=250)
    level = models.CharField(max_length=20)
    depth = models.IntegerField()
    path = models.CharField(max_length=400)

    class Meta:
        """Filled by COPY."""

        managed = False
        db_table = "petitions_unit"

    def __str__(self) -> str:
        return self.name


class Petition(models.Model):
    """A petition."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    number = models.CharField("Số đơn", max_length=80, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="Đơn vị")
    level_0 = models.UUIDField(null=True)
    level_1 = models.UUIDField(null=True)
    level_2 = models.UUIDField(null=True)
    level_3 = models.UUIDField(null=True)
    kind = models.CharField("Loại đơn", max_length=20, choices=KINDS)
    source = models.CharField("Nguồn đơn", max_length=20, choices=SOURCES)
    field = models.CharField("Lĩnh vực", max_length=20, choices=FIELDS)
    state = models.CharField("Trạng thái", max_length=12, choices=STATES, default="received")
    received_on = models.DateField("Ngày nhận")
    due_on = models.DateField("Hạn", null=True, blank=True)
    name = models.CharField("Họ tên", max_length=200, blank=True)
    address = models.CharField("Địa chỉ", max_length=300, blank=True)
    id_number = models.CharField("Số căn cước", max_length=40, blank=True)
    phone = models.CharField("Điện thoại", max_length=40, blank=True)
    summary = models.TextField("Nội dung", blank=True)

    class Meta:
        """Filled by COPY."""

        managed = False
        db_table = "petitions_petition"
        ordering = ("-received_on", "-id")

    def __str__(self) -> str:
        return self.number


class Officer(models.Model):
    """The unit of an account."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    unit = models.ForeignKey(Unit, models.PROTECT, db_constraint=False)
