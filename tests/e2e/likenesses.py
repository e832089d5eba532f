"""Two people who look a little alike and a moderator: what each of them does on the walk of faces."""

import asyncio
import re
from dataclasses import replace
from typing import Any

import httpx

from faces.drawing import drawn_face, looks
from tests.e2e.person import PATIENCE, Broken, Person
from tests.e2e.walk import Say, check
from tests.pictures import encoded, landscape

ADA = looks(6)
BEN = replace(ADA, hair=(70, 45, 30), nose_width=ADA.nose_width + 9, mouth_height=ADA.mouth_height + 14, beard=0.25)
FACES = {"Ada": ADA, "Ben": BEN}
LIVES = {"Ada": ("1991-07-04", "female"), "Ben": ("1989-11-23", "male")}
DONE = {"completed", "failed"}


def picture(name: str, seed: int) -> bytes:
    """One of several pictures of the same person."""
    return encoded(drawn_face(480, 600, seed=seed, looks=FACES[name], light=1 + 0.02 * seed))


async def arrive(person: Person, say: Say) -> None:
    """Sign up, tell of oneself, add three photos of which one shows a face."""
    await person.register()
    born, gender = LIVES[person.name]
    said = {"name": f"{person.name} Example", "nickname": person.name, "bio": "Drawn.", "languages": ["en"]}
    await person.call("PUT", "/api/profile", said | {"birth_date": born, "gender": gender})
    photos = [picture(person.name, 1), encoded(landscape(seed=1)), encoded(landscape(seed=2))]
    seen = [(await person.add_photo(photo))["has_face"] for photo in photos]
    check(seen == [True, False, False], f"in the photos of {person.name} faces were seen so: {seen}")
    await person.open_socket()
    say(f"{person.name} signed up and added three photos, one of them with a face")


async def upload(person: Person, say: Say) -> dict[str, Any]:
    """Send a face, first without and then with the consent, and watch it being worked on; the face."""
    face = picture(person.name, 2)
    refused = await send(person, face)
    check(refused.status_code == 409 or refused.status_code == 403, f"without a consent it was {refused.status_code}")
    say(f"{person.name} sends a picture, and is refused: {refused.json()['code']}")
    for purpose in ("face_analysis", "face_matching"):
        await allow(person, purpose)
    sent = await send(person, face)
    check(sent.status_code == 201, f"a face was answered {sent.status_code}: {sent.text[:400]}")
    made: dict[str, Any] = sent.json()
    again = await send(person, face)
    check(again.json()["code"] == "face_known", f"the same picture again is {again.text[:200]}")
    job = await finished(person, made["job"]["id"])
    seen = (await person.call("GET", f"/api/faces/{made['id']}"))["seen"]
    grade = "tells people apart" if seen["identity_grade"] else "does not tell people apart"
    say(
        f"{person.name} allows it and sends it: read by {seen['analyzer']}, which {grade}; "
        f"quality {seen['quality_score']:.0%}, {job['lookalikes_found']} lookalikes, {job['matches_found']} matches"
    )
    check(job["matches_found"] == 0, "a face that nobody verified was found to be like somebody")
    return made


async def send(person: Person, face: bytes) -> httpx.Response:
    return await person.http.post("/api/faces", files={"face": ("me.jpg", face, "image/jpeg")})


async def allow(person: Person, purpose: str, granted: bool = True) -> Any:
    consent = {"purpose": purpose, "version": "v1", "granted": granted}
    return await person.call("POST", "/api/consents", consent)


async def finished(person: Person, job_id: str) -> dict[str, Any]:
    """The job as the socket and the API tell of it, once it is done."""
    await person.hears("match_job.updated", job_id=job_id, status="completed")
    job: dict[str, Any] = await person.call("GET", f"/api/match_jobs/{job_id}")
    check((job["status"], job["stage"]) == ("completed", "done"), f"the socket and the API differ: {job}")
    return job


async def lookalikes(person: Person, face_id: str, say: Say) -> None:
    found = await person.call("GET", f"/api/matches/celebrity/{face_id}")
    names = [f"{match['celebrity']['name']} ({match['similarity']})" for match in found["results"]]
    check(len(names) == 10, f"{person.name} is like {len(names)} of the famous")
    say(f"{person.name}'s lookalikes: {', '.join(names[:3])}, ... {found['analyzer']['note']}")
    anybody = httpx.AsyncClient(base_url=person.base_url, timeout=PATIENCE)
    async with anybody:
        shown = await anybody.get(found["results"][0]["celebrity"]["picture"]["link"])
    check(shown.headers["content-type"] == "image/jpeg", "the picture of somebody famous is not public")


class Moderator:
    """Somebody of the staff in a browser."""

    def __init__(self, base_url: str, login: dict[str, str]) -> None:
        self.http = httpx.AsyncClient(base_url=base_url, timeout=PATIENCE, follow_redirects=True)
        self._login = login

    async def sign_in(self) -> None:
        page = await self.http.get("/admin/login/")
        form = {"username": self._login["email"], "password": self._login["password"], "next": "/admin/"}
        signed_in = await self.http.post("/admin/login/", data=form | {"csrfmiddlewaretoken": _token(page)})
        check(signed_in.url.path == "/admin/", f"the moderator ended up on {signed_in.url}")

    async def verify(self, face_id: str) -> None:
        """Look at the picture beside the photos, and say that it is the uploader's own."""
        waiting = await self.http.get("/admin/faces/face/")
        check(face_id in waiting.text, "the face does not wait in the gallery")
        page = await self.http.get(f"/admin/faces/face/{face_id}/change/")
        images = re.findall(r'<img src="(/admin/faces/face/[^"]+)"', page.text)
        check(len(images) == 4, f"the page shows {len(images)} pictures and not the face and three photos")
        looked = await asyncio.gather(*(self.http.get(image) for image in images))
        check({image.headers["content-type"] for image in looked} == {"image/jpeg"}, "a picture was not shown")
        verdict = {"verdict": "verified", "confirmed": "on", "csrfmiddlewaretoken": _token(page)}
        decided = await self.http.post(f"/admin/faces/face/{face_id}/decide/", data=verdict)
        check(decided.status_code == 200 and "verified" in decided.text.lower(), "the verdict was not taken")

    async def leave(self) -> None:
        await self.http.aclose()


def _token(page: httpx.Response) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    if not found:
        raise Broken(f"there is no form on {page.url}")
    return found.group(1)
