"""Office files: what is let in, what a converter is given, and that none of them reaches out, whatever the judge
said.
"""

import io
import socket
import subprocess
import threading
import zipfile

import pytest
from PIL import Image

from app.files import office
from app.files.apart import ask
from app.files.kinds import recognise
from app.files.memory import workspace
from app.files.reading import convert, office_as_pdf
from app.files.unwanted import Unwanted
from tests.conftest import DATA
from tests.files.test_files import SHM
from tests.support import hostile, ways_in

TEXT = "CHIM HOANG YEN"
MAGENTA = (255, 0, 255)


def words(pdf):
    return subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


@pytest.fixture(scope="module")
def bait(tmp_path_factory):
    """A listener on loopback, a text and a picture outside; nothing has touched them at the end."""
    folder = tmp_path_factory.mktemp("bait")
    came = []
    (folder / "canary.txt").write_text(TEXT)
    (folder / "canary.png").write_bytes(ways_in.png(MAGENTA))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=lambda: came.append(listener.accept()), daemon=True).start()
        before = {path: path.stat().st_atime_ns for path in folder.iterdir()}
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", folder / "canary.png", folder / "canary.txt"
        assert came == [] and {path: path.stat().st_atime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize("kind", ["docx", "odt", "rtf", "xlsx"])
def test_no_document_reaches_out_of_the_real_converter(bait, kind):
    """Unjudged, as if the judge had missed them: LibreOffice itself can neither call nor read."""
    files = {name: data for name, (of, data, _) in ways_in.every(*bait).items() if of == kind}
    assert len(files) >= 4
    with workspace(SHM) as space:
        sources = [space / f"{place}.{kind}" for place in range(len(files))]
        for source, data in zip(sources, files.values(), strict=True):
            source.write_bytes(data)
        convert(sources, kind, space)
        made = {name: source.with_suffix(".pdf") for name, source in zip(files, sources, strict=True)}
        converted = [name for name, path in made.items() if path.exists()]
        assert len(converted) > len(files) / 2, "the converter worked"
        for name in converted:
            pdf = made[name].read_bytes()
            assert TEXT not in words(pdf), name
            _, (dots,) = ask("page", pdf, page=0, dpi=50)
            shown = Image.open(io.BytesIO(dots)).convert("RGB")
            assert MAGENTA not in {colour for _, colour in shown.getcolors(1 << 24)}, name


def test_there_are_at_least_fifteen_ways_and_the_judge_refuses_what_it_sees(bait):
    ways = ways_in.every(*bait)
    assert len(ways) >= 15
    for name, (kind, data, let_in) in ways.items():
        if let_in:
            assert recognise(data)[0] == kind, name
        else:
            with pytest.raises(Unwanted) as refused:
                recognise(data)
            assert len(str(refused.value)) > 40, name


def test_a_local_template_is_taken_and_not_handed_on():
    data = (DATA / "inputs" / "P07-attached-template.docx").read_bytes()
    assert recognise(data) == ("docx", 0)
    _, (plain,) = ask("office", data)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        relations = [archive.read(name) for name in archive.namelist() if name.endswith(".rels")]
        assert relations and not any(b"Normal.dotm" in part for part in relations)
        assert b"attachedTemplate" not in archive.read("word/settings.xml")
    assert "Đơn khiếu nại mẫu" in words(office_as_pdf(data, "docx", SHM))


@pytest.mark.parametrize(
    ("target", "local"),
    [
        ("Normal.dotm", True),
        ("C:\\Users\\Mau\\Templates\\Normal.dotm", True),
        ("file:///C:\\Users\\Mau\\Normal.dotm", True),
        ("file:///C:/Users/Mau/Normal.dotm", True),
        ("/home/mau/Normal.ott", True),
        ("http://vi-du.example/x.dotm", False),
        ("\\\\may-chu\\chung\\x.dotm", False),
        ("//may-chu/chung/x.dotm", False),
        ("file://may-chu/chung/x.dotm", False),
        ("file:////may-chu/chung/x.dotm", False),
        ("file:\\\\may-chu\\x.dotm", False),
        ("mhtml:http://vi-du.example/x!x.dotm", False),
        ("", False),
    ],
)
def test_which_templates_are_local(target, local):
    assert bool(office._LOCAL_TEMPLATE.fullmatch(target)) is local


def test_a_part_that_stands_twice_is_converted_as_it_was_judged(bait):
    data = ways_in.every(*bait)["a part that stands twice"][1]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.namelist().count("word/document.xml") == 2
    _, (plain,) = ask("office", data)
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist()))


@pytest.mark.parametrize(
    "picture", [ways_in.png(), hostile.picture(kind="JPEG"), hostile.picture(kind="GIF"), hostile.picture(kind="BMP")]
)
def test_pictures_of_known_kinds_may_be_in_a_document(picture):
    relation = ways_in.relation("image", "media/x.bin", "")
    data = ways_in.docx(ways_in.PICTURE.format('r:embed="rX"'), relation, **{"word__media__x.bin": picture})
    assert recognise(data) == ("docx", 0)


def test_open_document_and_rich_text_become_pages():
    assert recognise(ways_in.odt("<text:p>Đơn tố cáo</text:p>")) == ("odt", 0)
    assert "Đơn tố cáo" in words(office_as_pdf(ways_in.odt("<text:p>Đơn tố cáo</text:p>"), "odt", SHM))
    link = '<text:p><text:a xlink:href="https://vi-du.example/" xlink:type="simple">xem</text:a></text:p>'
    assert recognise(ways_in.odt(link)) == ("odt", 0)
    data = ways_in.rtf("\\u272\\'d0\\u417 a ch\\u7881 ?")
    assert recognise(data) == ("rtf", 0) and "Don khieu nai" in words(office_as_pdf(data, "rtf", SHM))


def test_what_is_locked_or_no_text_is_told():
    sheet = ways_in.changed(ways_in.odt(), {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"})
    with pytest.raises(Unwanted, match="không nhận"):
        recognise(sheet)
    secret = ways_in.MANIFEST.replace("</manifest:manifest>", "<manifest:encryption-data/></manifest:manifest>")
    with pytest.raises(Unwanted, match="mật khẩu"):
        recognise(ways_in.changed(ways_in.odt(), {"META-INF/manifest.xml": secret}))
