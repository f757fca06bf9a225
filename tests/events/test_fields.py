"""The fields of our own: texts by language, lists of lines, EDTF dates."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from events.fields import (
    DecimalFormField,
    LinesFormField,
    TextFormField,
    TranslatedFormField,
    TranslatedWidget,
    translated,
    validate_edtf,
    validate_translations,
)
from events.models import Actor


class Names(forms.Form):
    names = TranslatedFormField(label="Names")
    summaries = TranslatedFormField(required=False, widget=TranslatedWidget(text=forms.Textarea))


@pytest.mark.parametrize(
    ("typed", "cleaned"),
    [
        (("Germany", "Deutschland"), {"en": "Germany", "de": "Deutschland"}),
        (("Germany", ""), {"en": "Germany"}),
        (("", "Deutschland"), {"de": "Deutschland"}),
        (("  Germany ", "   "), {"en": "Germany"}),
    ],
)
def test_translated_cleans_to_the_languages_that_have_a_text(typed, cleaned):
    form = Names({"names_en": typed[0], "names_de": typed[1]})

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"names": cleaned, "summaries": {}}


@pytest.mark.parametrize("typed", [{}, {"names_en": "", "names_de": " "}])
def test_translated_without_any_text_gives_error(typed):
    assert Names(typed).errors == {"names": ["This field is required."]}


def test_translated_too_long_gives_error():
    assert Names({"names_en": "x" * 301}).errors == {
        "names": ["Ensure this value has at most 300 characters (it has 301)."]
    }
    assert Names({"names_en": "x" * 300, "summaries_de": "x" * 5000}).is_valid()


def test_translated_shows_each_text_at_its_language():
    html = str(Names(initial={"names": {"de": "Deutschland"}})["names"])

    assert '<input type="text" name="names_en" lang="en" aria-label="Names, English" id="id_names_0">' in html
    assert '<input type="text" name="names_de" value="Deutschland" lang="de" aria-label="Names, Deutsch"' in html


def test_translated_calls_each_text_by_its_label_and_language():
    """For those who hear the form and do not see below which label a text stands."""
    form = Names()

    assert re.findall(r'aria-label="([^"]*)"', str(form["names"])) == ["Names", "Names, English", "Names, Deutsch"]
    assert '<div class="translations" role="group" aria-label="Names">' in str(form["names"])
    assert re.findall(r'aria-label="([^"]*)"', str(form["summaries"])) == ["English", "Deutsch"]  # which has no label
    assert '<div class="translations">' in str(form["summaries"])


def test_translated_says_at_each_text_what_help_there_is_and_what_is_wrong():
    class Helped(forms.Form):
        names = TranslatedFormField(label="Names", help_text="The usual ones.")

    def described(form):
        return re.findall(r'aria-describedby="([^"]*)"', str(form["names"]))

    assert described(Helped()) == ["id_names_0_helptext"] * 2
    assert described(Helped({})) == ["id_names_0_helptext id_names_error"] * 2
    assert described(Names({})) == ["id_names_error"] * 2
    assert described(Helped(auto_id=False)) == []
    assert Helped()["names"].label_tag() == '<label for="id_names_0">Names:</label>'


def test_translated_keeps_what_was_typed():
    html = str(Names({"names_en": "Ger<many", "names_de": ""})["names"])

    assert 'value="Ger&lt;many"' in html


@pytest.mark.parametrize(
    ("initial", "typed", "changed"),
    [
        ({"en": "Germany"}, ("Germany", ""), False),
        ({"en": "Germany"}, (" Germany ", ""), False),
        ({"en": "Germany"}, ("Germany", "Deutschland"), True),
        ({"en": "Germany", "de": "Deutschland"}, ("Germany", ""), True),
        ({"en": "Germany"}, ("", "Germany"), True),
        ({}, ("", ""), False),
        (None, ("", ""), False),
        (None, ("", "Deutschland"), True),
    ],
)
def test_translated_has_changed(initial, typed, changed):
    form = Names({"names_en": typed[0], "names_de": typed[1]}, initial={"names": initial})

    assert form.has_changed() is changed


def test_translated_lines_end_as_imported_ones_do():
    stored = {"en": "One\n\ntwo"}
    form = Names({"names_en": "Name", "summaries_en": "One\r\n\r\ntwo"}, initial={"summaries": stored})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["summaries"] == stored
    assert form.changed_data == ["names"]


@pytest.mark.parametrize(
    ("initial", "typed", "cleaned", "changed"),
    [
        ("a\nb", "a\r\nb", "a\nb", False),
        ("a\r\nb", "a\r\nb", "a\nb", False),
        ("a\nb\n", "a\r\nb\r\n", "a\nb", False),
        ("a\nb", "a\rb\r\n\r\nc", "a\nb\n\nc", True),
        (None, "", "", False),
        (None, "a", "a", True),
    ],
)
def test_lines_of_a_text_end_as_imported_ones_do(initial, typed, cleaned, changed):
    field = TextFormField(required=False)

    assert (field.clean(typed), field.has_changed(initial, typed)) == (cleaned, changed)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "Give a text in at least one language."),
        (None, "Give a text in at least one language."),
        (["Germany"], "Give a text in at least one language."),
        ("Germany", "Give a text in at least one language."),
        ({"fr": "Allemagne"}, "“fr” is none of the languages en, de."),
        ({"en": " "}, "The text for “en” is blank."),
        ({"en": 1}, "The text for “en” is blank."),
    ],
)
def test_translations_that_are_none_give_error(value, message):
    with pytest.raises(ValidationError) as refused:
        validate_translations(value)
    assert refused.value.messages == [message]


@pytest.mark.parametrize(
    ("names", "language", "text"),
    [
        ({"en": "Germany", "de": "Deutschland"}, "de", "Deutschland"),
        ({"en": "Germany", "de": "Deutschland"}, "en", "Germany"),
        ({"en": "Germany"}, "de", "Germany"),
        ({"de": "Deutschland"}, "en", "Deutschland"),
        ({"en": "Germany", "de": "Deutschland"}, "fr", "Germany"),
        ({"en": "", "de": "Deutschland"}, "en", "Deutschland"),
        ({"fr": "Allemagne"}, "en", "Allemagne"),
        ({}, "en", ""),
    ],
)
def test_translated_falls_back(names, language, text):
    assert translated(names, language) == text


def test_translated_is_in_the_active_language_by_default():
    names = {"en": "Germany", "de": "Deutschland"}

    with translation.override("de"):
        assert translated(names) == "Deutschland"
    with translation.override(None):
        assert translated(names) == "Germany"


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("USA\nUnited States of America", ["USA", "United States of America"]),
        ("  USA \r\n\r\n  US\r\n", ["USA", "US"]),
        ("", []),
        (" \n \n", []),
    ],
)
def test_lines_clean_to_a_list(typed, lines):
    assert LinesFormField(required=False).clean(typed) == lines


@pytest.mark.parametrize(
    ("initial", "typed", "changed"),
    [(["a", "b"], "a\r\nb\r\n", False), (["a"], "a\nb", True), ([], "", False), (None, None, False), (["a"], "", True)],
)
def test_lines_has_changed(initial, typed, changed):
    assert LinesFormField(required=False).has_changed(initial, typed) is changed


def test_lines_are_shown_one_a_line():
    field = Actor._meta.get_field("aliases").formfield()

    assert isinstance(field, LinesFormField)
    assert field.prepare_value(["USA", "US"]) == "USA\nUS"
    assert field.prepare_value("USA\nU") == "USA\nU"  # what was typed, after an error


@pytest.mark.django_db
def test_lines_and_translations_are_stored_as_they_are():
    Actor.objects.create(slug="usa", kind="state", names={"de": "USA"}, aliases=["US", "Vereinigte Staaten"])

    found = Actor.objects.get()

    assert (found.names, found.aliases) == ({"de": "USA"}, ["US", "Vereinigte Staaten"])


def test_a_bad_date_gives_error():
    with pytest.raises(ValidationError) as refused:
        validate_edtf("2025-13")
    assert refused.value.messages == [
        "“2025-13” is not a date: there is no month 13: expected 01–12, a season 21–24 or XX (character 6)."
    ]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("3.07", "3.07"),
        ("3,07", "3.07"),
        (" -43,2 ", "-43.2"),
        ("1.234", "1.234"),
        ("0,234", "0.234"),
        ("1,2340", "1.2340"),
        ("307", "307"),
    ],
)
def test_a_number_may_have_a_decimal_comma(typed, number):
    assert DecimalFormField().clean(typed) == Decimal(number)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("three", "Enter a number such as 3.07."),
        ("3,0,7", "Enter a number such as 3.07."),
        ("3.0,7", "Enter a number such as 3.07."),
        ("NaN", "Enter a number such as 3.07."),
        ("1.234,5", "Enter a number without a sign between the thousands: 1234.5."),
        ("1,234", "Enter 1234 or 1.234: with a comma it may be either."),
        ("-100,000", "Enter -100000 or -100.000: with a comma it may be either."),
        ("1,234.5", "Enter a number without a sign between the thousands: 1234.5."),
        ("-1 234 567", "Enter a number without a sign between the thousands: -1234567."),
        ("1’234,50", "Enter a number without a sign between the thousands: 1234.50."),
        ("1,234,567", "Enter a number without a sign between the thousands: 1234567."),
        ("", "This field is required."),
    ],
)
def test_no_number_gives_error(typed, message):
    with pytest.raises(ValidationError) as refused:
        DecimalFormField().clean(typed)
    assert refused.value.messages == [message]


def test_a_number_is_typed_as_text():
    """Chromium makes 307 of 3,07 in an input for numbers."""
    assert DecimalFormField().widget.render("value", "3,07") == (
        '<input type="text" name="value" value="3,07" inputmode="decimal">'
    )
    assert not DecimalFormField().has_changed(Decimal("3.070000"), "3,07")
