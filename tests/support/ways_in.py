"""Office files that fetch, link, include or run: each a way by which a converter could be made to reach out."""

import io
import struct
import zipfile
import zlib

from tests.support import hostile

RELATIONS = (
    '<?xml version="1.0"?><Relationships'
    ' xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="'
    + TYPE
    + '" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
    ' xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"><w:body>{}</w:body></w:document>'
)
PICTURE = (
    '<w:p><w:r><w:drawing><wp:inline><wp:extent cx="990000" cy="990000"/><wp:docPr id="1"'
    ' name="x"/><a:graphic><a:graphicData'
    ' uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="1"'
    ' name="x"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip'
    ' {}/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="990000"'
    ' cy="990000"/></a:xfrm><a:prstGeom'
    ' prst="rect"/></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
)
FIELD = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {}'
    ' </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>x</w:t></w:r><w:r><w:fldChar'
    ' w:fldCharType="end"/></w:r></w:p>'
)
ODT_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
    ' xmlns:script="urn:oasis:names:tc:opendocument:xmlns:script:1.0"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.3"'
)
MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)


def changed(data, parts):
    """The package with these parts in place of those it had, or beside them."""
    source = zipfile.ZipFile(io.BytesIO(data))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            if name not in parts:
                archive.writestr(name, source.read(name))
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def docx(body, relations="", encoding="utf-8", **parts):
    """A Word file of that body, with these relations beside python-docx's own."""
    base = hostile.docx()
    name = "word/_rels/document.xml.rels"
    had = zipfile.ZipFile(io.BytesIO(base)).read(name).decode().replace("'", '"')
    told = had.replace("</Relationships>", relations + "</Relationships>")
    if encoding != "utf-8":
        told = told.replace("UTF-8", encoding.upper())
    return changed(
        base,
        {name: told.encode(encoding), "word/document.xml": WORD.format(body)}
        | {k.replace("__", "/"): v for k, v in parts.items()},
    )


def relation(kind, target, mode='TargetMode="External"'):
    return f'<Relationship Id="rX" Type="{TYPE}/{kind}" Target="{target}" {mode}/>'


def odt(body="", styles="", prologue="", **parts):
    """An OpenDocument text."""
    target = io.BytesIO()
    content = (
        f'<?xml version="1.0"?>{prologue}<office:document-content'
        f" {ODT_NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text><text:p>Don</text:p>{body}</office:text></office:body></office:document-content>"
    )
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        for name, part in {"content.xml": content, "META-INF/manifest.xml": MANIFEST, **parts}.items():
            archive.writestr(name, part)
    return target.getvalue()


def rtf(body):
    return ("{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times New Roman;}}\\f0 Don khieu nai\\par " + body + "}").encode()


def xlsx(formula="1", relations="", more="", **parts):
    """A workbook with a formula, relations of its sheet, and more in the sheet."""
    sheet = (
        f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{TYPE}"><sheetData><row'
        f' r="1"><c r="A1"><f>{formula}</f></c></row></sheetData>{more}</worksheet>'
    )
    given = {"xl/worksheets/sheet1.xml": sheet} | {name.replace("__", "/"): part for name, part in parts.items()}
    return changed(
        hostile.xlsx(),
        given | ({"xl/worksheets/_rels/sheet1.xml.rels": RELATIONS.format(relations)} if relations else {}),
    )


