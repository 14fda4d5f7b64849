"""fold_case() and search_key() against Python's unicodedata and str.casefold(), over all code points."""

import random
import unicodedata

import pytest

from database import query
from texts import ACCENTS, fold, search_key

# What Python's edition of Unicode knows; PostgreSQL's may be a newer one.
LETTERS = [char for char in map(chr, range(1, 0x110000)) if unicodedata.category(char) not in ("Cs", "Cn")]
CASED = [char for char in LETTERS if char.lower() != char or char.upper() != char]
MARKS = [char for char in LETTERS if unicodedata.combining(char)]


def check(connection, texts):
    wanted = [(text, fold(text), search_key(text)) for text in texts]
    for start in range(0, len(texts), 100_000):
        assert query(connection, "SELECT t, fold_case(t), convert_from(search_key(t), 'UTF8')"
                     " FROM unnest(%s) AS t", texts[start:start + 100_000]) == wanted[start:start + 100_000]


def folded(connection, *texts):
    [row] = query(connection, f"SELECT {', '.join(['fold_case(%s)'] * len(texts))}", *texts)
    return row


def test_every_letter(app):
    check(app, LETTERS)


@pytest.mark.parametrize("before, after", [("", "\u0301"), ("", "\u0345"), ("x", "")])
def test_every_cased_letter_beside_another(app, before, after):
    check(app, [before + char + after for char in CASED])


def test_letters_and_marks_in_any_order(app):
    dice = random.Random(16)
    check(app, ["".join(dice.choice(dice.choice([CASED, MARKS, LETTERS])) for _ in range(dice.randint(1, 12)))
                for _ in range(50_000)])


@pytest.mark.parametrize("one, other", [
    ("ΟΔΟΣ", "οδος"), ("ΟΔΟΣ", "οδοσ"), ("İ", "i\u0307"), ("É", "e\u0301"), ("Straße", "STRASSE"),
    ("\u1e9e", "ß"), ("ﬁ", "FI"), ("\u212a", "k"), ("\u212b", "å"), ("ᾼ", "αι"), ("\u03aa\u0301", "\u0390"),
    ("Ħ\u0323\u0301", "ħ\u0301\u0323"), ("Ꭰ", "ꭰ"), ("가", "\u1100\u1161"), ("J\u030c", "ǰ"),
])
def test_what_is_the_same_regardless_of_case(app, one, other):
    assert len(set(folded(app, one, other))) == 1


@pytest.mark.parametrize("one, other", [("i", "İ"), ("ı", "i"), ("e", "é"), ("a", "а"), ("１", "1"), ("a ", "a")])
def test_what_is_not_the_same(app, one, other):
    assert len(set(folded(app, one, other))) == 2


def test_folding_is_done_once(app):
    assert query(app, "SELECT t FROM unnest(%s) AS t WHERE fold_case(fold_case(t)) <> fold_case(t)"
                 " OR fold_case(fold(t)) <> fold_case(t)", CASED) == []


def test_marks_without_end_are_cut_into_short_rows(app):
    """Ordering 100 000 marks in one row would take a minute, without a look at any timeout."""
    rows = "x" + "\u0301" * 50_000 + "\u0323" * 50_000
    [key] = folded(app, rows)
    assert max(map(len, key.split("\u034f"))) <= 31
    assert query(app, "SELECT search_key(%s) = 'x'::bytea", rows) == [(True,)]


def test_every_mark_belongs_to_such_a_row(app):
    """Each is put into a row of its kind, which fold_case() must cut."""
    assert query(app, "SELECT m FROM unnest(%s) AS m WHERE strpos(fold_case(repeat(m, 60)), U&'\\034F') = 0",
                 MARKS) == []


def test_no_search_finds_the_end_of_one_text_with_the_beginning_of_the_next(app):
    [(key,)] = query(app, "SELECT convert_from(search_key('Ab', NULL, 'Çd'), 'UTF8')")
    assert key == "ab\u034fcd"
    for accent in ACCENTS:
        assert "\u034f" not in search_key("b" + accent + "c")


def test_no_text_has_no_key(app):
    assert query(app, "SELECT search_key(NULL), search_key(NULL, NULL), search_key('')") == [(None, None, b"")]
