"""Two people go from sign-up to mutual reveal, over real HTTP, a real websocket and a real worker.

`make demo` runs it and prints what each person would see; `test_connect_walk` runs it as a test.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg

from config import embedded
from config.embedded import environment
from config.run import running_stack
from tests.e2e.person import Broken, Person

Say = Callable[[str], None]

# Both live far from the demo pool and look for nobody farther than that, so they meet each other.
TOWN = {"city": "Reykjavík", "country": "IS"}
BIRTH = {"Ada": ("1991-07-04", "14:30", "female"), "Ben": ("1989-11-23", None, "male")}
VALUES = ("honesty", "empathy", "growth", "family", "freedom", "creativity", "security", "adventure")


def check(holds: bool, what: str) -> None:
    if not holds:
        raise Broken(what)


async def arrive(person: Person, say: Say) -> None:
    """Sign up, allow, tell, activate."""
    await person.register()
    say(f"{person.name} signed up as {person.email} and confirmed the mailed code")
    for purpose in ("astrology", "human_design"):
        consent = {"purpose": purpose, "version": "v1", "granted": True}
        await person.call("POST", "/api/consents", consent)
    await tell(person)
    chart = await person.wait_for(lambda: chart_of(person), "the chart")
    design = chart["human_design"]
    say(f"{person.name} allowed astrology and Human Design, and sees: type {design['type']}")
    wishes = {
        "mode": "both",
        "minAge": 27,
        "maxAge": 45,
        "distanceKm": 50,
        "preferredGenders": [],
        "languagePref": ["en"],
        "consentVersion": "v1",
    }
    reply = await person.call("POST", "/connect/activate", wishes)
    check(reply["ok"] and reply["status"] == "active", "activation did not make active")
    say(f"{person.name} opted in to matching: {reply['status']}")


async def tell(person: Person) -> None:
    day, hour, gender = BIRTH[person.name]
    profile = {"name": f"{person.name} Example", "nickname": person.name, "birth_date": day, "gender": gender}
    await person.call("PUT", "/api/profile", profile | TOWN | {"languages": ["en"], "bio": "Here for the walk."})
    await person.call("PUT", "/api/profile/birth", {"time": hour} | TOWN)
    scores = {key: 60 + 5 * place for place, key in enumerate(VALUES)}
    await person.call("PUT", "/api/profile/values", {"scores": scores})
    readiness = (await person.call("GET", "/api/profile/readiness"))["questions"]
    answers = {question["key"]: 4 for question in readiness}
    await person.call("PUT", "/api/profile/readiness", {"answers": answers})


async def chart_of(person: Person) -> Any:
    reply = await person.http.get("/api/profile/chart")
    return reply.json() if reply.status_code == 200 and reply.json()["human_design"] else None


async def propose(person: Person, say: Say) -> dict[str, Any]:
    """Wait for the matching job of the real worker, and read the proposal."""

    async def look() -> Any:
        return (await person.call("GET", "/connect/match"))["match"]

    match: dict[str, Any] = await person.wait_for(look, "a proposal")
    say(f"{person.name} is proposed somebody: {match['totalScore']} of 100, {match['scores']}")
    for reason in match["reasons"]:
        say(f"    because: {reason['text']}")
    check(bool(match["reasons"]), "a proposal came without reasons")
    return match


async def accept(ada: Person, ben: Person, match_id: str, say: Say) -> str:
    """Both say yes; the second yes opens the conversation."""
    for person in (ada, ben):
        answer = {"matchId": match_id, "action": "accept"}
        reply = await person.call("POST", "/connect/respond", answer)
        say(f"{person.name} accepts: {reply['status']}")
    check(reply["status"] == "accepted_both", "the second acceptance did not complete it")
    status = await ada.call("GET", "/connect/status")
    check(status["current"]["stage"] == "blind_chat", f"no blind chat: {status}")
    return str(status["current"]["blindChatId"])


async def talk(ada: Person, ben: Person, chat: str, say: Say) -> None:
    """Over the sockets; Ben loses his network in the middle and resumes without loss."""
    await ada.open_socket()
    await ben.open_socket()
    await ada.say("chat.send", conversation_id=chat, client_id="a1", text="Hey, I felt your calm energy today.")
    heard = (await ben.hears("chat.message", text="Hey, I felt your calm energy today."))["data"]
    say(f"Ben reads from {heard['pseudonym']}: {heard['text']}")
    check("Ada" not in str(heard), "the name of an anonymous person leaked")
    await ben.lose_network()
    say("Ben loses his network")
    for number in range(2, 5):
        await ada.say("chat.send", conversation_id=chat, client_id=f"a{number}", text=f"Are you there? ({number})")
    await ada.say("chat.send", conversation_id=chat, client_id="a4", text="Are you there? (4)")
    await resume(ben, chat, heard["seq"], say)
    await ben.say("chat.read", conversation_id=chat, seq=heard["seq"])
    await ada.hears("chat.read")
    posted = {"blindChatId": chat, "message": "Sorry, a tunnel.", "clientId": "b1"}
    await ben.call("POST", "/connect/chat", posted)
    await ada.hears("chat.message", text="Sorry, a tunnel.")
    say("Ada reads Ben's answer, which came over HTTP")


async def resume(ben: Person, chat: str, after: int, say: Say) -> None:
    await ben.open_socket()
    caught_up = await ben.say("chat.sync", conversation_id=chat, after_seq=after)
    texts = [event["data"]["text"] for event in caught_up["events"] if event["type"] == "chat.message"]
    numbers = [event["data"]["seq"] for event in caught_up["events"]]
    say(f"Ben is back and catches up: {texts}")
    check(texts == [f"Are you there? ({n})" for n in (2, 3, 4)], "a message was lost or came twice")
    check(numbers == list(range(after + 1, after + 1 + len(numbers))), "the sequence has a gap")


def stored_row(chat: str, say: Say) -> None:
    """What a stolen database shows of a message."""
    url = environment.exported(embedded.locate())["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT content_ciphertext, content_preview FROM chat_message WHERE conversation_id = %s AND seq = 2",
            [UUID(chat)],
        ).fetchone()
    check(row is not None, "the message is not stored")
    ciphertext, preview = row or (b"", "")
    check(b"calm energy" not in ciphertext and "calm" not in preview, "a message is stored in the clear")
    say(f"The stored row of that first message: {ciphertext.hex()[:64]}… preview {preview!r}")


async def reveal(ada: Person, ben: Person, match_id: str, say: Say) -> None:
    await ada.call("POST", "/connect/reveal", {"matchId": match_id, "action": "request"})
    say("Ada offers to reveal")
    await ben.hears("reveal.updated")
    status = await ben.call("GET", "/connect/status")
    answer = {"revealId": status["current"]["revealId"], "action": "accept"}
    reply = await ben.call("POST", "/connect/reveal", answer)
    check(reply["revealState"] == "mutual", f"the reveal is not mutual: {reply}")
    for person, other in ((ada, ben), (ben, ada)):
        event = await person.hears("reveal.updated", reveal_state="mutual")
        card = await person.call("GET", f"/api/people/{event['data']['peer_id']}")
        check(card["name"] == f"{other.name} Example", f"the wrong person: {card}")
        say(f"{person.name} now sees {card['name']}, {card['age']}, {card['city']}: {card['bio']}")


async def judge(person: Person, match_id: str, say: Say) -> None:
    feedback = {
        "matchId": match_id,
        "rating": 4,
        "fitScore": 78,
        "safetyScore": 90,
        "communicationScore": 70,
        "reasons": ["shared_values", "timing"],
        "notes": "Felt respectful and aligned.",
    }
    check((await person.call("POST", "/connect/feedback", feedback))["ok"], "feedback was not taken")
    say(f"{person.name} gives feedback")


async def walk(base_url: str, say: Say) -> None:
    """The whole walk; raises Broken at the first step that does not hold."""
    mail = embedded.locate().var.parent / "mail"
    ada, ben = Person(base_url, "Ada", mail), Person(base_url, "Ben", mail)
    try:
        await asyncio.gather(arrive(ada, say), arrive(ben, say))
        match, same = await propose(ada, say), await propose(ben, say)
        check(match["matchId"] == same["matchId"], "they were proposed to others")
        chat = await accept(ada, ben, match["matchId"], say)
        await talk(ada, ben, chat, say)
        stored_row(chat, say)
        await reveal(ada, ben, match["matchId"], say)
        for person in (ada, ben):
            await judge(person, match["matchId"], say)
    finally:
        await asyncio.gather(ada.leave(), ben.leave())


def main() -> int:
    started = time.monotonic()
    try:
        with running_stack() as base_url:
            print(f"The stack answers on {base_url}\n")
            asyncio.run(walk(base_url, lambda line: print(f"{time.monotonic() - started:5.1f} s  {line}")))
    except Broken as broken:
        print(f"\nThe walk broke: {broken}", file=sys.stderr)
        return 1
    print("\nEvery step held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
