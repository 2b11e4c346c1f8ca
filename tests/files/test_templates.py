"""Record templates somebody put in place: judged by every part that is rendered, filled where nothing can be
reached.
"""

import io
import zipfile

import docx
import pytest

from app.files.apart import ask
from app.files.unwanted import Unwanted
from tests.support import hostile, ways_in

FACTS = {"unit": "x"}
LOOP = "{% for a in range(10**9) %}{% endfor %}"


def renamed(data, encoding="utf-8"):
    """The same document with its main part under another name, which relations and content types follow."""
    source = zipfile.ZipFile(io.BytesIO(data))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in source.namelist():
            part = source.read(name)
            if name == "word/document.xml":
                part = part.decode().replace("UTF-8", encoding.upper()).encode(encoding)
            if name in ("_rels/.rels", "[Content_Types].xml"):
                part = part.replace(b"word/document.xml", b"word/document.txt")
            archive.writestr(name.replace("word/document.xml", "word/document.txt"), part)
        archive.writestr("word/_rels/document.txt.rels", source.read("word/_rels/document.xml.rels"))
    return target.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_loop_in_a_main_part_of_another_name_is_seen(encoding):
    data = renamed(hostile.docx(LOOP), encoding)
    with pytest.raises(Unwanted, match="không có lệnh"):
        ask("check_template", data, facts=FACTS)


def test_a_loop_in_properties_and_behind_entities_is_seen():
    document = docx.Document()
    document.core_properties.comments = LOOP
    target = io.BytesIO()
    document.save(target)
    body = ways_in.docx("<w:p><w:r><w:t>&#123;% for a in range(9) %&#125;{% endfor %}</w:t></w:r></w:p>")
    for data in (target.getvalue(), body):
        with pytest.raises(Unwanted, match="không có lệnh"):
            ask("check_template", data, facts=FACTS)


def test_a_template_with_another_main_name_that_only_names_facts_is_filled():
    data = renamed(hostile.docx("Đơn vị: {{ unit }}"))
    assert ask("check_template", data, facts=FACTS) == ({}, [])
    (made,) = ask("fill_template", data, facts={"unit": "Phòng <Mẫu>"})[1]
    assert docx.Document(io.BytesIO(made)).paragraphs[0].text == "Đơn vị: Phòng <Mẫu>"


def test_a_template_that_fetches_is_refused():
    data = ways_in.docx(ways_in.PICTURE.format('r:link="rX"'), ways_in.relation("image", "http://127.0.0.1/"))
    with pytest.raises(Unwanted, match="nơi khác"):
        ask("check_template", data, facts=FACTS)
