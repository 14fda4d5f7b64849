"""Plain text of the HTML that editors make."""

import html.parser

BLOCKS = {"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "blockquote", "pre"}


class Text(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_starttag(self, tag, attrs):
        if tag == "li":
            self.parts.append("\n- ")
        elif tag in BLOCKS:
            self.parts.append("\n")
        elif tag == "a":
            self.parts.extend(f"<{value}> " for name, value in attrs if name == "href" and value)

    def handle_endtag(self, tag):
        if tag in BLOCKS - {"br", "li"}:
            self.parts.append("\n")

    def handle_data(self, data):
        self.parts.append(data)


def plain(text):
    """The text without tags; one that has none stays as it is."""
    if not text or "<" not in text:
        return text
    reader = Text()
    reader.feed(text)
    reader.close()
    lines = [line.rstrip() for line in "".join(reader.parts).split("\n")]
    return "\n".join(line for number, line in enumerate(lines)
                     if line or (number > 0 and lines[number - 1])).strip() or None
