"""What citizens really send: taken, its copy shows what a reader shows, its original is not touched."""

import io

import pikepdf
import pillow_heif
import pytest
from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from pikepdf import Array, Dictionary, Name, String
from PIL import Image
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.files.apart import ask
from app.files.kinds import recognise
from app.files.reading import as_text, read_page
from app.files.unwanted import Unwanted
from app.operations.documents.work import in_unicode
from tests.conftest import DATA
from tests.files.test_files import SHM
from tests.support import hostile
from tests.support.pki import Authority

MOTION = b"\0\0\x01\x0aMotionPhoto_Data\0\0\0\x18ftypmp42" + bytes(range(256)) * 40 + b"SEFT"


def received(name):
    return (DATA / "inputs" / name).read_bytes()


def copied(data):
    told, _ = ask("recognise", data)
    _, (copy,) = ask("copy", data, kind=told["kind"])
    return copy


def letters(copy):
    return "\n".join(part.decode() for part in ask("text", copy)[1])


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (received("P01-samsung-motion.jpg"), "jpeg"),
        (hostile.picture(kind="JPEG") + MOTION, "jpeg"),
        (hostile.picture(kind="JPEG") + b"\0\0\0\x18ftypisom" + bytes(3000), "jpeg"),
        (hostile.picture(kind="JPEG") + hostile.picture(kind="JPEG", size=(60, 60)), "jpeg"),
        (hostile.picture() + b"\xff" * 500, "png"),
        (hostile.picture(kind="MPO", save_all=True, append_images=[Image.new("RGB", (40, 40))]), "jpeg"),
        (received("P03-bom-before-pdf.pdf"), "pdf"),
        (received("P04-junk-after-eof.pdf"), "pdf"),
        (b"\r\n\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n" + hostile.pdf(), "pdf"),
        (hostile.pdf() + bytes(4096), "pdf"),
        (hostile.pdf().replace(b"%%EOF", b""), "pdf"),
        (hostile.docx() + bytes(64), "docx"),
    ],
)
def test_what_stands_before_or_after_a_file_is_left_out_of_its_copy(data, kind):
    assert recognise(data)[0] == kind
    if kind == "docx":
        return
    copy = copied(data)
    assert recognise(copy) == ("pdf", 1)
    assert b"ftyp" not in copy and b"PJL" not in copy and b"\xff" * 100 not in copy and not copy.startswith(b"\xef")
    if kind == "pdf":
        assert "D" in letters(copy)


@pytest.mark.parametrize(
    "tail",
    [
        b"MZ\x90\0",
        b"\x7fELF",
        b"#!/bin/sh\n",
        b"Rar!\x1a\x07",
        b"<html><script>",
        b"7z\xbc\xaf\x27\x1c",
        hostile.zipped(a="x" * 99),
    ],
)
def test_another_file_after_the_end_is_a_disguise(tail):
    for data in (hostile.picture(kind="JPEG"), hostile.picture(), hostile.pdf()):
        with pytest.raises(Unwanted, match="ngụy trang"):
            recognise(data + tail)


def test_heic_is_taken():
    made = io.BytesIO()
    pillow_heif.from_pillow(Image.open(io.BytesIO(hostile.picture("Đơn khiếu nại")))).save(made, quality=80)
    told, _ = ask("recognise", made.getvalue())
    assert told == {"kind": "heic", "pages": 1}
    assert "khiếu nại" in as_text(read_page(copied(made.getvalue()), 0, SHM))
    with pytest.raises(Unwanted, match="hỏng"):
        recognise(made.getvalue()[:200])


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("P05-filled-form.pdf", "HO TEN: NGUYEN VAN MAU"),
        ("P06-signature-appearance.pdf", "Ky boi: UBND XA MAU 05/03/2026"),
    ],
)
def test_fields_and_signature_boxes_are_in_text_picture_and_copy(name, shown):
    copy = copied(received(name))
    assert shown in letters(copy)
    assert shown.split(":")[0].lower() in as_text(read_page(copy, 0, SHM)).lower()
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert "/AcroForm" not in pdf.Root and not list(pdf.pages[0].get("/Annots", []))


