"""What stands before the root element: single characters are put in,
everything else that is declared is refused.
"""

import pytest

from services.errors import InvalidMessage
from services.poller.reading.prolog import MAX_DECLARATIONS, without_doctype


def rss(subset, text="&nbsp;", before=""):
    return f'<?xml version="1.0"?>{before}<!DOCTYPE rss [{subset}]><rss>{text}</rss>'.encode()


@pytest.mark.parametrize(
    ("declared", "put_in"),
    [
        ('<!ENTITY nbsp "&#160;">', b"&#160;"),
        ('<!ENTITY nbsp "&#xA0;">', b"&#160;"),
        ('<!ENTITY nbsp "\u00a0">', b"&#160;"),
        ('<!ENTITY nbsp "&#38;#160;">', b"&#160;"),
        ("<!-- two --><!ENTITY mdash '&#8212;'><!ENTITY nbsp '&#60;'>", b"&#60;"),
    ],
)
def test_an_entity_of_one_character_is_put_in(declared, put_in):
    assert without_doctype(rss(declared)).endswith(b"<rss>" + put_in + b"</rss>")
    assert b"<!" not in without_doctype(rss(declared))


def test_entities_that_nobody_declared_and_those_of_xml_stay():
    assert b"<rss>&amp;&copy;&nbsp</rss>" in without_doctype(
        rss('<!ENTITY amp "&#38;#38;"><!ENTITY x "y">', "&amp;&copy;&nbsp")
    )


LAUGHS = '<!ENTITY a "ha"><!ENTITY b "&a;&a;">'


@pytest.mark.parametrize(
    "xml",
    [
        rss(LAUGHS),
        rss('<!ENTITY a "">'),
        rss('<!ENTITY a SYSTEM "file:///etc/passwd">'),
        rss('<!ENTITY a PUBLIC "x" "http://x.example/">'),
        rss('<!ENTITY % a "b"> %a;'),
        rss('<!ENTITY % a SYSTEM "http://x.example/"> %a;'),
        rss('<!ENTITY a "&#55296;">'),
        rss(LAUGHS, before="<!-- <rss -->"),
        rss(LAUGHS, before="<?php <rss ?>"),
        b"junk " + rss(LAUGHS),
        b"\n" + rss(LAUGHS),
    ],
)
def test_every_other_declaration_is_refused(xml):
    with pytest.raises(InvalidMessage) as caught:
        without_doctype(xml)
    assert caught.value.reason == "entities"


def test_as_many_declarations_as_html_has_are_read_and_no_thousands():
    many = "".join(f'<!ENTITY e{i} "x">' for i in range(MAX_DECLARATIONS))
    without_doctype(rss(many))
    with pytest.raises(InvalidMessage, match="more than 300"):
        without_doctype(rss(many + '<!ENTITY more "x">'))


@pytest.mark.parametrize(
    "xml",
    [
        b"<rss>1</rss>",
        b"<rss><![CDATA[<!DOCTYPE x [<!ENTITY a 'b'>]>]]></rss>",
        b"plain text",
        b"",
    ],
)
def test_what_declares_nothing_is_left_as_it_is(xml):
    assert without_doctype(xml) == xml


def test_attributes_by_default_go_with_the_document_type():
    """A declared default is added to every element: one kilobyte becomes a gigabyte."""
    assert (
        without_doctype(rss('<!ATTLIST rss x CDATA "aaaa">', "1"))
        == b"<?xml version='1.0' encoding='utf-8'?>\n<rss>1</rss>"
    )
