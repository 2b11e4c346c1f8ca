"""Provinces and communes while an address is typed: those of today, those of before 1/7/2025 with what they became."""

import pytest
from sqlalchemy import func, select

from app.models import Place
from app.operations.places import offers, seed_places

BA_DINH = "phường Ba Đình, thành phố Hà Nội"
DIEN_BIEN = "phường Điện Biên, quận Ba Đình, thành phố Hà Nội"


def offered(session, typed):
    return [(offer.address, offer.note) for offer in offers(session, typed)]


@pytest.mark.parametrize(
    ("typed", "address", "note"),
    [
        ("ba dinh", "Phường Ba Đình, thành phố Hà Nội", ""),
        ("Số 5, ngõ 1, Phường Ba Đình", f"Số 5, ngõ 1, {BA_DINH}", ""),
        ("Số 5,ba đình, tp ha n", f"Số 5, {BA_DINH}", ""),
        ("tp hue", "Thành phố Huế", ""),
        ("Tổ 3, P. Điện Biên, Q. Ba Đình", f"Tổ 3, {DIEN_BIEN}", "tên trước 01/7/2025"),
        ("Tổ 3, P. Điện Biên, Q. Ba Đình", f"Tổ 3, {BA_DINH}", f"trước 01/7/2025 là {DIEN_BIEN}"),
        ("P. Bến Nghé, Q1, TPHCM", "Phường Bến Nghé, quận 1, thành phố Hồ Chí Minh", "tên trước 01/7/2025"),
        ("tinh ha giang", "Tỉnh Tuyên Quang", "trước 01/7/2025 là tỉnh Hà Giang"),
        ("thôn Bản Lầy, xã Hồ Thầu, hoang su phi", "thôn Bản Lầy, xã Hồ Thầu, huyện Hoàng Su Phì, tỉnh Hà Giang", None),
    ],
)
def test_the_end_of_an_address_is_completed_and_what_stands_before_it_kept(installation, typed, address, note):
    with installation.session() as session:
        found = dict(offered(session, typed))
        assert address in found and note in (None, found[address])


@pytest.mark.parametrize("typed", ["", "a", "Thôn 1,", "Thôn 1, xyzzy", "%", "_", "Thôn 1, Ba Đình,  "])
def test_what_is_no_place_offers_nothing(installation, typed):
    with installation.session() as session:
        assert offered(session, typed) == []


def test_the_catalogue_holds_the_provinces_and_communes_of_today_once(installation):
    with installation.session() as session:
        seed_places(session)
        of_today = session.scalars(select(Place.name).where(Place.past.is_(False))).all()
        assert len(of_today) == len(set(of_today)) == 34 + 3321
        assert sum("," not in name for name in of_today) == 34
        assert session.scalar(select(func.count()).select_from(Place)) == session.scalar(
            select(func.count(Place.name.distinct()))
        )
        became = session.scalars(select(Place.became).where(Place.past)).all()
        assert {line for lines in became for line in lines.splitlines()} <= set(of_today)
