"""A small TCP proxy between a connector and its server, which can cut, swallow and reset."""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable
from enum import Enum


class Mode(Enum):
    """What the proxy does with what passes."""

    PASS = "pass"
    CUT_AFTER = "cut after the client's word was forwarded"
    RESET_AFTER = "reset after the client's word was forwarded"
    SILENT_AFTER = "never answer again after the client's word was forwarded"
    CUT_BEFORE = "cut before the client's word is forwarded"


class Proxy:
    """Listens on a port of its own; a client's message that ends with `word` sets off the mode."""

    def __init__(self, connect: Callable[[], socket.socket], word: bytes) -> None:
        self.mode = Mode.PASS
        self.passing = 0  # how many such messages go through before one sets off the mode
        self.cuts = 0
        self._connect = connect
        self._word = word
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self.port = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._started.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        self._end = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._end.wait()
        server.close()
        await asyncio.sleep(0)  # whoever was accepted just now has a task by then
        while self._tasks:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in self._writers:
            each.transport.abort()
        await asyncio.sleep(0)  # the loop's turn in which sockets are closed that were told to
        await asyncio.sleep(0)

    def _mode_for(self, data: bytes) -> Mode:
        if self.mode is Mode.PASS or not data.upper().rstrip(b"\0").endswith(self._word):
            return Mode.PASS
        if self.passing:
            self.passing -= 1
            return Mode.PASS
        return self.mode

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.append(writer)
        try:
            await self._pass_on(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = self._connect()
        upstream.setblocking(False)
        try:
            from_server, to_server = await asyncio.open_connection(sock=upstream)
        except BaseException:
            upstream.close()
            raise
        self._writers.append(to_server)
        silent = asyncio.Event()

        async def answers() -> None:
            while data := await from_server.read(65536):
                if not silent.is_set():
                    writer.write(data)
                    await writer.drain()
            writer.close()

        back = asyncio.create_task(answers())
        try:
            while data := await reader.read(65536):
                mode = self._mode_for(data)
                if mode is Mode.PASS:
                    to_server.write(data)
                    await to_server.drain()
                    continue
                self.mode = Mode.PASS
                self.cuts += 1
                silent.set()  # before the word goes out: its answer never comes back
                if mode is not Mode.CUT_BEFORE:
                    to_server.write(data)
                    await to_server.drain()
                    await asyncio.sleep(0.05)  # the server does it meanwhile
                if mode is Mode.SILENT_AFTER:
                    continue
                if mode is Mode.RESET_AFTER:
                    sock = writer.get_extra_info("socket")
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                break
        finally:
            back.cancel()
            await asyncio.gather(back, return_exceptions=True)
            to_server.close()
            writer.close()
