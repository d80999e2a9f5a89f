"""`rayforce tail`: what is published under topics."""

from __future__ import annotations

import argparse
import sys

from ..live import Message, Subscription
from ._common import OK, add_address, connect_to_server, number, seconds
from ._output import to_json

HELP = "Prints what is published under the topics, as it comes, until Ctrl-C."


def add_arguments(p: argparse.ArgumentParser) -> None:
    add_address(p)
    p.add_argument("topics", nargs="+", metavar="TOPIC")
    p.add_argument("-o", "--output", choices=["text", "json"], default="text", help="json: an object a line")
    p.add_argument("-n", "--count", type=number(1), metavar="N", help="ends after so many messages")
    p.add_argument("--for", dest="duration", type=seconds, metavar="S", help="ends after so many silent seconds")


def run(options: argparse.Namespace) -> int:
    with connect_to_server(options) as conn, conn.subscribe(*options.topics) as feed:
        print(f"listens to {', '.join(options.topics)} on {conn.address}", file=sys.stderr, flush=True)
        try:
            follow(feed, options)
        except KeyboardInterrupt:
            return OK
    return OK


def follow(feed: Subscription, options: argparse.Namespace) -> None:
    left = options.count
    while left is None or left > 0:
        try:
            message = feed.get(options.duration)
        except TimeoutError:
            return
        if message.missed:
            print(
                f"{message.topic}: {message.missed} messages before {message.seq} are lost", file=sys.stderr, flush=True
            )
        print(line_of(message, options.output), flush=True)
        left = None if left is None else left - 1


def line_of(message: Message, output: str) -> str:
    """Of text: topic, number, and the payload behind them, or below if it has several lines."""
    if output == "json":
        return to_json({"topic": message.topic, "seq": message.seq, "payload": message.payload})
    from ..console.report import text_of

    payload = text_of(message.payload) or "null"
    return f"{message.topic} {message.seq}{chr(10) if chr(10) in payload else ' '}{payload}"
