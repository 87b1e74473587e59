"""MQTT: one connection to one broker, made again whenever it is lost."""

from __future__ import annotations

import secrets
import ssl
import threading
from collections.abc import Callable
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from overlay.classroom.codes import Broker
from overlay.classroom.protocol import LONGEST_MESSAGE
from overlay.errors import ClassError
from overlay.language import LazyText

#: How long to wait for the broker, in seconds.
_TIMEOUT_S = 8.0

#: How long to wait before trying again, in seconds: at first, and at most.
_RETRY_S = (1, 20)

#: How often to show the broker that we are there while nothing is sent, in seconds.
_KEEP_ALIVE_S = 30

#: A packet is no larger than this, in bytes: a message with its topic.
_LARGEST_PACKET = LONGEST_MESSAGE + 256


def board_topic(lesson: str) -> str:
    """Where the board of a class publishes."""
    return f"emotion-overlay/{lesson}/board"


def members_topic(lesson: str) -> str:
    """Where its members do."""
    return f"emotion-overlay/{lesson}/members"


class Connection:
    """A connection that reads one topic. Nothing is kept at the broker (MQTT 5, 3.1.2.4; QoS 0).

    Args:
        broker: Where to connect.
        topic: What to read.
        on_message: Is given each message, in the connection's thread. Whatever it raises ends the
            connection, so it should raise nothing.

    Attributes:
        topic: What is read.
    """

    def __init__(self, broker: Broker, topic: str, on_message: Callable[[bytes], None]) -> None:
        self._broker = broker
        self.topic = topic
        self._on_message = on_message
        self._answered = threading.Event()
        self._refusal: str | None = None
        self._subscribed = False
        self._client = self._make_client()

    @property
    def connected(self) -> bool:
        """Whether messages come and go now."""
        return self._subscribed

    def open(self) -> None:
        """Connect; from then on the connection is made again when it is lost.

        Raises:
            ClassError: The broker does not answer, or refuses.
        """
        try:
            properties = None if self._is_local else _limits()
            self._client.connect(
                self._broker.host, self._broker.port, _KEEP_ALIVE_S, properties=properties
            )
        except ssl.SSLCertVerificationError as error:
            raise ClassError(
                LazyText(
                    "{url} cannot prove who it is ({reason}): if it is the school's "
                    "own, name the file of its certificate authority in SSL_CERT_FILE",
                    url=self._broker.url,
                    reason=error.verify_message,
                )
            ) from error
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ClassError(
                LazyText(
                    "the broker {url} does not answer: {reason}",
                    url=self._broker.url,
                    reason=reason,
                )
            ) from error
        self._client.loop_start()
        if not self._answered.wait(_TIMEOUT_S):
            self.close()
            raise ClassError(LazyText("the broker {url} does not answer", url=self._broker.url))
        if self._refusal is not None:
            self.close()
            raise ClassError(
                LazyText(
                    "the broker {url} refuses: {reason}", url=self._broker.url, reason=self._refusal
                )
            )

    def publish(self, topic: str, message: bytes) -> None:
        """Send a message; it is lost if there is no connection just now."""
        self._client.publish(topic, message, qos=0, retain=False)

    def close(self) -> None:
        """Disconnect."""
        self._client.disconnect()
        self._client.loop_stop()
        self._subscribed = False

    @property
    def _is_local(self) -> bool:
        return self._broker.scheme == "local"

    def _make_client(self) -> Client:
        broker = self._broker
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=secrets.token_hex(8),
            # The broker that a board brings (amqtt) knows no newer one.
            protocol=MQTTProtocolVersion.MQTTv311 if self._is_local else MQTTProtocolVersion.MQTTv5,
        )
        if broker.scheme == "mqtts":
            client.tls_set_context(ssl.create_default_context())
        if broker.username:
            client.username_pw_set(broker.username, broker.password)
        client.connect_timeout = _TIMEOUT_S
        client.reconnect_delay_set(*_RETRY_S)
        client.on_connect = self._connected
        client.on_subscribe = self._is_subscribed
        client.on_disconnect = self._disconnected
        client.on_message = self._received
        return client

    def _connected(self, client: Client, _: Any, __: Any, code: ReasonCode, ___: Any) -> None:
        if code.is_failure:
            self._refuse(str(code))
        else:
            client.subscribe(self.topic, qos=0)

    def _is_subscribed(self, *given: Any) -> None:
        codes: list[ReasonCode] = given[3]
        if any(code.is_failure for code in codes):
            self._refuse(str(codes[0]))
        else:
            self._refusal, self._subscribed = None, True
            self._answered.set()

    def _disconnected(self, *_: Any) -> None:
        self._subscribed = False

    def _received(self, _: Client, __: Any, message: MQTTMessage) -> None:
        self._on_message(bytes(message.payload))

    def _refuse(self, reason: str) -> None:
        self._refusal, self._subscribed = reason.lower(), False
        self._answered.set()


def _limits() -> Properties:
    """What the broker must keep to: no session, no large packets."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.MaximumPacketSize = _LARGEST_PACKET
    properties.SessionExpiryInterval = 0
    return properties
