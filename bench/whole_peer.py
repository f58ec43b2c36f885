"""The peer of `bench/whole.py`: a naive consumer that matches and posts, in one loop.

    python -m bench.whole_peer BOOTSTRAP WORDS URL

It commits by itself, looks each word of a text up in a dictionary (`WORDS`: a file of one word a
line), and posts to the address at each that is there. No phrases, no claims, no state, no search,
no second try. What it does is the least that an alert can cost. It ends when its stdin does.
"""

import json
import re
import sys
import threading
from pathlib import Path

import confluent_kafka as ck
import httpx

WORD = re.compile(r"\w+")


def main(bootstrap: str, words: Path, url: str) -> None:
    wanted = set(words.read_text(encoding="utf-8").split())
    config: dict[str, object] = {
        "bootstrap.servers": bootstrap,
        "group.id": "peer",
        "auto.offset.reset": "latest",
        "enable.auto.commit": True,
    }
    consumer, over = ck.Consumer(config), threading.Event()
    threading.Thread(target=_end_with_stdin, args=(over,), daemon=True).start()
    consumer.subscribe(["tagged-articles"], on_assign=lambda *_: print("ready", flush=True))
    with httpx.Client(trust_env=False) as client:
        while not over.is_set():
            message = consumer.poll(0.1)
            if message is None or message.error():
                continue
            article = json.loads(message.value() or b"{}")
            for word in wanted.intersection(WORD.findall(article["text"].lower())):
                body = {"type": "peer", "data": {"watch_id": f"peer-{word}"}}
                client.post(url, json=body, headers={"webhook-id": f"peer-{word}"})
    consumer.close()


def _end_with_stdin(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
