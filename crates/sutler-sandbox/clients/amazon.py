"""Amazon's own Python SDK (amzn-sp-api) against the local sandbox: nothing but its two addresses and the credentials is
configured.

Reads on standard input the lines that `sutler sandbox --marketplace all` prints; one line is printed for each call. A
difference ends the program with an assertion and a status that is not 0.
"""

import gzip
import json
import sys
import time
import urllib.request
from datetime import datetime, timedelta

import spapi
from spapi.models import (
    feeds_v2021_06_30 as feeds,
    listings_items_v2021_08_01 as listings,
    notifications_v1 as notifications,
    orders_v0,
    reports_v2021_06_30 as reports,
    tokens_v2021_03_01 as tokens,
)

PATIENCE_S = 30


def main():
    ready = {world["marketplace"]: world for world in map(json.loads, sys.stdin)}["amazon"]
    account = spapi.SPAPIConfig(ready["client_id"], ready["client_secret"], ready["refresh_token"])
    client = spapi.SPAPIClient(account, oauth_endpoint=ready["token_url"], endpoint=ready["base_url"])
    token = client.access_token_cache.get_lwa_access_token()
    assert token.startswith("Atza|"), token
    said("Login with Amazon", f"a token of {len(token)} characters")

    sells_here(client, ready)
    orders = reads_orders(client, ready)
    order = reads_an_order(client, orders)
    ships(client, ready, order)
    sku = order.order_items[0].product.seller_sku
    sets_a_listing(client, ready, sku)
    feeds_a_listing(client, ready, sku)
    reads_a_report(client, ready)
    reads_a_report_about_buyers(client, ready)
    reads_the_stock_at_amazons(client, ready, orders)
    subscribes(client, ready)


def sells_here(client, ready):
    stores = spapi.SellersApi(client.api_client).get_marketplace_participations().payload
    assert [store.marketplace.id for store in stores] == [ready["marketplace_id"]], stores
    assert stores[0].participation.is_participating, stores
    said("getMarketplaceParticipations", stores[0].marketplace.name)


