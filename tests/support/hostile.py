"""Files for tests: harmless ones, and each kind of hostile one, made here."""

import io
import struct
import subprocess
import zipfile
import zlib

import pikepdf
from docx import Document as Docx
from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFont

# Wherever a machine has it, in the version that has Vietnamese letters.
_ASKED = ["fc-match", "-f", "%{file}", "Liberation Serif:style=Regular:charset=1ebf"]
FONT = subprocess.run(_ASKED, check=True, capture_output=True, text=True).stdout


def picture(text="Đơn tố cáo", size=(1240, 700), kind="PNG", **more):
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 40)
    for place, line in enumerate(text.split("\n")):
        pen.text((80, 80 + 70 * place), line, fill="black", font=font)
    target = io.BytesIO()
    image.save(target, kind, **more)
    return target.getvalue()


def pdf(text="Don", pages=1, **more):
    document = pikepdf.new()
    for place in range(pages):
        page = document.add_blank_page(page_size=(595, 842))
        font = document.make_indirect(
            pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(f"BT /F1 24 Tf 60 760 Td ({text} {place + 1}) Tj ET".encode())
    return saved(document, **more)


def saved(document, **more):
    target = io.BytesIO()
    document.save(target, **more)
    return target.getvalue()


def docx(text="Nội dung đơn"):
    document = Docx()
    target = io.BytesIO()
    document.add_paragraph(text)
    document.save(target)
    return target.getvalue()


def xlsx(text="Nội dung"):
    workbook = Workbook()
    target = io.BytesIO()
    workbook.active["A1"] = text
    workbook.save(target)
    return target.getvalue()


def zipped(**parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return target.getvalue()


def with_part(data, name, part):
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return target.getvalue()


def macro_docx():
    source = zipfile.ZipFile(io.BytesIO(docx()))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main")
            archive.writestr(name, part)
    return target.getvalue()


def bomb_docx():
    target = io.BytesIO(docx())
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for place in range(4):
            with archive.open(f"word/media/image{place}.bin", "w") as part:
                for _ in range(100):
                    part.write(bytes(1 << 20))
    return target.getvalue()


def lying_bomb():
    """A docx whose directory says that a large part is small."""
    data = bytearray(bomb_docx())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.find(signature)
        while place >= 0:
            if struct.unpack("<I", data[place + offset : place + offset + 4])[0] > 1 << 20:
                data[place + offset : place + offset + 4] = struct.pack("<I", 100)
            place = data.find(signature, place + 4)
    return bytes(data)


def huge_png(side=60_000):
    def part(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(bytes(10))) + part(b"IEND", b"")


def nasty_pdf():
    """A PDF that would run scripts, open programs and carry a file; all of it must be gone from the working copy."""
    document = pikepdf.open(io.BytesIO(pdf("Trang")))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.Root.OpenAction = document.make_indirect(script)
    document.Root.AA = pikepdf.Dictionary(WC=script)
    document.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), script]))
    )
    document.attachments["e.com"] = b"MZ" * 10
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")
    link = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=launch)
    document.pages[0].Annots = document.make_indirect(pikepdf.Array([link]))
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(2)")
    go = pikepdf.Dictionary(
        S=pikepdf.Name.GoTo, D=pikepdf.Array([0]), Next=pikepdf.Array([document.make_indirect(script), launch])
    )
    document.pages[0].Annots.append(
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=go)
    )
    document.docinfo["/Author"] = "Ho Ten Nguoi To Cao"
    return saved(document, compress_streams=False)


def pdf_bomb():
    """A page whose content unpacks to four gigabytes."""
    document = pikepdf.open(io.BytesIO(pdf()))
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(1 << 24)) for _ in range(256)) + packer.flush()
    stream = document.make_stream(body)
    stream.Filter = pikepdf.Name.FlateDecode
    stream = pikepdf.Stream(document, body)
    stream.stream_dict["/Filter"] = pikepdf.Name.FlateDecode
    document.pages[0].Contents = document.make_indirect(stream)
    return saved(document, compress_streams=False)


def polyglots():
    jpeg = picture(kind="JPEG")
    png = picture()
    archive = zipped(a="x" * 100)
    return {
        "jpeg and zip": jpeg + archive,
        "jpeg and script": jpeg + b"<script>alert(1)</script>",
        "jpeg with a script in its comment": picture(kind="JPEG", comment=b"<script>alert(1)</script>"),
        "png and pdf": png + pdf(),
        "pdf and zip": pdf() + archive,
        "pdf after other bytes": b"GIF89a" + pdf(),
        "docx with something before it": b"MZ" + docx(),
        "docx with something after it": docx() + b"<script>",
        "tiff and script": picture(kind="TIFF") + b"<script >",
    }
