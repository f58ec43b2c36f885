"""BACKTEST: all stages joined in one process, over history instead of the stream."""
