"""The stories, tagged once for all tests here."""

import pytest
from stories.run import tag_stories
from stories.story import load_stories


@pytest.fixture(scope="session")
def gold():
    return load_stories()


@pytest.fixture(scope="session")
def tagged_stories(gold):
    return tag_stories(gold)
