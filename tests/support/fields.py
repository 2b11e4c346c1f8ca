"""What a page's forms hold."""

from html.parser import HTMLParser


class Fields(HTMLParser):
    """The fields of a page's forms that are sent: name → (type, value)."""

    def __init__(self, page):
        super().__init__()
        self.found = {}
        self._open = None
        self._text = ""
        self.feed(page)

    def handle_starttag(self, tag, pairs):
        told = dict(pairs)
        name = told.get("name")
        if tag == "input" and name and name != "csrf_token":
            kind = self._kind(told, name)
            chosen = told.get("type") not in ("radio", "checkbox") or "checked" in told
            if chosen or name not in self.found:
                self.found[name] = (kind, (told.get("value") or "") if chosen else "")
        elif tag in ("select", "textarea") and name:
            self._open = name
            self._text = ""
            self.found[name] = (tag, "")
        elif tag == "option" and self._open and "selected" in told:
            self.found[self._open] = ("select", told.get("value", ""))

    @staticmethod
    def _kind(told, name):
        classes = (told.get("class") or "").split()
        if "amount" in classes or name.endswith(("people", "year")):
            return "number"
        return "day" if "day" in classes else told.get("type", "text")

    def handle_data(self, data):
        self._text += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self._open:
            self.found[self._open] = ("textarea", self._text.strip())
        if tag in ("textarea", "select"):
            self._open = None
