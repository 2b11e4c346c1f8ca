"""The screens of an officer: a list with filters and a search, a form, an export."""

import uuid
from typing import Any

from django.contrib import admin
from django.http import HttpResponse
from openpyxl import Workbook

from tests.bench.django_site.models import Petition

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXPORTED = (
    "number",
    "kind",
    "source",
    "received_on",
    "field",
    "state",
    "due_on",
    "level_0",
    "level_1",
    "level_2",
    "name",
    "address",
    "summary",
)


@admin.register(Petition)
class PetitionAdmin(admin.ModelAdmin):
    """Petitions of the account's unit and of those below it."""

    list_display = ("number", "received_on", "kind", "name", "field", "state", "due_on", "unit")
    list_filter = ("kind", "field", "state", "source")
    list_select_related = ("unit",)
    list_per_page = 25
    search_fields = ("number", "name", "summary")
    ordering = ("-received_on", "-id")
    fields = ("kind", "source", "field", "received_on", "due_on", "name", "address", "id_number", "phone", "summary")
    actions = ("export",)

    def get_queryset(self, request: Any) -> Any:
        """Only what the account's unit reaches."""
        unit = request.user.officer.unit
        return super().get_queryset(request).filter(**{f"level_{unit.depth}": unit.id})

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """A new petition is one of the account's unit."""
        if not change:
            obj.unit = request.user.officer.unit
            obj.number = f"D-{uuid.uuid4().hex[:16]}"
            setattr(obj, f"level_{obj.unit.depth}", obj.unit.id)
        super().save_model(request, obj, form, change)

    @admin.action(description="Xuất Excel", permissions=("view",))
    def export(self, request: Any, queryset: Any) -> HttpResponse:
        """The chosen rows as .xlsx."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Danh sách đơn")
        sheet.append([*EXPORTED, "unit"])
        for petition in queryset.select_related("unit").iterator():
            sheet.append([_cell(getattr(petition, name)) for name in EXPORTED] + [petition.unit.name])
        answer = HttpResponse(content_type=XLSX)
        answer["Content-Disposition"] = "attachment; filename=petitions.xlsx"
        book.save(answer)
        return answer


def _cell(value: Any) -> Any:
    return str(value) if isinstance(value, uuid.UUID) else value
