"""The examples for nginx and Apache say of errors what the program says: lib/base/err.h is the home of both
words and sentences."""

import json
import re

from private_pg import ROOT

# Only the web server comes to say these, or says them under another status than the program.
OWN = {
    408: ("request_timeout", "the request took too long to arrive"),
    431: ("headers_too_large", "the headers are too large"),
    501: ("not_implemented", "the server cannot do this"),
    505: ("http_version_not_supported", "this version of HTTP is not supported"),
}
SAME_AS = {502: (503, "unavailable"), 504: (503, "timeout")}


def program():
    """(status, word) → sentence, as the program has it."""
    text = (ROOT / "lib/base/err.h").read_text()
    rows = re.findall(r'ROW\(ERR_\w+, (\d+), "(\w+)",[\s\\]*"([^"]*)",[\s\\]*\w+\)', text)
    assert len(rows) == len(re.findall(r"ROW\(ERR_", text))
    return {(int(status), word): sentence for status, word, sentence in rows}


def nginx():
    text = (ROOT / "nginx.conf.example").read_text()

    def rows(variable):
        body = re.search(r"map \$status \$%s \{(.*?)\n\t\}" % variable, text, re.DOTALL)[1]
        return {int(status): value.strip('"') for status, value in re.findall(r"(\d{3}) (.*);", body)}

    words, sentences = rows("error_word"), rows("error_sentence")
    assert words.keys() == sentences.keys()
    return {status: (word, sentences[status]) for status, word in words.items()}


def apache():
    text = (ROOT / "conf/apache.conf.example").read_text()
    rows = {}
    for status, document in re.findall(r"^ErrorDocument (\d+) '(.*)'$", text, re.MULTILINE):
        document = json.loads(document)
        assert set(document) == {"error", "code", "message", "details", "request_id"}
        assert document["code"] == int(status)
        rows[int(status)] = (document["error"], document["message"])
    return rows


def wanted(status, word):
    """What a web server's answer of this status must say, given its word."""
    if status in OWN:
        return OWN[status]
    return word, program().get(SAME_AS.get(status, (status, word)))


def test_nginx_says_what_the_program_says():
    rows = nginx()
    assert {401, 403, 404, 405, 413, 414, 429, 500, 502, 503, 504, *OWN} <= rows.keys()
    for status, (word, sentence) in rows.items():
        assert (word, sentence) == wanted(status, word), status


def test_nginx_says_something_of_every_other_error():
    text = (ROOT / "nginx.conf.example").read_text()
    [default_word] = re.findall(r"map \$status \$error_word \{\s+volatile;\s+default (\w+);", text)
    [default_sentence] = re.findall(r'map \$status \$error_sentence \{\s+volatile;\s+default "(.*)";', text)
    assert default_sentence == program()[400, default_word]


def test_apache_says_what_nginx_says():
    rows, others = apache(), {400: ("bad_request", program()[400, "bad_request"]), **nginx()}
    assert {400, 403, 404, 405, 408, 413, 414, 431, 500, 501, 502, 503, 504} <= rows.keys()
    for status, row in rows.items():
        assert row == others[status], status
