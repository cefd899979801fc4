from __future__ import annotations

from server.gateways.letters import address_changed_letter, sign_in_letter

LINK = "https://line.firm.example/portal/harlow/sign-in#token-1"


def test_a5_the_sign_in_letter_has_link_code_and_how_long_each_is_good() -> None:
    letter = sign_in_letter("Harlow & Reyes LLP", LINK, "12345678")
    assert letter.subject == "Sign in to Harlow & Reyes LLP"
    for part in (letter.text, letter.html):
        assert LINK in part
        assert "one hour" in part
        assert "10 minutes" in part
    assert "1234 5678" in letter.text
    assert "1234&nbsp;5678" in letter.html


def test_a5_the_letter_says_how_long_in_the_words_given() -> None:
    letter = sign_in_letter("Harlow", LINK, "12345678", link_valid="30 minutes", code_valid="5 minutes")
    assert "for 30 minutes" in letter.text
    assert "for 5 minutes" in letter.html


def test_a_firm_name_is_text_and_never_markup_or_a_template() -> None:
    letter = sign_in_letter("<b onload=x>{{ 7 * 7 }}</b>", 'https://a.example/?a=1&b="><script>', "12345678")
    assert "<b onload" not in letter.html
    assert "<script" not in letter.html
    assert "&lt;b onload=x&gt;{{ 7 * 7 }}&lt;/b&gt;" in letter.html
    assert "{{ 7 * 7 }}" in letter.text


def test_the_letter_loads_nothing_from_anywhere() -> None:
    html = sign_in_letter("Harlow", LINK, "12345678").html
    assert "<img" not in html
    assert "url(" not in html
    assert "<script" not in html
    assert html.count("http") == 1


def test_a3_the_letter_of_a_changed_address_names_both() -> None:
    letter = address_changed_letter("Harlow", "ana@old.example", "ana@new.example")
    assert letter.subject == "Your sign-in address at Harlow has changed"
    for part in (letter.text, letter.html):
        assert "Until now:" in part
        assert "ana@old.example" in part
        assert "ana@new.example" in part
        assert "call us" in part


def test_a3_the_letter_of_a_changed_address_says_when_there_was_none_or_is_none_now() -> None:
    for part in address_changed_letter("Harlow", "", "ana@new.example")[1:]:
        assert "Until now:" not in part
    for part in address_changed_letter("Harlow", "ana@old.example", "")[1:]:
        assert "you cannot sign in by email for now" in part
