"""Backtest: all stages in one process, over past articles instead of the stream."""
