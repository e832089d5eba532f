"""Three people come to discovery, two of them meet there: the first day of the walk of fifteen days."""

import asyncio
from dataclasses import dataclass
from typing import Any

from tests.e2e.person import Broken, Person
from tests.e2e.walk import Say, check
from tests.pictures import drawn_face, encoded, landscape


@dataclass(frozen=True)
class Life:
    """What somebody tells of themselves; `interests` are scores."""

    town: str
    birth_date: str
    gender: str
    phone: str
    hobbies: dict[str, str]
    interests: dict[str, int]


# Each in another town, and in matching they look for nobody beyond their own: they meet in discovery or not at all.
LIVES = {
    "Ada": Life(
        town="Reykjavík",
        birth_date="1991-07-04",
        gender="female",
        phone="+3545550101",
        hobbies={"chess": "Slow games, long talks.", "hiking": "In any weather."},
        interests={"games": 90, "nature": 80, "books": 70},
    ),
    "Ben": Life(
        town="Kópavogur",
        birth_date="1989-11-23",
        gender="male",
        phone="+3545550102",
        hobbies={"chess": "I lose gladly.", "hiking": "", "concerts": "Small halls."},
        interests={"music": 95, "hiking": 75, "film": 60},
    ),
    "Cleo": Life(
        town="Hafnarfjörður",
        birth_date="1993-02-11",
        gender="female",
        phone="+3545550103",
        hobbies={"concerts": "", "football": "Goalkeeper."},
        interests={"music": 80},
    ),
}
VALUES = {"honesty": 90, "empathy": 80, "freedom": 75, "growth": 60}
TOUCH = {
    "conversation_depth": "deep",
    "contact_frequency": "daily",
    "directness_score": 60,
    "humor_score": 70,
    "response_pace": "flexible",
    "group_comfort": "one_to_one",
    "friendship_intention": "open_ended",
}
SERVER = "/api/discovery/partner"
OTHER_SERVER = "/api/discovery/growth"
WANTED = {
    "min_age": 25,
    "max_age": 45,
    "genders": ["female", "male"],
    "distance": "under_25_km",
    "languages": [],
    "hobbies": [],
}


async def arrive(person: Person, seed: int, say: Say) -> None:
    """Sign up, opt in, and do what discovery asks for, which it names."""
    life = LIVES[person.name]
    await person.register()
    await tell(person, life)
    say(f"{person.name} signed up; discovery still asks for: {', '.join(await unmet(person))}")
    await person.prove_number(life.phone)
    for code, description in life.hobbies.items():
        await person.call("POST", "/api/profile/hobbies", {"option": code, "description": description})
    pictures = [drawn_face(seed=seed), landscape(seed=seed), landscape(seed=seed + 1)]
    photos = [await person.add_photo(encoded(picture)) for picture in pictures]
    check(photos[0]["has_face"], "no face was seen in the first photo")
    check(await unmet(person) == [], "discovery did not open")
    say(f"{person.name} proved a number, told {len(life.hobbies)} hobbies, added three photos: it is open")
    await person.call("PUT", f"{SERVER}/filters", WANTED)
    # Others find somebody at once who has looked for others, and everybody else after a while.
    await person.call("POST", f"{OTHER_SERVER}/refresh")


async def tell(person: Person, life: Life) -> None:
    said = {"name": f"{person.name} Example", "nickname": person.name, "bio": "Here for fifteen days."}
    lives = {"city": life.town, "country": "IS", "birth_date": life.birth_date, "gender": life.gender}
    await person.call("PUT", "/api/profile", said | lives | {"languages": ["en"]})
    await person.call("PUT", "/api/profile/values", {"scores": VALUES})
    await person.call("PUT", "/api/profile/interests", {"scores": life.interests})
    await person.call("PUT", "/api/profile/preferences", TOUCH)
    wishes = {
        "mode": "romance",
        "minAge": 25,
        "maxAge": 45,
        "distanceKm": 1,
        "preferredGenders": ["female", "male"],
        "languagePref": ["en"],
        "consentVersion": "v1",
    }
    await person.call("POST", "/connect/activate", wishes)


async def unmet(person: Person) -> list[str]:
    servers = (await person.call("GET", "/api/discovery/servers"))["servers"]
    return next(list(server["unmet"]) for server in servers if server["server"] == "partner")


async def look_around(person: Person, say: Say) -> dict[str, str]:
    """New cards; the ids of those that show the two others, by what only this walk knows, their towns."""
    batch = await person.call("POST", f"{SERVER}/refresh")
    check(batch["exhausted"], "somebody else lives near them")
    say(f"{person.name} sees {len(batch['cards'])} cards; there is nobody else near by")
    for card in batch["cards"]:
        hobbies = [f"{hobby['name']}{' (shared)' * hobby['shared']}" for hobby in card["hobbies"]]
        say(f"    {card['city']}, {card['age_band']}, {card['distance']}: {', '.join(hobbies)}")
    shown = str(batch)
    check(not any(name in shown for name in LIVES), "a card names somebody")
    check("photo" not in shown, "a card shows a photo")
    return {card["city"]: card["id"] for card in batch["cards"]}


async def meet(ada: Person, ben: Person, cleo: Person, say: Say) -> str:
    """Ada passes Cleo and is interested in Ben, who is interested in both; the id of the connection."""
    await asyncio.gather(*(arrive(person, seed, say) for seed, person in enumerate((ada, ben, cleo), start=1)))
    towns = {name: life.town for name, life in LIVES.items()}
    of_ada, of_ben, _ = [await look_around(person, say) for person in (ada, ben, cleo)]
    await ada.call("POST", f"/api/discovery/cards/{of_ada[towns['Cleo']]}/pass")
    say("Ada passes Cleo's card")
    await interested(ben, of_ben[towns["Cleo"]], "Cleo", say)
    check(await interested(ada, of_ada[towns["Ben"]], "Ben", say) is None, "one interest made a connection")
    check((await ben.call("GET", "/api/notifications"))["results"] == [], "Ben was told of an interest")
    connection = await interested(ben, of_ben[towns["Ada"]], "Ada", say)
    if connection is None:
        raise Broken("mutual interest made no connection")
    say("It is mutual: they are connected")
    await is_full(ben, cleo, say)
    return str(connection["id"])


async def interested(person: Person, card: str, in_whom: str, say: Say) -> Any:
    """The connection that it makes, if it does."""
    reply = await person.call("POST", "/api/interests", {"card_id": card}, expect=201)
    say(f"{person.name} is interested in {in_whom}: {reply['interest']['status']}")
    return reply["connection"]


async def is_full(ben: Person, cleo: Person, say: Say) -> None:
    """Ben's one slot is taken: what he sent besides is wiped, and nobody is shown him or Ada any more."""
    statuses = {sent["status"] for sent in (await ben.call("GET", "/api/interests"))["results"]}
    check(statuses == {"mutual", "wiped"}, f"Ben's interests are {statuses}")
    say("Ben's only slot is taken, so his interest in Cleo is wiped; she never knew of it")
    cards = (await cleo.call("GET", f"{SERVER}/batch"))["cards"]
    check(cards == [], f"Cleo is still shown {cards}")
    say("Cleo's cards of the two are gone: whoever is full is invisible")
