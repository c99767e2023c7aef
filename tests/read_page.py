"""Read the pages that ssgan writes."""

from html.parser import HTMLParser

VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """What a page consists of; every element must be closed in its turn."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.addresses, self.text, self.open = [], [], "", []
        self.pictures = self.figures = 0
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert self.open == []
        assert len(self.ids) == len(set(self.ids))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if "id" in attributes and "svg" not in self.open:
            self.ids.append(attributes["id"])
        names = "src", "href", "xlink:href", "srcset", "data", "poster"
        self.addresses += [attributes[name] for name in names if name in attributes]
        self.pictures += tag == "img"
        self.figures += tag == "svg"
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data