def form(anew):
    """Fields that say what they hold and not how it looks; one says how it once looked."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    look = pdf.make_stream(b"BT /F1 12 Tf 2 4 Td (CU) Tj ET", Subtype=Name.Form, BBox=Array([0, 0, 200, 20]))
    parent = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("p"), V=String("Trần Thị Thử")))
    fields = [
        Dictionary(
            Subtype=Name.Widget, FT=Name.Tx, T=String("a"), V=String("Nguyễn Văn Mẫu"), Rect=[60, 700, 400, 730]
        ),
        Dictionary(Subtype=Name.Widget, Parent=parent, Rect=[400, 690, 60, 660]),
        Dictionary(Subtype=Name.Widget, FT=Name.Btn, T=String("b"), V=Name.Yes, AS=Name.Yes, Rect=[60, 600, 80, 620]),
        Dictionary(
            Subtype=Name.Widget,
            FT=Name.Ch,
            T=String("c"),
            V=String("kn"),
            Rect=[60, 500, 300, 520],
            Opt=Array([Array([String("kn"), String("Khiếu nại")])]),
        ),
        Dictionary(Subtype=Name.FreeText, Contents=String("Ghi chú: đã nhận"), Rect=[60, 400, 300, 440]),
        Dictionary(Subtype=Name.Widget, FT=Name.Tx, T=String("d"), V=String("ẩn"), F=2, Rect=[60, 300, 300, 320]),
        Dictionary(
            Subtype=Name.Widget,
            FT=Name.Tx,
            T=String("e"),
            V=String("Mới"),
            AP=Dictionary(N=look),
            Rect=[60, 200, 300, 220],
        ),
    ]
    placed = [pdf.make_indirect(field) for field in fields]
    page.obj["/Annots"] = Array(placed)
    pdf.Root.AcroForm = Dictionary(Fields=Array(placed), NeedAppearances=anew)
    return hostile.saved(pdf)


@pytest.mark.parametrize("anew", [False, True])
def test_values_without_an_appearance_are_written_with_every_vietnamese_letter(anew):
    text = letters(copied(form(anew)))
    for shown in ("Nguyễn Văn Mẫu", "Trần Thị Thử", "X", "Khiếu nại", "Ghi chú: đã nhận"):
        assert shown in text
    assert "ẩn" not in text and ("Mới" in text) is anew


@pytest.mark.parametrize("name", ["P21-camscanner.pdf", "P21b-no-watermark.pdf"])
def test_a_footer_does_not_keep_a_scan_from_being_read(name):
    copy = copied(received(name))
    assert ask("text", copy)[0]["covered"] == [False] or letters(copy).strip() == ""
    assert "0912.345.678" in as_text(read_page(copy, 0, SHM))


def test_letters_that_cover_the_page_are_enough():
    copy = copied(hostile.pdf("Don khieu nai ve viec thu hoi dat"))
    assert ask("text", copy)[0]["covered"] == [True]


def test_an_old_encoding_of_a_text_layer_is_converted():
    text = in_unicode(letters(copied(received("P19-tcvn3-text-layer.pdf"))))
    assert "Đơn khiếu nại về việc thu hồi đất" in text and "Trần Thị Thử" in text
    assert in_unicode("Đơn tố cáo") == "Đơn tố cáo" and in_unicode("plain") == "plain"


def signer_of(authority):
    """pyHanko's signer of that key and certificate."""
    certificate = x509.Certificate.load(authority.certificate.public_bytes(serialization.Encoding.DER))
    inner = serialization.PrivateFormat.PKCS8
    der = authority.key.private_bytes(serialization.Encoding.DER, inner, serialization.NoEncryption())
    return SimpleSigner(
        signing_cert=certificate, signing_key=keys.PrivateKeyInfo.load(der), cert_registry=SimpleCertificateStore()
    )


@pytest.fixture(scope="module")
def signed():
    """A PDF somebody really signed, with a certificate nobody here trusts."""
    authority = Authority.make("CA thử nghiệm")
    writer = IncrementalPdfFileWriter(io.BytesIO(hostile.pdf("Cong van")))
    target = io.BytesIO()
    signer = PdfSigner(
        PdfSignatureMetadata(field_name="Ky"),
        signer_of(authority),
        new_field_spec=SigFieldSpec("Ky", box=(60, 60, 260, 120)),
    )
    signer.sign_pdf(writer, output=target)
    return target.getvalue()


def test_who_signed_and_that_it_is_intact_is_told(signed):
    (row,) = ask("signatures", signed)[0]["signatures"]
    assert row["signer"] == "CA thử nghiệm" and row["organisation"] == "Cơ quan thử nghiệm"
    assert row["intact"] is True and row["whole"] is True and row["on"].startswith("20")
    assert recognise(signed) == ("pdf", 1)
    copy = copied(signed)
    with pikepdf.open(io.BytesIO(copy)) as pdf:
        assert "/AcroForm" not in pdf.Root


def test_what_was_changed_or_added_after_signing_is_told(signed):
    (row,) = ask("signatures", signed.replace(b"842", b"843", 1))[0]["signatures"]
    assert row["intact"] is False and row["signer"] == "CA thử nghiệm"
    later = IncrementalPdfFileWriter(io.BytesIO(signed))
    later.root["/PageMode"] = NameObject("/UseNone")
    later.update_root()
    target = io.BytesIO()
    later.write(target)
    (row,) = ask("signatures", target.getvalue())[0]["signatures"]
    assert row["intact"] is True and row["whole"] is False


def test_a_signature_that_cannot_be_read_is_still_told():
    told, _ = ask("signatures", received("P06-signature-appearance.pdf"))
    assert [row["intact"] for row in told["signatures"]] == [None]
    assert ask("signatures", hostile.pdf())[0] == {"signatures": []}
