"""scripts/sqlgen takes what it knows, and tells a mistake instead of making something of it."""

import subprocess

import pytest

from private_pg import ROOT

GOOD = "-- thing_get(id uuid) reads\n-- Reads a thing.\nSELECT id, '{}', '{a,b}' FROM things WHERE id = :id;\n"
LIST = """-- thing_list(kind text) pages
-- All things.
-- by name text
SELECT id {key}
FROM things WHERE kind = :kind
{page};
"""


@pytest.fixture
def generate(tmp_path):
    """generate(text): the C that is made of a file of statements, or the mistake."""

    def run(*texts):
        files = [tmp_path / f"things{n}.sql" for n in range(len(texts))]
        for file, text in zip(files, texts):
            file.write_text(text)
        done = subprocess.run([ROOT / "scripts/sqlgen", tmp_path, ROOT / "sql/sqitch.plan", *files],
                              capture_output=True, text=True)
        made = tmp_path / "statements.c"
        return (done.returncode, made.read_text() if made.exists() else "", done.stderr)

    return run


@pytest.mark.parametrize("text", [GOOD, LIST, GOOD + "\n" + LIST, "-- A remark (of one line) before all.\n\n" + GOOD,
                                  GOOD.replace("Reads a", "What thing_get() says of a")])
def test_what_is_taken(generate, text):
    status, made, mistake = generate(text)
    assert (status, mistake) == (0, "") and text.count("SELECT") == made.count("SELECT") - made.count("count(*)")


@pytest.mark.parametrize("old, new, mistake", [
    # heads
    (") reads", ") raeds", "this is no head: -- thing_get(id uuid) raeds"),
    (") reads", ") reads, many", "this is no head"),
    (") reads", ") Reads", "this is no head"),
    (") reads", ")reads", "this is no head"),
    (") reads", ") reads.", "this is no head"),
    ("-- thing_get", "--thing_get", "this is no head"),
    ("-- thing_get", "--  thing_get", "this is no head"),
    ("-- thing_get(id uuid) reads", "-- fragment", "this is no head"),
    ("-- thing_get(id uuid) reads", "-- fragment things columns", "this is no head"),
    ("(id uuid)", "(id uuid, id text)", "one name and one type"),
    ("(id uuid)", "(id)", "one name and one type"),
    ("-- Reads a thing.\n", "", "says nothing"),
    # parameters
    (":id", ":other", "there is no parameter other"),
    ("= :id", "= :id    --? other", "there is no parameter other"),
    ("(id uuid)", "(id uuid, more text)", "never uses more"),
    # placeholders
    ("SELECT id", "SELECT {columns}", "there is no fragment columns"),
    ("SELECT id", "SELECT {Columns}", "there is no placeholder {Columns}"),
    ("SELECT id", "SELECT { id }", "there is no placeholder { id }"),
    ("SELECT id", "SELECT {id", "there is no placeholder {id"),
    ("SELECT id", "SELECT id}", "there is no placeholder }"),
    ("SELECT id", "SELECT {large:id}", "there is no placeholder {large:id}"),
    ("= :id", "= :id\n{is_fresh}", "there is no fragment is_fresh"),
    ("= :id", "= :id\n{is_fresh:tag}", "there is no placeholder {is_fresh:tag}"),
    ("= :id", "= :id\n{page}", "there is no fragment page"),
    (") reads", ") guarded", "is guarded, but has no line"),
    (") reads", ") pages", "a list has orders"),
])
def test_a_mistake_is_told(generate, old, new, mistake):
    assert old in GOOD
    status, made, said = generate(GOOD.replace(old, new, 1))
    assert status == 1 and made == "" and said.startswith("sqlgen: ") and mistake in said


@pytest.mark.parametrize("first, second, mistake", [
    (GOOD, GOOD, "two statements have the same name"),
    ("-- fragment x\nid\n", "-- fragment x\nid\n", "there are two fragments x"),
    ("-- fragment x\nid\n\n-- fragment x\nid\n", GOOD, "there are two fragments x")])
def test_names_are_given_once(generate, first, second, mistake):
    status, made, said = generate(first, second)
    assert status == 1 and made == "" and mistake in said
