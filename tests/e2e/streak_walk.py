"""Two people meet in discovery and see each other after fifteen days, over real HTTP, a real worker and a real beat.

The stack's clock is moved from one thing they do to the next; nothing that the clock makes happen is triggered by
hand. `make demo-streak` runs it and prints what each person would see; `test_streak_walk` runs it as a test.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from config.run import fresh_stack
from tests.e2e.clock import Clock, shown
from tests.e2e.meeting import meet
from tests.e2e.person import Person
from tests.e2e.walk import Say, check

NAME = "streak"
"""Of the folder of this walk's own stack."""
MISSED = 5
DAY = timedelta(days=1)


@dataclass
class Pair:
    """The two of a streak. Its days are those of Reykjavík, where the clock shows UTC."""

    ada: Person
    ben: Person
    clock: Clock
    say: Say
    path: str
    first: date
    opened: set[tuple[str, int]] = field(default_factory=set)
    """Whose reveal of which number was told of."""

    async def streak(self, person: Person) -> dict[str, Any]:
        found: dict[str, Any] = await person.call("GET", self.path)
        return found

    async def reveals(self, person: Person) -> list[dict[str, Any]]:
        page = await person.call("GET", f"{self.path}/reveals")
        found: list[dict[str, Any]] = page["results"]
        return found

    async def at(self, number: int, hour: int, minute: int = 0) -> None:
        """Let the calendar's day `number` of the streak come to that time; both open the app again."""
        self.clock.go_to(self.first + (number - 1) * DAY, time(hour, minute))
        for person in (self.ada, self.ben):
            await person.come_back()

    async def check_in(self, person: Person, effort: str = "steady") -> dict[str, Any]:
        found: dict[str, Any] = await person.call("POST", f"{self.path}/check_in", {"effort_signal": effort})
        return found


async def begin(ada: Person, ben: Person, connection: str, clock: Clock, say: Say) -> Pair:
    """The streak and the locked conversation that the connection brought."""
    [line] = (await ada.call("GET", "/api/connections"))["results"]
    check(line["id"] == connection and line["locked"] and line["partner"] is None, f"Ada sees {line}")
    say(f"Ada is connected with {line['pseudonym']}: no name, no photo")
    messages = f"/api/conversations/{line['conversation_id']}/messages"
    say(f"Ada writes, and is refused: {await ada.refused('POST', messages, {'text': 'Hello?'})}")
    [streak] = (await ben.call("GET", "/api/streaks"))["results"]
    path = f"/api/streaks/{streak['id']}"
    say(f"Ben checks in, and is refused: {await ben.refused('POST', f'{path}/check_in', {})}")
    say(f"Their streak begins on {streak['started_on']}, at midnight in {streak['timezone']}")
    return Pair(ada, ben, clock, say, path, date.fromisoformat(streak["started_on"]))


async def day(pair: Pair, number: int) -> int:
    """Both check in; the days they have completed by then."""
    await pair.at(number, 8)
    await pair.check_in(pair.ada)
    streak = await pair.check_in(pair.ben, "strong")
    pair.say(f"Both check in: {streak['current_day']} of 15 ({streak['status']})")
    for person, other in ((pair.ada, pair.ben), (pair.ben, pair.ada)):
        await reveals(pair, person, other)
    return int(streak["current_day"])


async def reveals(pair: Pair, person: Person, other: Person) -> None:
    """What a worker has written of the other for those of one's reveals that are open by now."""
    for reveal in await pair.reveals(person):
        number = int(reveal["number"])
        if reveal["status"] == "locked" or (person.name, number) in pair.opened:
            continue
        content = await person.wait_for(partial(unlocked, pair, person, number), "what a reveal tells")
        check(other.name not in str(content), f"a reveal names somebody: {content}")
        pair.say(f"    {person.name}'s reveal {number}, {content['title'].lower()}: {content['text']}")
        pair.opened.add((person.name, number))


async def unlocked(pair: Pair, person: Person, number: int) -> Any:
    return next(reveal["content"] for reveal in await pair.reveals(person) if reveal["number"] == number)


async def purchase(pair: Pair) -> None:
    """Ada buys the first reveal before she has earned it; Ben's are his own."""
    bought = await pair.ada.call("POST", f"{pair.path}/reveals/1/purchase", {"pay_with": "money"})
    pair.say(f"Ada buys her first reveal: {money(bought)}")
    await pair.ada.wait_for(lambda: unlocked(pair, pair.ada, 1), "the reveal she bought")
    await reveals(pair, pair.ada, pair.ben)
    check(all(reveal["status"] == "locked" for reveal in await pair.reveals(pair.ben)), "Ben has got something of it")
    last = await pair.ada.refused("POST", f"{pair.path}/reveals/5/purchase", {"pay_with": "money"})
    pair.say(f"The last one, who he is, is for no money: {last}")


def money(price: dict[str, Any]) -> str:
    return f"{price['amount'] / 100:.2f} {price['currency'].upper()}"


async def missed_day(pair: Pair, number: int) -> None:
    """Ben forgets; Ada reminds him once, which her tier allows, and in vain."""
    await pair.at(number, 8)
    await pair.check_in(pair.ada)
    pair.say("Ada checks in; Ben does not")
    await pair.at(number, 20)
    warned = await pair.ben.told("streak_at_risk")
    pair.say(f"Ben's phone: {warned['title']}. {warned['message']}")
    check((await pair.streak(pair.ada))["status"] == "at_risk", "the day is not at risk")
    await pair.ada.call("POST", f"{pair.path}/nudge", expect=201)
    nudged = await pair.ben.told("nudge")
    pair.say(f"Ada nudges him. Ben's phone: {nudged['title']}. {nudged['message']}")
    pair.say(f"Ada nudges him again, and is refused: {await pair.ada.refused('POST', f'{pair.path}/nudge')}")


