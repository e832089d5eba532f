"""Two strangers meet in the queue, talk, and decide together whether to see each other, over real HTTP, real sockets,
a real worker and a real beat.

The minutes of their talk pass faster, and the stack's clock is moved over the days between; nothing that the clock
makes happen is triggered by hand. `make demo-live` runs it and prints what each person would see; `test_live_walk`
runs it as a test.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from config.run import fresh_stack
from tests.e2e.clock import Clock, shown
from tests.e2e.person import Person
from tests.e2e.strangers import LIVES, QUEUE, Talk, arrive, chain, join, pair, reflect
from tests.e2e.walk import Say, check

NAME = "live"
"""Of the folder of this walk's own stack."""
SCALE = 20
"""Minutes of a talk that pass in one."""
MONTH = timedelta(days=31)
DAY = timedelta(days=1)


async def opened(people: list[Person], clock: Clock, say: Say) -> None:
    """All sign up; a month later they are no newcomers, whose word weighs little, and open the app."""
    await asyncio.gather(*(arrive(person, say) for person in people))
    for person in people:
        proposed = (await person.call("GET", "/connect/match"))["match"]
        check(proposed is None, f"{person.name} was proposed somebody: {proposed}")
    clock.go_to(clock.now.date() + MONTH, time(19))
    say("A month goes by")
    for person in people:
        await person.come_back()
        await person.open_socket()


async def panic(finn: Person, ada: Person, say: Say) -> None:
    """Finn still waits, and Ada gets him."""
    talk = await pair(finn, ada)
    await talk.tell(ada, "Good evening! How was your day?")
    heard = await talk.tell(finn, "You had better tell me where you live. Now.")
    say(f"Ada is paired with {heard['pseudonym']}, who writes: {heard['text']}")
    finn.events.clear()
    left = await ada.call("POST", f"{talk.path}/panic-exit", {"reason": "harassment", "details": "He scares me."})
    check(left["state"] == "closed", f"the panic exit left it {left}")
    await finn.hears("chat.state", conversation_id=talk.id, state="closed")
    [block] = (await ada.call("GET", "/api/blocks"))["results"]
    [report] = (await ada.call("GET", "/api/reports"))["results"]
    check((block["alias"], block["source"]) == (heard["pseudonym"], "panic_exit"), f"Ada has blocked {block}")
    check((report["id"], report["status"]) == (left["report_id"], "open"), f"the report is {report}")
    say(f"Ada leaves in panic: closed; {block['alias']} is blocked; the report is {report['status']}")
    more = await finn.refused("POST", f"{talk.path}/messages", {"text": "Hey?"})
    await finn.hears("queue.status", status="active", reason="requeued")
    say(f"Finn cannot tell it from any other end; what he writes is refused: {more}")
    await finn.call("POST", f"{QUEUE}/leave")
    await reflect(talk, ada)


async def meet(ada: Person, ben: Person, say: Say) -> Talk:
    wait = await join(ada)
    seconds = wait["expected_wait_seconds"]
    say(f"Ada joins the queue: {wait['status']}; four of five waited no longer than {seconds} seconds lately")
    talk = await pair(ada, ben)
    say(f"Ben joins too, and they are paired: {talk.session['score']} of 100")
    for reason in talk.session["reasons"]:
        say(f"    because: {reason['text']}")
    return talk


async def talk_anonymously(talk: Talk, say: Say) -> None:
    ada, ben = talk.one, talk.other
    offers = [await person.call("GET", f"{talk.path}/prompts") for person in (ada, ben)]
    check(offers[0] == offers[1] and bool(offers[0]["prompts"]), f"they are shown different prompts: {offers}")
    say(f"Both are shown the same {len(offers[0]['prompts'])} prompts ({offers[0]['stage']}), the first of them:")
    say(f"    {offers[0]['prompts'][0]['text']}")
    heard = await talk.tell(ada, "A map of a city that does not exist any more.")
    say(f"Ben reads from {heard['pseudonym']}: {heard['text']}")
    answer = await talk.tell(ben, "Then you draw and I tell you who lived there.")
    say(f"Ada reads from {answer['pseudonym']}: {answer['text']}")
    seen = str(heard) + str(await ben.call("GET", talk.path)) + str(ben.events)
    check(not any(name in seen for name in LIVES), f"the name of an anonymous person leaked: {seen}")
    card = await ben.refused("GET", f"/api/people/{talk.session['id']}", expect=404)
    say(f"Who it is, nobody tells: {card}")


