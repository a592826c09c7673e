#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A TCP relay that makes loopback as slow as a distant network: every byte arrives a fixed time
after it was sent.

Bandwidth is not limited and nothing is reordered. It stands in for the kernel's netem, which not
every kernel has.
"""

import argparse
import asyncio
import collections
import socket
import sys

CHUNK = 65536


class Direction:
    """Carries octets from one connection to the other, each `delay` seconds later."""

    def __init__(self, loop, delay, target):
        self._loop, self._delay, self._target = loop, delay, target
        self._queue = collections.deque()

    def later(self, octets):
        """None stands for the end of the stream."""
        self._queue.append(octets)
        # Whichever timer fires takes what has waited longest, so order is kept.
        self._loop.call_later(self._delay, self._deliver)

    def _deliver(self):
        octets = self._queue.popleft()
        if octets is None:
            self._target.close()
        elif not self._target.is_closing():
            self._target.write(octets)


async def _carry(reader, direction):
    try:
        while octets := await reader.read(CHUNK):
            direction.later(octets)
    except ConnectionError:
        pass
    direction.later(None)


def _no_nagle(writer):
    writer.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


async def _serve(reader, writer, target, delay):
    try:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", target)
    except OSError as error:
        print(f"delay: port {target}: {error}", file=sys.stderr, flush=True)
        writer.close()
        return
    _no_nagle(writer)
    _no_nagle(far_writer)
    loop = asyncio.get_running_loop()
    await asyncio.gather(
        _carry(reader, Direction(loop, delay, far_writer)),
        _carry(far_reader, Direction(loop, delay, writer)),
    )


async def _run(options):
    server = await asyncio.start_server(
        lambda reader, writer: _serve(reader, writer, options.target, options.milliseconds / 1000),
        "127.0.0.1",
        options.listen,
    )
    print(
        f"delay: listening on 127.0.0.1:{options.listen}, {options.milliseconds:g} ms each way",
        file=sys.stderr,
        flush=True,
    )
    async with server:
        await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(
        description="Relays TCP connections on 127.0.0.1 with a fixed delay each way."
    )
    parser.add_argument("listen", type=int, help="port to listen on")
    parser.add_argument("target", type=int, help="port to connect to")
    parser.add_argument("milliseconds", type=float, help="delay each way")
    try:
        asyncio.run(_run(parser.parse_args()))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
