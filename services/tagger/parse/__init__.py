"""The language pipeline, quickened, and the words for its dependency tree."""
