"""The text of an article from its web page, where the feed does not hold the article itself."""
