"""FAL, which paints with models of others: asked through its queue, so that what was begun is found again.

The direct address fal.run charges for a picture also where the connection broke and it is lost. The queue gives a
number first; whoever has it may ask as often as needed and pays once. Beginning itself knows no key that makes it safe
to repeat: where an answer stayed away, we say so (Unanswered).

Neither of the two pictures goes out, nor a link to one: what is sent along is the blend of both, in the request itself.
FAL is told to keep neither question nor answer, and the picture for an hour.
"""

import base64
import json
import re
from typing import Any

import httpx
from django.conf import settings

from faces.painters import outside
from faces.painters.base import Broken, PainterFailed, Parents, Refused, Temporary, Unanswered
from faces.painters.morph import jpeg
from faces.painters.outside import Answer

PROMPT = (
    "A cute baby face, one happy healthy toddler looking at the camera, who takes after the person in the picture,"
    " head and shoulders, clothed, soft daylight, plain background, photograph"
)
WAITING, DONE = {"IN_QUEUE", "IN_PROGRESS"}, "COMPLETED"
LONGEST = 256 * 1024
"""Bytes of an answer that is no picture."""
KEPT = 3600
"""Seconds for which FAL may keep the picture."""
NOT_BEGUN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
AGAIN = {408, 425, 429}
_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,100}")


class Fal:
    """The model that FAL_MODEL names, at FAL_URL."""

    @property
    def price(self) -> int:
        return int(settings.FAL_PRICE)

    def begin(self, parents: Parents) -> str:
        number = _asked("POST", settings.FAL_MODEL, _payload(parents)).get("request_id")
        if not isinstance(number, str) or not _NUMBER.fullmatch(number):
            raise Broken("no number")
        return number

    def fetch(self, number: str, parents: Parents) -> bytes | None:
        request = f"{_app()}/requests/{number}"
        status = _asked("GET", f"{request}/status").get("status")
        if status in WAITING:
            return None
        if status != DONE:
            raise Broken("no status")
        return _downloaded(_address(_asked("GET", request)))


def _app() -> str:
    """Owner and app: what follows them in the name of a model is no part of where its requests are."""
    return "/".join(settings.FAL_MODEL.split("/")[:2])


def _payload(parents: Parents) -> dict[str, Any]:
    blended = base64.b64encode(jpeg(parents)).decode()
    return {
        "prompt": PROMPT,
        "image_url": f"data:image/jpeg;base64,{blended}",
        "num_images": 1,
        "guidance_scale": 7.5,
        "num_inference_steps": 50,
    }


def _asked(method: str, path: str, payload: dict[str, Any] | None = None) -> dict[str, Any]:
    """What FAL answers. Raises PainterFailed."""
    request = httpx.Request(method, f"{settings.FAL_URL}/{path}", headers=_headers(), json=payload)
    try:
        answer = outside.exchange(request, most=LONGEST)
    except NOT_BEGUN as exc:
        raise Temporary(str(exc)) from exc
    except httpx.HTTPError as exc:
        raise Unanswered(str(exc)) from exc
    if not 200 <= answer.status < 300:
        raise _failure(answer.status)
    return _object(answer)


def _headers() -> dict[str, str]:
    return {
        "Authorization": f"Key {settings.FAL_KEY}",
        "X-Fal-Store-IO": "0",
        "X-Fal-Object-Lifecycle-Preference": json.dumps({"expiration_duration_seconds": KEPT}),
    }


def _failure(status: int) -> PainterFailed:
    if status in AGAIN or status >= 500:
        return Temporary(f"status {status}")
    return Refused("unprocessable") if status == 422 else Broken(f"status {status}")


def _object(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except ValueError as exc:
        raise Broken("no JSON") from exc
    if not isinstance(found, dict):
        raise Broken("no object")
    return found


def _address(made: dict[str, Any]) -> str:
    """Where the one picture is. A model that does not say whether it is fit to be seen is not believed."""
    flags, pictures = made.get("has_nsfw_concepts"), made.get("images")
    if not isinstance(flags, list) or not flags or not isinstance(pictures, list) or not pictures:
        raise Broken("no picture, or nothing said of it")
    if any(flag is not False for flag in flags):
        raise Refused("unfit to be seen")
    address = pictures[0].get("url") if isinstance(pictures[0], dict) else None
    if not isinstance(address, str):
        raise Broken("no address")
    return address


def _downloaded(address: str) -> bytes:
    try:
        answer = outside.download(address)
    except httpx.HTTPError as exc:
        raise Temporary(str(exc)) from exc
    if answer.status >= 500 or answer.status in AGAIN:
        raise Temporary(f"status {answer.status} for the picture")
    if answer.status != 200 or not answer.kind.startswith("image/"):
        raise Broken(f"status {answer.status}, {answer.kind or 'nothing'} for the picture")
    return answer.body
