"""How texts are compared, by Python's unicodedata and str.casefold()."""

import unicodedata

ACCENTS = {chr(code) for code in range(0x300, 0x370)}


def fold(text):
    """The same for texts that are the same regardless of case (canonical caseless match): what folds may
    compose, and fold once more."""
    for _ in range(2):
        text = unicodedata.normalize("NFC", text).casefold()
    return text


def search_key(text):
    """What a search looks through: folded, without accents."""
    return "".join(char for char in unicodedata.normalize("NFD", fold(text)) if char not in ACCENTS)


def has(text, word):
    """Whether a search for the word finds the text, or no text."""
    return search_key(word) in search_key(text or "")
