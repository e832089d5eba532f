"""A language model behind an endpoint that speaks OpenAI's chat completions."""

import json
from typing import Any

import httpx
from django.conf import settings

from connect.writers.base import WriterFailed

ATTEMPTS = 2
LONGEST = 700


def complete(task: str, told: dict[str, Any]) -> str:
    """What the model OPENAI_MODEL at OPENAI_URL makes of a task and of what it is told. Raises WriterFailed."""
    asked = {
        "model": settings.OPENAI_MODEL,
        "messages": [
            {"role": "system", "content": task},
            {"role": "user", "content": json.dumps(told, ensure_ascii=False)},
        ],
        "max_tokens": 200,
    }
    for _ in range(ATTEMPTS - 1):
        try:
            return _written(_post(asked))
        except httpx.HTTPError:
            continue
    try:
        return _written(_post(asked))
    except httpx.HTTPError as exc:
        raise WriterFailed(str(exc)) from exc


def _post(asked: dict[str, Any]) -> httpx.Response:
    """Raises httpx.HTTPError."""
    reply = httpx.post(
        f"{settings.OPENAI_URL}/chat/completions",
        json=asked,
        headers={"Authorization": f"Bearer {settings.OPENAI_KEY}"},
        timeout=settings.OPENAI_TIMEOUT,
    )
    return reply.raise_for_status()


def _written(reply: httpx.Response) -> str:
    """Raises WriterFailed for what is no text of a fitting length."""
    try:
        text = reply.json()["choices"][0]["message"]["content"].strip()
    except (ValueError, LookupError, TypeError, AttributeError) as exc:
        raise WriterFailed("not a chat completion") from exc
    if not 0 < len(text) <= LONGEST:
        raise WriterFailed(f"a text of {len(text)} characters")
    return str(text)