def png(colour=(255, 0, 255)):
    """A small picture of one colour."""

    def part(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = (b"\0" + bytes(colour) * 8) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", header) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def twice(first, name, second):
    """An archive in which that part stands twice."""
    return hostile.with_part(first, name, second)


def every(url, picture, text):
    """By name: kind, file, and whether the judge lets it in (its harm is then the converter's to prevent)."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="90"'
        ' height="90"><image width="90" height="90" xlink:href="{}"/></svg>'
    )
    embedded = PICTURE.format('r:embed="rX"')
    linked = PICTURE.format('r:link="rX"')
    odt_image = (
        '<text:p><draw:frame svg:width="3cm" svg:height="3cm" text:anchor-type="as-char"><draw:image xlink:href="{}"'
        ' xlink:type="simple"/></draw:frame></text:p>'
    )
    ole = (
        '<w:p><w:r><w:object><v:shape style="width:90pt;height:90pt"/><o:OLEObject Type="Link" ProgID="Word.Document.8"'
        ' r:id="rX" UpdateMode="Always"/></w:object></w:r></w:p>'
    )
    slow = 'TargetMode = "Ext&#101;rnal"'
    wide = "utf-16"
    good = docx("<w:p/>")
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
        ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="'
        + TYPE
        + '"><xdr:oneCellAnchor><xdr:from><xdr:col>0</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>2</xdr:row>'
        "<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext"
        ' cx="990000" cy="990000"/><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2"'
        ' name="x"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip'
        ' r:link="rX"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr><a:prstGeom'
        ' prst="rect"/></xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>'
    )
    return {
        "picture linked by address": ("docx", docx(linked, relation("image", url)), False),
        "picture linked to a file, mode in entities": (
            "docx",
            docx(linked, relation("image", f"file://{picture}", slow)),
            False,
        ),
        "relations in UTF-16": ("docx", docx(linked, relation("image", f"file://{picture}"), wide), False),
        "picture of a file by no mode": ("docx", docx(embedded, relation("image", f"file://{picture}", "")), False),
        "svg with a file in it": (
            "docx",
            docx(
                embedded,
                relation("image", "media/x.svg", ""),
                **{"word__media__x.svg": svg.format(f"file://{picture}")},
            ),
            False,
        ),
        "svg with an address in it": (
            "docx",
            docx(embedded, relation("image", "media/x.png", ""), **{"word__media__x.png": svg.format(url)}),
            False,
        ),
        "template by address": (
            "docx",
            docx(
                "<w:p/>",
                **{
                    "word__settings.xml": (
                        '<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
                        f' xmlns:r="{TYPE}"><w:attachedTemplate r:id="rX"/></w:settings>'
                    ),
                    "word___rels__settings.xml.rels": RELATIONS.format(relation("attachedTemplate", url + "x.dotm")),
                },
            ),
            False,
        ),
        "a document in the text": (
            "docx",
            docx(
                '<w:altChunk r:id="rX"/>',
                relation("aFChunk", "x.html", ""),
                **{"word__x.html": f'<html><img src="{url}"><iframe src="file://{text}"></html>'},
            ),
            False,
        ),
        "field INCLUDEPICTURE": ("docx", docx(FIELD.format(f'INCLUDEPICTURE "{url}" \\d')), True),
        "field INCLUDETEXT": ("docx", docx(FIELD.format(f'INCLUDETEXT "{text}"')), True),
        "field DDEAUTO": ("docx", docx(FIELD.format(f'DDEAUTO soffice "{text}" 1')), True),
        "linked object": ("docx", docx(ole, relation("oleObject", f"file://{text}")), False),
        "document below": ("docx", docx('<w:subDoc r:id="rX"/>', relation("subDocument", f"file://{text}")), False),
        "a part that stands twice": ("docx", twice(good, "word/document.xml", WORD.format(linked)), True),
        "odt picture by address": ("odt", odt(odt_image.format(url)), False),
        "odt picture of a file": ("odt", odt(odt_image.format(f"file://{picture}")), False),
        "odt picture above its folder": ("odt", odt(odt_image.format(f"../../../../../..{picture}")), False),
        "odt section from a file": (
            "odt",
            odt(
                f'<text:section text:name="s"><text:section-source xlink:href="file://{text}"'
                ' xlink:type="simple"/></text:section>'
            ),
            False,
        ),
        "odt object by address": (
            "odt",
            odt(
                f'<text:p><draw:frame svg:width="3cm" svg:height="3cm"><draw:object xlink:href="{url}"'
                ' xlink:type="simple" xlink:actuate="onLoad"/></draw:frame></text:p>'
            ),
            False,
        ),
        "odt background by address": (
            "odt",
            odt(
                '<text:p text:style-name="P">x</text:p>',
                '<style:style style:name="P"'
                f' style:family="paragraph"><style:paragraph-properties><style:background-image xlink:href="{url}"'
                ' xlink:type="simple"/></style:paragraph-properties></style:style>',
            ),
            False,
        ),
        "odt entity of a file": (
            "odt",
            odt("<text:p>&x;</text:p>", prologue=f'<!DOCTYPE x [<!ENTITY x SYSTEM "file://{text}">]>'),
            False,
        ),
        "odt macro": ("odt", odt("<text:p/>", **{"Basic/Standard/M.xml": "<x/>"}), False),
        "odt floating frame": (
            "odt",
            odt(
                '<text:p><draw:frame svg:width="3cm" svg:height="3cm"><draw:floating-frame'
                f' xlink:href="{url}"/></draw:frame></text:p>'
            ),
            False,
        ),
        "rtf INCLUDEPICTURE of an address": (
            "rtf",
            rtf('{\\field{\\*\\fldinst INCLUDEPICTURE "' + url + '" \\\\d}{\\fldrslt x}}'),
            True,
        ),
        "rtf INCLUDEPICTURE of a file": (
            "rtf",
            rtf('{\\field{\\*\\fldinst INCLUDEPICTURE "' + str(picture) + '" \\\\d}{\\fldrslt x}}'),
            True,
        ),
        "rtf INCLUDETEXT": ("rtf", rtf('{\\field{\\*\\fldinst INCLUDETEXT "' + str(text) + '"}{\\fldrslt x}}'), True),
        "rtf template by address": ("rtf", rtf("{\\*\\template " + url + "x.dot}"), True),
        "rtf object": ("rtf", rtf("{\\object\\objautlink\\objupdate{\\*\\objdata 0105000002000000}}"), False),
        "xlsx WEBSERVICE": ("xlsx", xlsx(f'WEBSERVICE("{url}")'), True),
        "xlsx formula to a file": ("xlsx", xlsx(f"'file://{text}'#$Sheet1.A1"), True),
        "xlsx picture by address": (
            "xlsx",
            xlsx(
                "1",
                relation("drawing", "../drawings/d.xml", ""),
                '<drawing r:id="rX"/>',
                **{
                    "xl__drawings__d.xml": drawing,
                    "xl__drawings___rels__d.xml.rels": RELATIONS.format(relation("image", url)),
                },
            ),
            False,
        ),
        "xlsx external workbook": (
            "xlsx",
            xlsx(
                "[1]Sheet1!A1",
                **{
                    "xl__externalLinks__externalLink1.xml": "<externalLink/>",
                    "xl__externalLinks___rels__externalLink1.xml.rels": RELATIONS.format(
                        relation("externalLinkPath", url)
                    ),
                },
            ),
            False,
        ),
    }