async def gate(talk: Talk, minute: int, of_ada: str, of_ben: str, say: Say) -> str:
    """Both decide as soon as they are asked, Ada over the socket and Ben over HTTP; what came of it."""
    ada, ben = talk.one, talk.other

    async def by_ada() -> None:
        await ada.hears("gate.opened", conversation_id=talk.id, gate_minute=minute)
        await ada.say("gate.decide", conversation_id=talk.id, gate_minute=minute, decision=of_ada)

    async def by_ben() -> None:
        await ben.hears("gate.opened", conversation_id=talk.id, gate_minute=minute)
        await ben.call("POST", f"{talk.path}/decision-gate", {"gate_minute": minute, "decision": of_ben})

    await asyncio.gather(by_ada(), by_ben())
    ends = [await each.hears("gate.resolved", conversation_id=talk.id, gate_minute=minute) for each in (ada, ben)]
    outcome = str(ends[0]["data"]["outcome"])
    say(f"Minute {minute}, a gate opens: Ada says {of_ada}, Ben says {of_ben}; both are told: {outcome}")
    check("not_yet" not in str(ada.events), "Ada was told what Ben decided")
    check("reveal_yes" not in str(ben.events), "Ben was told what Ada decided")
    return outcome


async def decide(talk: Talk, say: Say) -> dict[str, str]:
    """At two gates; the ids by which the two know each other from then on, by name."""
    ben = talk.other
    check(await gate(talk, 10, "reveal_yes", "not_yet", say) == "went_on", "one yes was enough")
    changed = {"gate_minute": 10, "decision": "reveal_yes"}
    say(f"Ben wants to change it, and is refused: {await ben.refused('POST', f'{talk.path}/decision-gate', changed)}")
    await talk.tell(ben, "Let us go on a little.")
    check(await gate(talk, 20, "reveal_yes", "reveal_yes", say) == "revealed", "two yes were not enough")
    ids = {}
    for person in (talk.one, talk.other):
        partner = talk.partner(person)
        event = await person.hears("reveal.updated", conversation_id=talk.id, reveal_state="mutual")
        ids[partner.name] = str(event["data"]["peer_id"])
        card = await person.call("GET", f"/api/people/{ids[partner.name]}")
        check(card["name"] == f"{partner.name} Example", f"the wrong person: {card}")
        say(f"{person.name} now sees {card['name']}, {card['age']}, {card['city']}: {card['bio']}")
    return ids


async def friendship(talk: Talk, clock: Clock, say: Say) -> None:
    """The connection, a starter, and a time to talk."""
    ada, ben = talk.one, talk.other
    [line] = (await ada.call("GET", "/api/connections"))["results"]
    check((line["origin"], line["conversation_id"]) == ("live", talk.id), f"Ada is connected by {line}")
    events = f"/api/connections/{line['id']}/events"
    [starter, *_] = (await ada.call("GET", f"{talk.path}/prompts"))["prompts"]
    await ada.call("POST", events, {"event_type": "starter_completed", "prompt": starter["code"]}, expect=201)
    at = (clock.now + DAY).isoformat()
    await ada.call("POST", events, {"event_type": "scheduled_chat", "scheduled_for": at}, expect=201)
    news = await ben.told("chat_scheduled")
    timeline = [event["event_type"] for event in (await ben.call("GET", events))["results"]]
    say(f"They took up a starter, and mean to talk tomorrow; Ben's phone: {news['title']}")
    say(f"Their connection so far: {', '.join(reversed(timeline))}")
    check(set(timeline) == {"created", "revealed", "starter_completed", "scheduled_chat"}, f"not all: {timeline}")


async def reflections(talk: Talk, say: Say) -> None:
    for person in (talk.one, talk.other):
        given = await reflect(talk, person)
        tags = ", ".join(given["feedback_tags"])
        say(f"{person.name} says how it was, in private: {given['vibe_score']} of 5, {given['meet_outcome']}, {tags}")
    again = await talk.one.refused(
        "POST", "/api/meet_reflections", {"match_id": talk.session["id"], "vibe_score": 1, "meet_outcome": "pass"}
    )
    say(f"Ada wants to take it back, and is refused: {again}")


