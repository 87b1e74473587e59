"""A broker in this process, for one room or a trial; schools run one of their own."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import Any

from amqtt.broker import Broker as MqttBroker

from overlay.errors import ClassError
from overlay.language import LazyText

_MOST_CONNECTIONS = 200

#: How long to wait for it to begin and to end, in seconds.
_TIMEOUT_S = 10.0


class LocalBroker:
    """An MQTT 3.1.1 broker (amqtt) on one address of this machine, in a thread of its own.

    It knows no passwords, and its connections are not encrypted; what members send is.

    Args:
        host: The address to listen at.
        port: The port.
    """

    def __init__(self, host: str, port: int) -> None:
        self._address = f"{host}:{port}"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="broker", daemon=True)
        self._broker: MqttBroker | None = None

    def start(self) -> None:
        """Begin to listen.

        Raises:
            ClassError: The address cannot be used.
        """
        logging.getLogger("amqtt").setLevel(logging.CRITICAL)
        logging.getLogger("transitions").setLevel(logging.CRITICAL)
        self._thread.start()
        try:
            self._do(self._start())
        except Exception as error:
            self.stop()
            reason = str(error.__cause__ or error)
            raise ClassError(
                LazyText(
                    "no broker can listen at {address} ({reason}): name another address of "
                    "this computer with --bind, or another port with --port",
                    address=self._address,
                    reason=reason,
                )
            ) from error

    def stop(self) -> None:
        """End it and all connections."""
        if self._broker is not None:
            self._do(self._broker.shutdown())
            self._broker = None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_TIMEOUT_S)

    async def _start(self) -> None:
        broker = MqttBroker(
            {
                "listeners": {
                    "default": {
                        "type": "tcp",
                        "bind": self._address,
                        "max_connections": _MOST_CONNECTIONS,
                    }
                },
                "plugins": {
                    "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}
                },
            }
        )
        await broker.start()
        self._broker = broker

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        future: Future[None] = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.result(_TIMEOUT_S)

    def __enter__(self) -> LocalBroker:
        self.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.stop()
