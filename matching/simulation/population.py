"""An invented population, as arrays out of a seed: the same people whenever and wherever it is drawn.

38 % are women, 58 % men, 4 % neither; 35 % look for romance, 20 % for friends, 45 % for both. Ages are lognormal above
18 with a median of 31 or 32 and end at 75; age ranges lie around one's own age, are wider for friends, and reach
farther down for men and farther up for women. Four of five live in Germany, Austria or Switzerland, the rest in seven
more countries of Europe, in cities by their inhabitants and around the centre of each; one of nine sets no limit of
distance, the others 25 to 300 km. Everybody speaks the language they grew up with, nearly all the one of their
country, 62 % English, some a third, and 28 % want to talk in their country's only. Of those who look for romance most
seek the other gender; for friends half or more seek anybody. A tenth gave no birth data, a fifth of the rest does not
know the hour; 85 and 78 % allow astrology and Human Design to be compared. All answers come from four latent traits
(open, settled, warm, driven; settled grows with age) with as much noise, so that scores spread the way those of real
people would rather than cluster at neutral. A third of the interests, a tenth of the questionnaires and a twelfth of
the preferences are not given; two of five keep no topic out, seven of ten have one to three non-negotiables; three in
a hundred gave three values and nothing else. People joined in the last half year, on average three weeks ago.
Nothing of it is measured of anybody.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.engine.ephemeris import Floats
from matching.simulation.answers import Answers, answers
from matching.simulation.cities import cities
from matching.simulation.wishes import YEAR, Births, Bits, Ints, Wishes, births, wishes

REFERENCE_DAY = date(2026, 1, 1)
"""Ages are those on this day, so that birth dates do not depend on when the population is drawn."""


@dataclass(frozen=True)
class Population:
    """n people. birth (n,): which of `births` is theirs; born (n,): whether they gave time and place of it. city (n,)
    and home (n, 2) in degrees; placed (n,): whether they said where they live. astrology, human_design (n,): consents.
    joined (n,): days since they came into the pool.
    """

    seed: int
    births: Births
    birth: Ints
    born: Bits
    city: Ints
    home: Floats
    placed: Bits
    wishes: Wishes
    answers: Answers
    astrology: Bits
    human_design: Bits
    joined: Floats

    def __len__(self) -> int:
        return len(self.birth)


def population(people: int, seed: int) -> Population:
    """So many people, at least one, out of a seed that is not negative."""
    whence, what, rest = np.random.default_rng(seed).spawn(3)
    known = cities()
    all_births = births(whence, people, known)
    birth = np.arange(people) % len(all_births.age_days)
    age = all_births.age_days[birth] / YEAR
    city = np.where(whence.random(people) < 0.5, all_births.city[birth], known.draw(whence, people))
    sparse = rest.random(people) < 0.03
    wanted = wishes(whence, age, known.country[city])
    wanted.distance_km[sparse] = 0
    return Population(
        seed=seed,
        births=all_births,
        birth=birth,
        born=~sparse & (rest.random(people) < 0.93),
        city=city,
        home=known.spots(rest, city),
        placed=~sparse,
        wishes=wanted,
        answers=answers(what, age, sparse),
        astrology=rest.random(people) < 0.85,
        human_design=rest.random(people) < 0.78,
        joined=np.minimum(rest.exponential(21.0, people), 180.0),
    )
