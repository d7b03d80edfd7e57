"""eBay's own Python SDK (ebaysdk) against the local sandbox: the Trading calls that it serves.

Reads on standard input the lines that `sutler sandbox --marketplace all` prints; one line is printed for each call. A
difference ends the program with an assertion and a status that is not 0.
"""

import base64
import json
import sys
import time
import urllib.parse
import urllib.request

from ebaysdk.exception import ConnectionError as Refused
from ebaysdk.trading import Connection

PATIENCE_S = 30


def main():
    ready = {world["marketplace"]: world for world in map(json.loads, sys.stdin)}["ebay"]
    api = trading(ready, user_token(ready))

    user = api.execute("GetUser", {}).reply.User
    assert (user.UserID, user.Status) == (ready["seller"], "Confirmed"), user
    said("GetUser", user.UserID)

    of_trading, of_inventory = skus(ready)
    sku = of_trading[0]
    item = api.execute("GetItem", {"SKU": sku}).reply.Item
    assert (item.SKU, item.SellingStatus.ListingStatus) == (sku, "Active"), item
    by_id = api.execute("GetItem", {"ItemID": item.ItemID}).reply.Item
    assert (by_id.SKU, by_id.Quantity) == (sku, item.Quantity), by_id
    said("GetItem", f"{item.ItemID} is {sku}, {left(item)} left")

    rows = [{"ItemID": item.ItemID, "SKU": sku, "Quantity": 19}, {"SKU": of_trading[1], "Quantity": 0}]
    answer = api.execute("ReviseInventoryStatus", {"InventoryStatus": rows}).reply
    assert answer.Ack == "Success", answer
    assert [(row.SKU, row.Quantity) for row in answer.InventoryStatus] == [(sku, "19"), (of_trading[1], "0")], answer
    until(lambda: left(api.execute("GetItem", {"ItemID": item.ItemID}).reply.Item) == 19)
    said("ReviseInventoryStatus", f"{answer.Ack}, 2 rows; then 19 left of {sku}")

    rows = [{"SKU": sku, "Quantity": 18}, {"SKU": "NOBODY-HAS-THIS", "Quantity": 1}]
    half = api.execute("ReviseInventoryStatus", {"InventoryStatus": rows}).reply
    assert (half.Ack, half.Errors.ErrorCode, half.InventoryStatus.SKU) == ("PartialFailure", "17", sku), half
    until(lambda: left(api.execute("GetItem", {"ItemID": item.ItemID}).reply.Item) == 18)
    said("ReviseInventoryStatus", "PartialFailure for a SKU nobody has; the other row applied")

    row = {"SKU": of_inventory[0], "Quantity": 1}
    refused(lambda: api.execute("ReviseInventoryStatus", {"InventoryStatus": row}), api, "Failure", 21919474)
    said("ReviseInventoryStatus", "Failure 21919474 for a listing of the Inventory API")

    stranger = trading(ready, "v^1.1#not-a-token")
    refused(lambda: stranger.execute("GetUser", {}), stranger, "Failure", 931)
    said("GetUser", "Failure 931 with a token nobody gave")


def trading(ready, token):
    host = ready["base_url"].removeprefix("http://")
    keys = {"appid": ready["client_id"], "certid": ready["client_secret"], "devid": "a-developer"}
    api = Connection(config_file=None, domain=host, siteid="0", compatibility="1395", iaf_token=token, **keys)
    # The constructor insists on https whatever it is told; its configuration does not.
    api.config.set("https", False, force=True)
    return api


def user_token(ready):
    """The SDK logs nobody in: it is given a token."""
    pair = base64.b64encode(f"{ready['client_id']}:{ready['client_secret']}".encode()).decode()
    form = {"grant_type": "refresh_token", "refresh_token": ready["refresh_token"]}
    request = urllib.request.Request(
        ready["token_url"], urllib.parse.urlencode(form).encode(), {"Authorization": f"Basic {pair}"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["access_token"]


def skus(ready):
    """What is on the shelf, by what manages the listing: GetItem tells of both, the Inventory API knows its own."""
    with urllib.request.urlopen(f"{ready['base_url']}/_sandbox/on-hand") as answer:
        every = sorted(json.load(answer))
    request = urllib.request.Request(
        f"{ready['base_url']}/sell/inventory/v1/inventory_item?limit=200",
        headers={"Authorization": f"Bearer {user_token(ready)}"},
    )
    with urllib.request.urlopen(request) as answer:
        managed = {item["sku"] for item in json.load(answer)["inventoryItems"]}
    return [sku for sku in every if sku not in managed], sorted(managed)


def left(item):
    return int(item.Quantity) - int(item.SellingStatus.QuantitySold)


def refused(call, api, ack, code):
    """That a call raises the SDK's own exception, with what eBay says in it."""
    try:
        answer = call()
    except Refused as error:
        assert (error.response.reply.Ack, api.response_codes()) == (ack, [code]), (error, api.response_codes())
    else:
        raise AssertionError(f"not refused: {answer.reply}")


def until(holds):
    deadline = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {PATIENCE_S} s"
        time.sleep(0.2)
    return found


def said(call, result):
    print(f"ebay {call}: {result}", flush=True)


main()
