#!/usr/bin/env python3
"""Holds connections that do nothing, and others that send a request's header a byte a second, until its input ends.

    Benchmarks/crowd.py --port N --ca FILE [--idle 10000] [--slow 1000]

Prints `ready` once all are there. They come from many addresses of this machine (127.0.0.0/8), for one address may hold so many only; a slow
one that the server ends comes again.
"""
import argparse, asyncio, resource, ssl, sys

PER_ADDRESS = 500
AT_ONCE = 64


async def connection(options, context, number):
    address = f"127.0.1.{1 + number // PER_ADDRESS}"
    return await asyncio.open_connection(
        "127.0.0.1", options.port, ssl=context, server_hostname="localhost", local_addr=(address, 0))


async def idle(options, context, number, gate, there):
    while True:
        async with gate:
            reader, _ = await connection(options, context, number)
            there.append(number)
        await reader.read()  # until the server ends it, for its silence


async def slow(options, context, number, gate, there):
    while True:
        async with gate:
            _, writer = await connection(options, context, number)
            there.append(number)
        try:
            for byte in b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"x" * 10_000:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(1)
        except (ConnectionError, ssl.SSLError):
            pass


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ca", required=True)
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--slow", type=int, default=1_000)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    context = ssl.create_default_context(cafile=options.ca)
    gate, there = asyncio.Semaphore(AT_ONCE), []
    total = options.idle + options.slow
    tasks = [asyncio.create_task(idle(options, context, n, gate, there)) for n in range(options.idle)]
    tasks += [asyncio.create_task(slow(options, context, n, gate, there)) for n in range(options.idle, total)]
    while len(set(there)) < total:
        await asyncio.wait(tasks, timeout=0.5, return_when=asyncio.FIRST_EXCEPTION)
        for task in tasks:
            if task.done():
                task.result()
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main())
