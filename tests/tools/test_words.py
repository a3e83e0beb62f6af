"""Every text a person sees has an English and an Arabic form."""

from __future__ import annotations

import ast
import re

import pytest
from babel.messages.pofile import read_po

from tools import words
from tools.environment import PROGRAM

WIDGET_CALLS = {
    "setText",
    "setWindowTitle",
    "setToolTip",
    "setPlaceholderText",
    "setTitle",
    "QLabel",
    "QPushButton",
    "addAction",
    "QAction",
    "QCheckBox",
}


@pytest.fixture(scope="module")
def arabic():
    with words.source("ar").open("rb") as file:
        return read_po(file, locale="ar")


def test_no_message_is_missing_or_fuzzy_in_arabic(arabic):
    missing = []
    for message, where in words.messages():
        found = arabic.get(message[0] if isinstance(message, tuple) else message)
        forms = found.string if found and isinstance(found.string, tuple) else (found.string if found else "",)
        if not all(forms) or found.fuzzy:
            missing.append((message, where))
    assert not missing, missing


def test_a_long_sentence_about_tiles_stands_in_one_place():
    places = {}
    for message, where in words.messages():
        tiles = where.startswith(("twin/formats/tile", "twin/formats/mbtiles", "twin/formats/pmtiles"))
        if tiles and isinstance(message, str) and len(message) > 80:
            places.setdefault(message, []).append(where)
    assert not {message: files for message, files in places.items() if len(files) > 1}


def test_counted_nouns_have_six_arabic_forms(arabic):
    assert arabic.num_plurals == 6
    for message, _ in words.messages():
        if isinstance(message, tuple):
            assert len(arabic.get(message[0]).string) == 6, message


def test_fields_are_the_same_in_both_languages(arabic):
    import string

    def fields(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for message, _ in words.messages():
        if isinstance(message, str):
            assert fields(arabic.get(message).string) == fields(message), message


def test_the_compiled_catalogue_is_the_edited_one(arabic, tmp_path):
    from babel.messages.mofile import read_mo

    with words.compiled("ar").open("rb") as file:
        compiled = read_mo(file)
    for message in arabic:
        if message.id:
            assert _forms(compiled[message.id]) == _forms(message)


def test_no_literal_escapes_translation():
    loose = []
    for file in sorted((PROGRAM / "twin" / "desktop").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in WIDGET_CALLS:
                loose += [
                    f"{file.name}:{a.lineno}: {a.value}"
                    for a in node.args
                    if isinstance(a, ast.Constant)
                    and isinstance(a.value, str)
                    and not a.value.startswith("EPSG")
                    and sum(map(str.isalpha, a.value)) > 2
                ]
    assert not loose, loose


def test_no_sentence_waits_in_a_variable_for_a_translation_that_nobody_asked_for():
    loose = []
    for file in sorted((PROGRAM / "twin").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                sentence = len(value.value.split()) > 3 and value.value.rstrip().endswith((".", "…", "{why}"))
                loose += [f"{file.name}:{node.lineno}: {value.value}"] if sentence else []
    assert not loose, loose


@pytest.mark.parametrize(
    "never", ["ميزة", "جدول البيانات", "طابق", "بلدية جدة", "نمط", "صمّام", "خط الأساس", "إضافات", "خطأ"]
)
def test_no_forbidden_variant_is_used(arabic, never):
    found = [
        m.id
        for m in arabic
        if any(
            re.search(rf"(?<!\w)(?:ال)?{never}(?!\w)", form)
            for form in (m.string if isinstance(m.string, tuple) else [m.string])
        )
    ]
    assert not found, found


def _name(node):
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _forms(message):
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string,)
