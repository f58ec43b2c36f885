"""Which reports are about one event: by the rules of grouping, and by judgements of analysts."""
