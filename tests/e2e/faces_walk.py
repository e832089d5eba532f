"""Two people meet by their faces: upload, analysis, verdict, matches, a mutual like, a talk, a baby, and all of it
taken back, over real HTTP, real sockets, a real worker and a real beat.

`make demo-faces` runs it on a stack of its own and prints what each person would see; `test_faces_walk` runs it as a
test. All faces are drawn, those of the demo pool around them too.
"""

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from config.run import fresh_stack
from tests.e2e.likenesses import Moderator, allow, arrive, lookalikes, upload
from tests.e2e.person import Broken, Person
from tests.e2e.walk import Say, check

NAME = "faces"
"""Of the folder of this walk's own stack."""


async def verdict(moderator: Moderator, people: dict[Person, dict[str, Any]], say: Say) -> None:
    """Until somebody looked, a face finds nobody."""
    for person in people:
        top = (await person.call("GET", "/api/matches/top"))["results"]
        check(top == [], f"{person.name}, whom nobody verified, is shown {top}")
    await moderator.sign_in()
    for person, face in people.items():
        await moderator.verify(face["id"])
        say(f"A moderator compares {person.name}'s picture with the profile photos: verified")


async def matches(ada: Person, ben: Person, say: Say) -> str:
    """What the search finds for each, told over the socket; the id of the likeness of the two."""

    async def look() -> set[str]:
        of_each = [{match["id"] for match in await top(person)} for person in (ada, ben)]
        return of_each[0] & of_each[1]

    [match_id] = await ada.wait_for(look, "a likeness of Ada and Ben")
    for person in (ada, ben):
        await person.hears("face_match.new", match_id=match_id)
        shown = next(match for match in await top(person) if match["id"] == match_id)
        picture = await person.http.get(shown["face"]["link"])
        check(picture.headers["content-type"] == "image/jpeg", f"{person.name} does not see the other's face")
        check("Example" not in json.dumps(shown), "a likeness names somebody")
    found = await ada.call("GET", f"/api/matches/{match_id}")
    factors = ", ".join(f"{name} {value}" for name, value in found["factors"].items() if value is not None)
    say(f"Ada is like {len(await top(ada))} people, Ben like {len(await top(ben))}: faces alone, no names")
    rank = "too few people to rank it" if found["percentile"] is None else f"more than {found['percentile']} % of pairs"
    say(f"The two are alike by {found['total']} of 100 ({factors}); {rank}")
    return match_id


async def top(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.call("GET", "/api/matches/top?limit=200"))["results"]
    return found


async def like_each_other(ada: Person, ben: Person, match_id: str, say: Say) -> dict[str, Any]:
    """A like alone shows nowhere; the second one connects them."""
    liked = {"match_id": match_id, "type": "like"}
    first = await ada.call("POST", "/api/reactions", liked, expect=201)
    check(first["connection_id"] is None, "one like made a connection")
    told = [news["type"] for news in (await ben.call("GET", "/api/notifications"))["results"]]
    check("mutual_match" not in told, "Ben was told of a like")
    say("Ada likes it: Ben is told nothing")
    second = await ben.call("POST", "/api/reactions", liked, expect=201)
    check(bool(second["connection_id"]), "two likes made no connection")
    for person in (ada, ben):
        news = await person.told("mutual_match")
        say(f"Ben likes it too; {person.name}'s phone: {news['title']}")
    [line] = (await ada.call("GET", "/api/connections"))["results"]
    check((line["origin"], line["id"]) == ("face", second["connection_id"]), f"Ada is connected by {line}")
    return dict(line)


async def talk(ada: Person, ben: Person, conversation_id: str, say: Say) -> None:
    """A direct conversation that an icebreaker opens."""
    path = f"/api/conversations/{conversation_id}/messages"

    async def look() -> dict[str, Any] | None:
        page = await ada.call("GET", path)
        return next((message for message in page["messages"] if message["type"] == "icebreaker"), None)

    opener = await ada.wait_for(look, "the icebreaker")
    say(f"Their conversation is open, and begins with: {opener['text']}")
    await ada.say("chat.send", conversation_id=conversation_id, client_id="hello", text="Hello, double!")
    heard = await ben.hears("chat.message", conversation_id=conversation_id, text="Hello, double!")
    say(f"Ben reads: {heard['data']['text']}")


