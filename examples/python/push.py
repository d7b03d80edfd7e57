"""Pushes, mounted in Flask: a marketplace tells of an order the moment it is placed, and it is read at once.

    pip install sutler flask && python push.py
"""

import base64
import threading
import time
import urllib.error
import urllib.request

import sutler
from flask import Flask, Response, request
from werkzeug.serving import make_server

app = Flask(__name__)


@app.route("/hooks/<channel>", methods=["GET", "POST"])
def pushed(channel: str) -> Response:
    """Hands over what came, byte for byte, and answers what the engine answers: 2xx only once it is durable.

    An error becomes Flask's 500: anything but a 2xx, and it comes again.
    """
    reply = engine.handle_push(channel, request.method, request.full_path, list(request.headers), request.get_data())
    return Response(reply.body, reply.status, content_type=reply.content_type)


def push(password: str) -> int:
    """What Walmart sends when an order is placed, with the user and password that the subscription was made with."""
    told = b'{"source": {"eventType": "PO_CREATED", "eventId": "1"}, "payload": {"purchaseOrderId": "108000586390219"}}'
    login = base64.b64encode(f"sutler:{password}".encode()).decode()
    try:
        asked = urllib.request.Request(endpoint, told, {"Authorization": f"Basic {login}"})
        with urllib.request.urlopen(asked) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


# A marketplace without orders so far; one is placed a moment later.
with (
    sutler.sandbox(marketplaces=["walmart"], orders=0, arrivals_per_minute=60, arrivals_max=1, speed=10) as box,
    sutler.Engine.open("memory:") as engine,
):
    [here] = box.markets()
    engine.add_channel(
        "us",
        sutler.Walmart(
            here.seller, here.client_id, here.client_secret, push_password="sutler:hush",
            environment="local", base_url=here.base_url, token_url=here.token_url, pace=here.pace,
        ),
    )  # fmt: skip
    engine.step()  # reads the lists; the next time is minutes away

    server = make_server("127.0.0.1", 0, app, threaded=True)
    endpoint = f"http://127.0.0.1:{server.server_port}/hooks/us"
    threading.Thread(target=server.serve_forever).start()
    print(f"a forged push: {push('guess')}")
    print(f"an authentic one: {push('hush')}, once more: {push('hush')}")
    while not list(engine.orders()):
        engine.step()
        time.sleep(0.05)
    print(f"orders stored: {len(list(engine.orders()))}, lists read: {engine.health()[0].pulls}")
    server.shutdown()