async def walk(base_url: str, folder: Path, clock: Clock, say: Say) -> None:
    """The whole walk; raises Broken at the first step that does not hold."""
    people = [Person(base_url, name, folder / "mail") for name in LIVES]
    ada, ben, cleo, dora, eli, finn = people
    try:
        await opened(people, clock, say)
        await chain([ada, cleo, ben, dora, ada, eli, ben, finn], say)
        await panic(finn, ada, say)
        talk = await meet(ada, ben, say)
        await talk_anonymously(talk, say)
        ids, _ = await asyncio.gather(decide(talk, say), meanwhile([cleo, dora, eli, cleo], say))
        await friendship(talk, clock, say)
        await reflections(talk, say)
        await asyncio.gather(*(person.close_socket() for person in people))
        await next_day(ada, ben, eli, ids, clock, say)
    finally:
        await asyncio.gather(*(person.leave() for person in people))


async def meanwhile(people: list[Person], say: Say) -> None:
    await chain(people, say)
    await people[-1].call("POST", f"{QUEUE}/leave")
    say(f"{people[-1].name} leaves the queue")


async def next_day(ada: Person, ben: Person, eli: Person, ids: dict[str, str], clock: Clock, say: Say) -> None:
    """What was said of people counts when the day is over, so that nobody can tell who said what."""
    own = f"/api/trust_score/{ids['Ada']}"
    before = await ada.call("GET", own)
    check("reflection_up" not in codes(before), f"reflections counted at once: {before}")
    say(f"Ada's own trust this evening: {before['score']}.{because(before)}")
    clock.go_to((clock.now + DAY).date(), time(0, 1))
    for person in (ada, ben, eli):
        await person.come_back()

    async def look() -> Any:
        found = await ada.call("GET", own)
        return found if "reflection_up" in codes(found) else None

    after = await ada.wait_for(look, "her trust to be counted")
    check(after["score"] > before["score"], f"her trust did not rise: {before}, {after}")
    say(f"Midnight, and it is counted what they said of her: {after['score']}.{because(after)}")
    of_ben = await ben.call("GET", own)
    check(of_ben["score"] is None and of_ben["reasons"] is None, f"Ben is told more than a band: {of_ben}")
    stranger = await eli.refused("GET", own, expect=404)
    say(f"Ben, who is connected to her, is told: {of_ben['band']}; Eli, who is not: {stranger}")
    await points(ada, say)


def codes(trust: dict[str, Any]) -> set[str]:
    return {reason["code"] for reason in trust["reasons"]}


def because(trust: dict[str, Any]) -> str:
    return "".join(f" {reason['text']}" for reason in trust["reasons"])


async def points(ada: Person, say: Say) -> None:
    """A day brings a hundred at most; a new one has a prompt, and a week an intent."""
    yesterday = await ada.call("GET", "/api/xp")
    check(yesterday["balance"] == 100, f"yesterday brought {yesterday}")
    say(f"Ada's points of yesterday: {told(yesterday)}")
    prompt = (await ada.call("GET", "/api/daily_prompts/today"))["prompt"]
    answer = {"prompt": prompt["code"], "answer": "That somebody asked."}
    await ada.call("POST", "/api/daily_prompts/answers", answer, expect=201)
    await ada.call("POST", "/api/weekly_intent", {"intent": "Call Ben on the day we said."})
    say(f"She answers the prompt of the day, for herself alone: {prompt['text']}")
    say(f"Ada's points with that and an intent for the week: {told(await ada.call('GET', '/api/xp'))}")


def told(ledger: dict[str, Any]) -> str:
    entries = (f"{entry['source_type']} {entry['xp_delta']}" for entry in reversed(ledger["results"]))
    return f"{ledger['balance']} ({', '.join(entries)})"


def run(say: Callable[[Clock, str], None]) -> None:
    """On a stack of its own, whose clock begins at noon: what is said is told with the clock."""
    with tempfile.TemporaryDirectory() as place:
        clock = Clock(Path(place) / "ahead")
        clock.go_to((clock.now + DAY).date(), time(12))
        say(clock, "A stack of its own is started, its database made anew")
        settings = {"CLOCK_FILE": str(clock.file), "LIVE_TIME_SCALE": str(SCALE), "REFLECTIONS_SECONDS": "1"}
        with fresh_stack(NAME, **settings) as stack:
            say(clock, f"The stack answers on {stack.base_url}; ten minutes of a talk pass in {600 // SCALE} seconds")
            asyncio.run(walk(stack.base_url, stack.folder, clock, lambda line: say(clock, line)))


if __name__ == "__main__":
    sys.exit(shown(run))
