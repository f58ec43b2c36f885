"""The element of a page that holds its article."""

from services.poller.pages.narrow import BODY_SHARE, narrowed, tree_of


def page(inside: int, outside: int) -> str:
    return f"<body><article><p>{'a' * inside}</p></article><div><p>{'b' * outside}</p></div></body>"


def words(html: str) -> str:
    return "".join(narrowed(tree_of(html)).itertext())


def test_an_article_with_the_share_of_the_words_is_taken_alone():
    n = round(100 * BODY_SHARE)
    assert "b" not in words(page(n, 100 - n))
    assert "b" in words(page(n - 1, 101 - n))


def test_the_smallest_such_element_is_taken():
    html = (
        "<main><p>note</p><article><div itemprop=articleBody><p>" + "a" * 90 + "</p></div>"
        "<p>about us</p></article></main>"
    )
    assert words(html) == "a" * 90


def test_scripts_forms_and_menus_are_left_out_and_the_words_after_them_stay():
    html = "<p>a<script>x</script>b</p><nav>x</nav>c<footer>x</footer>d<select>x</select>e"
    assert words(html) == "abcde"


def test_what_is_no_html_has_no_tree():
    assert tree_of("") is None
    assert tree_of("<!-- nothing -->") is None
