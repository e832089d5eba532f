"""What the tests of billing share: people who pay, and a Stripe that speaks its HTTP on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from connect.enums import CreditReason, Item
from connect.services import credits, payments

PERIOD = 30 * 24 * 3600
PRICES = {"plus": "price_plus", "pro": "price_pro"}
AMOUNTS = {"price_plus": 799, "price_pro": 1499}


def begin(payer, now, item=Item.RECOVERY, subject=None):
    return payments.begin(user_id=payer.id, item=item, subject_id=subject or uuid4(), now=now)


def give(payer, amount, now, source=None):
    return credits.grant(
        user_id=payer.id,
        amount=amount,
        currency="eur",
        reason=CreditReason.GOODWILL,
        source_id=source or uuid4(),
        now=now,
    )


def states(payment):
    return list(payment.states.order_by("number").values_list("status", flat=True))


class StandIn:
    """The part of Stripe that we use: forms in, JSON out, idempotency keys kept, whoever pays decided by the test."""

    def __init__(self, start):
        self.start = start
        self.things = {}
        self.kept = {}
        self.calls = []
        self.down = False
        self.declines = False
        self.lock = threading.Lock()

    def __enter__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"books": self}))
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        return self

    def __exit__(self, *failure):
        self.server.shutdown()
        self.server.server_close()

    def all(self, kind):
        return [thing for thing in self.things.values() if thing["object"] == kind]

    def keys(self, path):
        return [key for method, called, key in self.calls if (method, called) == ("POST", path)]

    def pay(self, intent):
        """What the payer's own device does."""
        self.things[intent] |= {"status": "succeeded", "latest_charge": {"id": "ch", "refunded": False}}

    def pay_bill(self, subscription):
        held = self.things[subscription]
        held["status"] = "active"
        bill = self.things[held["latest_invoice"]]
        bill |= {"status": "paid", "amount_paid": bill["amount_due"]}

    def renew(self, subscription, paid=True):
        """Another period begins."""
        held = self.things[subscription]
        item = held["items"]["data"][0]
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] += PERIOD
        self._bill(held, AMOUNTS[item["price"]["id"]])
        held["status"] = "past_due"
        if paid:
            self.pay_bill(subscription)

    # What is asked.

    def answer(self, method, path, form, key):
        with self.lock:
            self.calls.append((method, path, key))
            if self.down:
                return 503, {"error": {"type": "api_error"}}
            if key and key in self.kept:
                return self.kept[key]
            reply = self._do(method, path.removeprefix("/v1/").split("/"), form)
            if key and reply[0] < 500:
                self.kept[key] = json.loads(json.dumps(reply))
            return reply

    def _do(self, method, parts, form):
        match (method, parts):
            case ("POST", ["payment_intents"]):
                return 200, self._intent(form)
            case ("POST", ["customers"]):
                return 200, self._keep("cus", {"object": "customer"})
            case ("POST", ["refunds"]):
                self.things[form["payment_intent"]]["latest_charge"]["refunded"] = True
                return 200, self._keep("re", {"object": "refund", "status": "succeeded"})
            case ("POST", ["subscriptions"]):
                return 200, self._expanded(self._subscription(form))
            case ("GET", [kind]):
                return 200, {
                    "object": "list",
                    "data": self._listed(kind, form),
                    "has_more": False,
                    "url": f"/v1/{kind}",
                }
            case ("GET", [_, name]) if name in self.things:
                return 200, self._expanded(self.things[name])
            case ("POST", ["payment_intents", name, "cancel"]):
                return self._cancel_intent(self.things[name])
            case ("POST", ["subscriptions", name]):
                return self._update(self.things[name], form)
            case ("DELETE", ["subscriptions", name]):
                return 200, self.things[name] | self._end(self.things[name])
            case ("DELETE", ["customers", name]):
                for held in self.all("subscription"):
                    if held["customer"] == name:
                        self._end(held)
                return 200, {"object": "customer", "id": name, "deleted": bool(self.things.pop(name, None))}
        return 404, {"error": {"type": "invalid_request_error", "code": "resource_missing"}}

    def _keep(self, prefix, thing):
        thing["id"] = f"{prefix}_{len(self.things) + 1}"
        self.things[thing["id"]] = thing
        return thing

    def _intent(self, form):
        made = {
            "object": "payment_intent",
            "amount": int(form["amount"]),
            "currency": form["currency"],
            "status": "requires_payment_method",
            "metadata": {"payment": form["metadata[payment]"]},
            "latest_charge": None,
        }
        made = self._keep("pi", made)
        made["client_secret"] = f"{made['id']}_secret"
        return made

    def _cancel_intent(self, intent):
        if intent["status"] == "succeeded":
            return 400, {"error": {"type": "invalid_request_error", "code": "payment_intent_unexpected_state"}}
        intent["status"] = "canceled"
        return 200, intent

    def _subscription(self, form):
        price = form["items[0][price]"]
        item = {
            "id": "si_1",
            "price": {"id": price},
            "current_period_start": self.start,
            "current_period_end": self.start + PERIOD,
        }
        made = {
            "object": "subscription",
            "customer": form["customer"],
            "status": "incomplete",
            "items": {"object": "list", "data": [item]},
            "cancel_at_period_end": False,
            "metadata": {"subscription": form["metadata[subscription]"]},
        }
        made = self._keep("sub", made)
        self._bill(made, AMOUNTS[price])
        return made

    def _bill(self, held, amount):
        bill = {
            "object": "invoice",
            "subscription": held["id"],
            "status": "open",
            "amount_due": amount,
            "amount_paid": 0,
            "currency": "eur",
        }
        bill = self._keep("in", bill)
        bill["confirmation_secret"] = {"client_secret": f"{bill['id']}_secret", "type": "payment_intent"}
        held["latest_invoice"] = bill["id"]
        return bill

    def _update(self, held, form):
        """A rise that is declined waits for its payment, and the old price goes on."""
        if "cancel_at_period_end" in form:
            held["cancel_at_period_end"] = form["cancel_at_period_end"] == "true"
        price = form.get("items[0][price]")
        if price:
            item = held["items"]["data"][0]
            charged = form["proration_behavior"] == "always_invoice"
            if charged:
                bill = self._bill(held, AMOUNTS[price] - AMOUNTS[item["price"]["id"]])
                if not self.declines:
                    bill |= {"status": "paid", "amount_paid": bill["amount_due"]}
            if not (charged and self.declines):
                item["price"] = {"id": price}
        return 200, self._expanded(held)

    def _end(self, held):
        held["status"] = "canceled"
        return held

    def _expanded(self, thing):
        bill = thing.get("latest_invoice")
        return thing | {"latest_invoice": self.things[bill]} if bill else thing

    def _listed(self, kind, form):
        found = self.all({"payment_intents": "payment_intent", "subscriptions": "subscription"}.get(kind, "invoice"))
        if kind == "invoices":
            return [b for b in found if b["subscription"] == form["subscription"] and b["status"] == form["status"]]
        return found


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self._answer(dict(parse_qsl(urlsplit(self.path).query)))

    def do_DELETE(self):
        self._answer(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self):
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self._answer(dict(parse_qsl(sent)))

    def _answer(self, form):
        path = urlsplit(self.path).path
        status, body = self.books.answer(self.command, path, form, self.headers.get("Idempotency-Key"))
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *args):
        pass