def reads_orders(client, ready):
    """Every order, page by page."""
    since = began(ready) - timedelta(hours=4)
    orders, pages, more = [], 0, {}
    while pages == 0 or more:
        answer = spapi.SearchOrdersApi(client.api_client).search_orders(
            created_after=since,
            marketplace_ids=[ready["marketplace_id"]],
            included_data=["FULFILLMENT", "PROCEEDS"],
            max_results_per_page=25,
            **more,
        )
        orders, pages = orders + answer.orders, pages + 1
        more = {"pagination_token": answer.pagination.next_token} if answer.pagination else {}
    # The search ends two minutes before it was asked, and says so.
    planned = {
        order["id"]
        for order in control(ready, "plan")["orders"]
        if instant(order["placed_at"]) <= instant(str(answer.created_before))
    }
    found = [order.order_id for order in orders]
    assert len(set(found)) == len(found) and set(found) == planned, set(found) ^ planned
    assert pages == -(-len(planned) // 25), pages
    said("searchOrders", f"{len(found)} orders on {pages} pages")
    return orders


def reads_an_order(client, orders):
    """One that can be shipped, by its id; and one that does not exist."""
    to_ship = [
        order
        for order in orders
        if order.fulfillment.fulfilled_by == "MERCHANT" and order.fulfillment.fulfillment_status == "UNSHIPPED"
    ]
    order = get_order(client, to_ship[0].order_id)
    assert order.order_id == to_ship[0].order_id, order
    assert order.recipient.delivery_address.country_code == "US", order.recipient
    sum_of_items = sum(float(item.proceeds.proceeds_total.amount) for item in order.order_items)
    assert abs(float(order.proceeds.grand_total.amount) - sum_of_items) < 0.005, order.proceeds
    total = order.proceeds.grand_total
    said("getOrder", f"{order.order_id} of {total.amount} {total.currency_code}")

    refused(lambda: get_order(client, "000-0000000-0000000"), 404, "NotFound")
    said("getOrder", "404 NotFound for an order that is not there")
    return order


def get_order(client, order_id):
    sets = ["BUYER", "RECIPIENT", "FULFILLMENT", "PROCEEDS", "PACKAGES"]
    return spapi.GetOrderApi(client.api_client).get_order(order_id, included_data=sets).order


def ships(client, ready, order):
    package = orders_v0.PackageDetail(
        package_reference_id="1",
        carrier_code="UPS",
        shipping_method="UPS Ground",
        tracking_number="1Z999AA10123456784",
        ship_date=now(ready),
        order_items=[
            orders_v0.ConfirmShipmentOrderItem(order_item_id=item.order_item_id, quantity=item.quantity_ordered)
            for item in order.order_items
        ],
    )
    request = orders_v0.ConfirmShipmentRequest(package_detail=package, marketplace_id=ready["marketplace_id"])
    done = spapi.OrdersV0Api(client.api_client).confirm_shipment_with_http_info(order.order_id, request)
    assert done[1] == 204, done
    shipped = get_order(client, order.order_id)
    assert shipped.fulfillment.fulfillment_status == "SHIPPED", shipped.fulfillment
    assert [sent.tracking_number for sent in shipped.packages] == ["1Z999AA10123456784"], shipped.packages
    counted = control(ready, "effects")["shipments"]
    wanted = {
        f"{order.order_id}/{item.order_item_id}/1Z999AA10123456784": item.quantity_ordered
        for item in order.order_items
    }
    assert counted == wanted, counted
    said("confirmShipment", f"204, then SHIPPED; {sum(counted.values())} units left")

    package.package_reference_id = "2"
    again = lambda: spapi.OrdersV0Api(client.api_client).confirm_shipment(order.order_id, request)
    refused(again, 400, "InvalidInput")
    said("confirmShipment", "400 InvalidInput for a second package of the same units")


def sets_a_listing(client, ready, sku):
    api = spapi.ListingsApi(client.api_client)
    patch = listings.PatchOperation(
        op="replace",
        path="/attributes/fulfillment_availability",
        value=[{"fulfillment_channel_code": "DEFAULT", "quantity": 17}],
    )
    answer = api.patch_listings_item(
        ready["seller"],
        sku,
        [ready["marketplace_id"]],
        listings.ListingsItemPatchRequest(product_type="PRODUCT", patches=[patch]),
    )
    assert (answer.sku, answer.status, answer.issues) == (sku, "ACCEPTED", []), answer
    until(lambda: offered(api, ready, sku) == 17)
    item = api.get_listings_item(ready["seller"], sku, [ready["marketplace_id"]])
    assert item.sku == sku and "BUYABLE" in item.summaries[0].status, item
    said("patchListingsItem", f"{answer.status} as {answer.submission_id}")
    said("getListingsItem", f"{sku} offers 17 and is {item.summaries[0].status}")


def offered(api, ready, sku):
    item = api.get_listings_item(
        ready["seller"], sku, [ready["marketplace_id"]], included_data=["fulfillmentAvailability"]
    )
    return next(at.quantity for at in item.fulfillment_availability if at.fulfillment_channel_code == "DEFAULT")


def feeds_a_listing(client, ready, sku):
    """One message that is good and one that is not: the feed is done, and its result tells them apart."""
    api, media = spapi.FeedsApi(client.api_client), "application/json; charset=UTF-8"
    document = api.create_feed_document(feeds.CreateFeedDocumentSpecification(content_type=media))
    said("createFeedDocument", document.feed_document_id)

    availability = [{"fulfillment_channel_code": "DEFAULT", "quantity": 23}]
    message = {"operationType": "PARTIAL_UPDATE", "productType": "PRODUCT"}
    message["attributes"] = {"fulfillment_availability": availability}
    feed = {
        "header": {"sellerId": ready["seller"], "version": "2.0", "issueLocale": "en_US"},
        "messages": [{"messageId": 1, "sku": sku, **message}, {"messageId": 2, "sku": "NOBODY-HAS-THIS", **message}],
    }
    # As Amazon's guide has it: the body goes to the address as it is, without a token.
    put = urllib.request.Request(document.url, json.dumps(feed).encode(), {"Content-Type": media}, method="PUT")
    with urllib.request.urlopen(put) as uploaded:
        assert uploaded.status == 200, uploaded.status
    said("the upload", "200")

    made = api.create_feed(
        feeds.CreateFeedSpecification(
            feed_type="JSON_LISTINGS_FEED",
            marketplace_ids=[ready["marketplace_id"]],
            input_feed_document_id=document.feed_document_id,
        )
    )
    assert api.get_feed(made.feed_id).processing_status in ("IN_QUEUE", "IN_PROGRESS")
    said("createFeed", made.feed_id)
    done = until(lambda: finished(api.get_feed(made.feed_id)))
    assert (done.feed_type, done.processing_status) == ("JSON_LISTINGS_FEED", "DONE"), done
    said("getFeed", done.processing_status)

    result = json.loads(download(api.get_feed_document(done.result_feed_document_id)))
    summary = result["summary"]
    counts = [summary["messages" + what] for what in ("Processed", "Accepted", "Invalid")]
    assert counts == [2, 1, 1], summary
    assert [(issue["messageId"], issue["severity"]) for issue in result["issues"]] == [(2, "ERROR")], result
    assert until(lambda: offered(spapi.ListingsApi(client.api_client), ready, sku) == 23)
    said("getFeedDocument", f"1 message accepted, 1 invalid; {sku} offers 23")


def reads_a_report(client, ready):
    """All orders that were last updated within the window."""
    end = now(ready)
    rows = report(client, ready, "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL", end)
    planned = {order["id"] for order in control(ready, "plan")["orders"]}
    found = {row["amazon-order-id"] for row in rows}
    assert found <= planned and len(found) > 50, found ^ planned
    for left in planned - found:
        assert instant(str(get_order(client, left).last_updated_time)) >= end - timedelta(seconds=1), left
    said("getReportDocument", f"{len(rows)} rows about {len(found)} orders")


def reads_a_report_about_buyers(client, ready):
    """Such a document is given for a token for restricted data alone."""
    rows = report(client, ready, "GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING", now(ready), restricted=True)
    assert len(rows) > 40 and all(row["ship-country"] for row in rows), len(rows)
    said("createRestrictedDataToken", f"opens {len(rows)} rows with their buyers' addresses")


def report(client, ready, kind, end, restricted=False):
    api = spapi.ReportsApi(client.api_client)
    wish = reports.CreateReportSpecification(
        report_type=kind,
        marketplace_ids=[ready["marketplace_id"]],
        data_start_time=began(ready) - timedelta(hours=4),
        data_end_time=end,
    )
    made = api.create_report(wish)
    said("createReport", f"{made.report_id} {kind}")
    done = until(lambda: finished(api.get_report(made.report_id)))
    assert (done.report_type, done.processing_status) == (kind, "DONE"), done
    said("getReport", done.processing_status)
    if restricted:
        refused(lambda: api.get_report_document(done.report_document_id), 403, "Unauthorized")
        path = f"/reports/2021-06-30/documents/{done.report_document_id}"
        resource = tokens.RestrictedResource(method="GET", path=path)
        asked = tokens.CreateRestrictedDataTokenRequest(restricted_resources=[resource])
        token = spapi.TokensApi(client.api_client).create_restricted_data_token(asked).restricted_data_token
        # The SDK sends the token of its cache; one for restricted data takes its place for the one call.
        usual = client.access_token_cache.token_info["access_token"]
        client.access_token_cache.token_info["access_token"] = token
        document = api.get_report_document(done.report_document_id)
        client.access_token_cache.token_info["access_token"] = usual
    else:
        document = api.get_report_document(done.report_document_id)
    header, *lines = download(document).splitlines()
    return [dict(zip(header.split("\t"), line.split("\t"))) for line in lines]


def reads_the_stock_at_amazons(client, ready, orders):
    store = [ready["marketplace_id"]]
    api = spapi.FbaInventoryApi(client.api_client)
    answer = api.get_inventory_summaries("Marketplace", ready["marketplace_id"], store, details=True)
    rows = answer.payload.inventory_summaries
    by_amazon = [order for order in orders if order.fulfillment.fulfilled_by == "AMAZON"]
    theirs = {item.product.seller_sku for order in by_amazon for item in order.order_items}
    assert {row.seller_sku for row in rows} == theirs and theirs, theirs
    for row in rows:
        details = row.inventory_details
        parts = details.fulfillable_quantity + details.reserved_quantity.total_reserved_quantity
        assert row.total_quantity == parts, row
    said("getInventorySummaries", f"{len(rows)} SKUs, {sum(row.total_quantity for row in rows)} units")


def subscribes(client, ready):
    """Destinations want a token without a seller, subscriptions one with."""
    scope = "sellingpartnerapi::notifications"
    account = spapi.SPAPIConfig(ready["client_id"], ready["client_secret"], scope=scope)
    own = spapi.SPAPIClient(account, oauth_endpoint=ready["token_url"], endpoint=ready["base_url"])
    of_application, of_seller = spapi.NotificationsApi(own.api_client), spapi.NotificationsApi(client.api_client)

    queue = notifications.SqsResource(arn="arn:aws:sqs:us-east-2:444455556666:orders")
    resource = notifications.DestinationResourceSpecification(sqs=queue)
    asked = notifications.CreateDestinationRequest(name="orders", resource_specification=resource)
    made = of_application.create_destination(asked).payload
    assert [known.destination_id for known in of_application.get_destinations().payload] == [made.destination_id]
    said("createDestination", made.destination_id)

    wish = notifications.CreateSubscriptionRequest(payload_version="1.0", destination_id=made.destination_id)
    subscribed = of_seller.create_subscription("ORDER_CHANGE", wish).payload
    assert of_seller.get_subscription("ORDER_CHANGE").payload.subscription_id == subscribed.subscription_id
    refused(lambda: of_application.get_subscription("ORDER_CHANGE"), 403, "Unauthorized")
    said("createSubscription", f"{subscribed.subscription_id} to ORDER_CHANGE")


def download(document):
    with urllib.request.urlopen(document.url) as answer:
        body, charset = answer.read(), answer.headers.get_content_charset()
    return (gzip.decompress(body) if document.compression_algorithm == "GZIP" else body).decode(charset)


def finished(work):
    return work if work.processing_status not in ("IN_QUEUE", "IN_PROGRESS") else None


def refused(call, status, code):
    """That a call raises the SDK's own exception, with what Amazon says in it."""
    try:
        answer = call()
    except spapi.ApiException as error:
        assert error.status == status, error
        assert json.loads(error.body)["errors"][0]["code"] == code, error
    else:
        raise AssertionError(f"not refused: {answer}")


def until(holds):
    deadline = time.monotonic() + PATIENCE_S
    while not (found := holds()):
        assert time.monotonic() < deadline, f"not within {PATIENCE_S} s"
        time.sleep(0.2)
    return found


def began(ready):
    return instant(ready["clock"]["origin"])


def instant(text):
    """Python before 3.11 reads neither `Z` nor nanoseconds."""
    seconds, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(seconds + "+00:00") + timedelta(microseconds=int(fraction[:6].ljust(6, "0")))


def now(ready):
    """What time it is at the marketplace."""
    clock = ready["clock"]
    started = instant(clock["started"])
    return began(ready) + (datetime.now(started.tzinfo) - started) * clock["speed"]


def control(ready, what):
    with urllib.request.urlopen(f"{ready['base_url']}/_sandbox/{what}") as answer:
        return json.load(answer)


def said(call, result):
    print(f"amazon {call}: {result}", flush=True)


main()
