"""The size contract: how large a message may be, and what each stage may put into one so that it never is.

web ─► article ─► tagged article ─► reports of a block ─► row of state, claim ─► row of the alerter
       text        + mentions         + quotes              + versions            + a frame

Each bound is checked where the message is made. `encode` checks the sum, for every message: what is over it is an
InvalidMessage `too-large` there, and the input that led to it becomes a dead letter.
"""

MESSAGE_BYTES = 8 * 1024 * 1024
"""Bytes of the JSON of one message, at most: what `encode` makes and `decode` takes. Source: the broker's limits below, of
which the lowest must hold a message with its key and the frame of its batch (together below 64 KiB)."""

TOPIC_BYTES = 9 * 1024 * 1024
"""Bytes of a record batch that a topic takes (`max.message.bytes`): `MESSAGE_BYTES` with 1 MiB to spare."""

DEAD_LETTER_BYTES = 10 * 1024 * 1024
"""Bytes of a record batch that a topic of dead letters, the broker and its clients take: a record of `TOPIC_BYTES` with the
reason in its headers, and 1 MiB to spare."""
