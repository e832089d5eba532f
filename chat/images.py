"""What the text of an image says: which picture it is, and how large."""

from typing import Any
from uuid import UUID

import orjson

from chat.models import MessagePicture
from connect.api.serializers.pictures import link
from connect.pictures import Picture


def described(picture: Picture) -> str:
    """The same for the same pixels, so that a picture sent again is known by it."""
    return orjson.dumps({"digest": picture.digest, "width": picture.width, "height": picture.height}).decode()


def shown(message_id: UUID, described: str, viewer: UUID) -> dict[str, Any]:
    """Width, height, and a link that shows the picture to whoever has it, as long as `viewer` may see it."""
    told = orjson.loads(described)
    row = MessagePicture(id=message_id)
    return {"width": told["width"], "height": told["height"], "link": link(row, viewer=viewer)}