async def baby(ada: Person, ben: Person, match_id: str, say: Say) -> str:
    """Only when both want it; the link of the picture."""
    wanted = {"match_id": match_id}
    await allow(ada, "baby_images")
    say(f"Ada wants to see a baby, and is refused: {await ada.refused('POST', '/api/baby', wanted)}")
    await allow(ben, "baby_images")
    asked = await ada.call("POST", "/api/baby", wanted, expect=202)
    check(asked["status"] == "pending" and asked["picture"] is None, f"it was painted at once: {asked}")
    for person in (ada, ben):
        news = await person.told("baby_generated")
        say(f"Both allow it now; {person.name}'s phone: {news['title']}")
    [painted] = (await ben.call("GET", f"/api/baby?match_id={match_id}"))["results"]
    shown = await ben.http.get(painted["picture"]["link"])
    check(shown.headers["content-type"] == "image/jpeg", "Ben does not see the picture")
    say(f"Ben sees a picture by {painted['painter']}, {len(shown.content) // 1024} KB, kept here and nowhere else")
    return str(painted["picture"]["link"])


async def take_back(ada: Person, ben: Person, match_id: str, link: str, say: Say) -> None:
    """What was made of a face goes with the consent to it, at once; who are connected stay so."""
    deleted = (await allow(ada, "face_analysis", granted=False))["deleted"]
    told = ", ".join(f"{number} {what}" for what, number in deleted.items())
    say(f"Ada takes her consent back: {told}")
    check(match_id not in {match["id"] for match in await top(ben)}, "Ben is still like her")
    check((await ben.http.get(link)).status_code == 404, "the baby's picture is still there")
    check((await ben.call("GET", f"/api/matches/{match_id}", expect=404))["code"] == "not_found", "the match is there")
    check(await top(ada) == [], "Ada is still like somebody")
    [line] = (await ben.call("GET", "/api/connections"))["results"]
    check(line["status"] == "active", f"they are not connected any more: {line}")
    say("Ben finds neither the likeness nor the baby; the two may go on talking")


async def walk(base_url: str, folder: Path, login: dict[str, str], say: Say) -> None:
    """The whole walk; raises Broken at the first step that does not hold."""
    ada, ben = (Person(base_url, name, folder / "mail") for name in ("Ada", "Ben"))
    moderator = Moderator(base_url, login)
    try:
        await asyncio.gather(arrive(ada, say), arrive(ben, say))
        faces = {person: await upload(person, say) for person in (ada, ben)}
        await lookalikes(ada, faces[ada]["id"], say)
        await verdict(moderator, faces, say)
        match_id = await matches(ada, ben, say)
        connection = await like_each_other(ada, ben, match_id, say)
        await talk(ada, ben, connection["conversation_id"], say)
        link = await baby(ada, ben, match_id, say)
        await take_back(ada, ben, match_id, link, say)
    finally:
        await asyncio.gather(ada.leave(), ben.leave(), moderator.leave())


def run(say: Say) -> None:
    """On a stack of its own, with the demo pool around them."""
    say("A stack of its own is started, its database made anew")
    with fresh_stack(NAME) as stack:
        login = json.loads(next(stack.folder.rglob("demo.json")).read_text())["admin"]
        say(f"The stack answers on {stack.base_url}")
        asyncio.run(walk(stack.base_url, stack.folder, login, say))


def main() -> int:
    started = time.monotonic()
    try:
        run(lambda line: print(f"{time.monotonic() - started:5.1f} s  {line}", flush=True))
    except (Broken, RuntimeError) as broken:
        print(f"\nThe walk broke: {broken}", file=sys.stderr)
        return 1
    print("\nEvery step held.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