async def recovery(pair: Pair, number: int, completed: int) -> None:
    """On the next day Ben, and he alone, can make up for it, with money."""
    await pair.at(number, 0, 1)
    for person in (pair.ada, pair.ben):
        news = await person.told("recovery_open")
        pair.say(f"{person.name}'s phone: {news['title']}. {news['message']}")
    broken = await pair.streak(pair.ben)
    check((broken["status"], broken["breaker"]) == ("payment_window", "me"), f"the window is not Ben's: {broken}")
    pair.say(f"Ada would pay for him, and is refused: {await pair.ada.refused('POST', f'{pair.path}/recover', {})}")
    await pair.ben.call("POST", f"{pair.path}/recover", {"pay_with": "money"})
    streak = await pair.ben.wait_for(lambda: recovered(pair), "the recovery he paid for")
    [paid] = (await pair.ben.call("GET", "/api/billing/payments"))["results"]
    pair.say(f"Ben pays {money(paid)} for a {paid['item']}: {paid['status']}")
    check(streak["current_day"] == completed, f"what was bought counts as a day: {streak}")
    pair.say(f"The streak goes on where it was: {streak['current_day']} of 15")


async def recovered(pair: Pair) -> Any:
    streak = await pair.streak(pair.ben)
    return streak if streak["status"] == "active" else None


async def identities(pair: Pair) -> str:
    """Both see who the other is, with a photo; the id of their conversation."""
    news = await pair.ada.told("streak_completed")
    pair.say(f"Both phones: {news['title']}. {news['message']}")
    for person, other in ((pair.ada, pair.ben), (pair.ben, pair.ada)):
        [line] = (await person.call("GET", "/api/connections"))["results"]
        card = await person.call("GET", f"/api/people/{line['partner']['user_id']}")
        check(card["name"] == f"{other.name} Example", f"the wrong person: {card}")
        photo = await person.http.get(card["photos"][0]["link"])
        check(photo.status_code == 200, f"the photo was answered {photo.status_code}")
        seen = f"{len(card['photos'])} photos, the first of {len(photo.content) // 1000} kB"
        pair.say(f"{person.name} now sees {card['name']}, {card['age']}, {card['city']}, and {seen}")
        check(not line["locked"], "the conversation is still locked")
    return str(line["conversation_id"])


async def talk(pair: Pair, chat: str) -> None:
    await pair.ada.open_socket()
    await pair.ben.open_socket()
    await pair.ada.say("chat.send", conversation_id=chat, client_id="a1", text="So that is you.")
    heard = (await pair.ben.hears("chat.message", text="So that is you."))["data"]
    pair.say(f"Ben reads: {heard['text']}")
    await pair.ben.say("chat.send", conversation_id=chat, client_id="b1", text="Chess on Sunday?")
    await pair.ada.hears("chat.message", text="Chess on Sunday?")
    pair.say("Ada reads: Chess on Sunday?")


async def fifteen_days(pair: Pair) -> None:
    """Fourteen days go well and one does not; it takes sixteen."""
    for number in range(1, MISSED):
        check(await day(pair, number) == number, "a day did not count")
        if number == 2:
            await purchase(pair)
    await missed_day(pair, MISSED)
    await recovery(pair, MISSED + 1, completed=MISSED - 1)
    for number in range(MISSED + 1, 16):
        check(await day(pair, number) == number - 1, "a day did not count")
    [line] = (await pair.ada.call("GET", "/api/connections"))["results"]
    check(line["locked"] and line["partner"] is None, f"Ada sees somebody before the last day: {line}")
    pair.say(f"Ada is still connected with {line['pseudonym']}, and nothing more")
    check(await day(pair, 16) == 15, "the fifteenth day did not count")
    check(len(pair.opened) == 10, f"not all reveals are open: {sorted(pair.opened)}")


async def walk(base_url: str, folder: Path, clock: Clock, say: Say) -> None:
    """The whole walk; raises Broken at the first step that does not hold."""
    ada, ben, cleo = people = [Person(base_url, name, folder / "mail") for name in ("Ada", "Ben", "Cleo")]
    try:
        connection = await meet(ada, ben, cleo, say)
        pair = await begin(ada, ben, connection, clock, say)
        await fifteen_days(pair)
        await talk(pair, await identities(pair))
    finally:
        await asyncio.gather(*(person.leave() for person in people))


def run(say: Callable[[Clock, str], None]) -> None:
    """On a stack of its own, whose clock begins at noon: what is said is told with the clock."""
    with tempfile.TemporaryDirectory() as place:
        clock = Clock(Path(place) / "ahead")
        clock.go_to((clock.now + DAY).date(), time(12))
        say(clock, "A stack of its own is started, its database made anew")
        with fresh_stack(NAME, CLOCK_FILE=str(clock.file), ROLLOVER_SECONDS="1") as stack:
            say(clock, f"The stack answers on {stack.base_url}, and its clock can be moved")
            asyncio.run(walk(stack.base_url, stack.folder, clock, lambda line: say(clock, line)))


if __name__ == "__main__":
    sys.exit(shown(run))
