"""What nobody types on purpose: one table for paths, arguments, form fields, headers, bodies, file names."""

NIL = "00000000-0000-7000-8000-000000000000"
LONG = "9" * 400

# In a path, already escaped.
PATHS = (
    "0", "-1", "1.5", "2147483648", "9223372036854775808", "9" * 25, LONG, "9" * 5000, "%C2%B2", "%D9%A1", "%EF%BC%91",
    "%00", "a%00b", "%FF%FE", "%ED%A0%80", "%C3%28", "%25s", "%25(x)d", "%0D%0AX-A:%201", "%7F", "%E2%80%AE", "x",
    "a" * 3000,
    "..", "%2E%2E%2F%2E%2E", "null", "'%20or%201=1--", "%7B7*7%7D", "01/TCD", NIL, NIL.replace("-", ""), NIL.upper(),
    "%F0%9F%92%A9",
)  # fmt: skip

# In an address behind the question mark, already escaped; `{key}` is a key that is there.
ARGUMENTS = (
    "", "%20", "x", "0", "-1", "1.5", "%2B1", "2147483648", "99999999999999999999", LONG, "9" * 5000, "%C2%B2",
    "%D9%A1", "%00", "a%00", "%FF", "%ED%A0%80",
    "%25", "%25s", "%25(name)s", "%0D%0A", "31/02/2026", "01/01/1026", "01/01/9999", "1112026", "0000-00-00",
    "2026-13-01", "q9-2026", "q1-%C2%B2", "year-99999",
    "2026-10-05_x", "2026-10-05_{key}", "0001-01-01_{key}", "9999-12-31_{key}", "_{key}", "_",
    "2026-10-05T00:00:00%2B99:00_{key}", "2026-W01-1_{key}",
    "0001-01-01T00:00:00%2B14:00_{key}", "9999-12-31T23:59:59-14:00_{key}", "//evil.example/", "javascript:1",
    "http://%5B", "%5B", "%27;--", "%E1%BB%87" * 500,
)  # fmt: skip
# Of these one request each where a screen knows the argument; the others go together.
ALONE = ("x", "9" * 5000, "%C2%B2", "%00", "%25(name)s", "01/01/9999", "2026-10-05_x")

# In a form field. What is shown again after a refusal has to be as it was typed.
TEXTS = (
    "   ", "50% của %(so)s %s %d", "²", "\x00", "a\x00\x08\x0b\x1fb", LONG, "9" * 5000, "\u202e\ufeff\u0301",
    "<script>alert(1)</script>'\"", "💩" * 50, "x" * 30_000,
)  # fmt: skip
NUMBERS = (
    "²", "١٢", "-1", "1,5", "1.5", "1,500", "1.500", "1e400", "NaN", "Infinity", "1_0", "2147483648",
    "99999999999,9999", "%d", LONG, "9" * 5000, " ", "1\x00",
)  # fmt: skip
DAYS = (
    "31/02/2026", "01/01/1026", "01/01/0001", "1112026", "01/01/9999", "32/13/2026", "05/10/26", "²/10/2026",
    "%d/%m/%Y", LONG, " ", "05/10/2026\x00", "2026-W01-1",
)  # fmt: skip
CHOICES = ("", "x", "%(x)s", "²", "2147483648", LONG, "\x00", "'", NIL)
JSON = (
    "{", "", "null", "[]", "[1]", "{}", '"\\ud800"', '{"id": "\\ud800", "rawId": 1}', '{"response": []}', "[" * 3000,
    "1e999", '{"id":"%s"}', "9" * 5000,
)  # fmt: skip
NAMES = (
    "a\x00b.pdf", "../../x.pdf", "..", ".", "²" * 400 + ".xlsx", "%s%(x)d.csv", "a\r\nb.csv", ".csv", "con.xlsx",
    "\u202efdp.exe", "x" * 5000, "a/b\\c.docx",
)  # fmt: skip
DATA = (b"", b"\x00", b"%PDF-1.7", b"PK\x03\x04", "số đơn;ngày\n²;1112026".encode(), b"\xff\xfe\x00\xd8")

HEADERS = (
    {"User-Agent": "\x7f%s\x01"}, {"User-Agent": "x" * 9000}, {"Accept-Language": "%s;q=²,,;;=xx"},
    {"Referer": "http://[::1"}, {"Referer": "%00\xff"}, {"Host": ""},
    {"Host": "a b"}, {"Host": "[::"}, {"Host": "x" * 3000}, {"Cookie": "donthu=²; a; =;;"},
    {"Cookie": "donthu=" + "A" * 5000}, {"Range": "bytes=²-"}, {"If-None-Match": "\""},
    {"If-Modified-Since": "Mon, 99 Foo 99999"}, {"Accept": ";;q=x,*/%"}, {"Authorization": "Basic ²"},
    {"Authorization": "Bearer"}, {"Content-Type": "multipart/form-data"},
    {"Content-Type": "multipart/form-data; boundary=" + "x" * 200}, {"Content-Type": "text/%s; charset=²"},
    {"X-Forwarded-For": "²"}, {"X-Forwarded-Proto": "javascript"},
    {"X-Forwarded-Host": "evil.example"}, {"Transfer-Encoding": "x"}, {"Content-Length": "²"}, {"X-Client-Cert": "%"},
    {"Origin": "null"}, {"X-CSRFToken": "%(x)s"},
)  # fmt: skip
