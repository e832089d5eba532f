"""The hobbies that ship and their categories, as they are called in the language that is active when one is read."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from connect.enums import HobbyCategory
from connect.models import HobbyOption

NAMES: dict[str, Promise] = {
    "painting": pgettext_lazy("hobby", "Painting"),
    "drawing": pgettext_lazy("hobby", "Drawing"),
    "photography": pgettext_lazy("hobby", "Photography"),
    "pottery": pgettext_lazy("hobby", "Pottery"),
    "writing": pgettext_lazy("hobby", "Writing"),
    "film_making": pgettext_lazy("hobby", "Film making"),
    "calligraphy": pgettext_lazy("hobby", "Calligraphy"),
    "cooking": pgettext_lazy("hobby", "Cooking"),
    "baking": pgettext_lazy("hobby", "Baking"),
    "coffee": pgettext_lazy("hobby", "Coffee"),
    "tea": pgettext_lazy("hobby", "Tea"),
    "wine": pgettext_lazy("hobby", "Wine tasting"),
    "street_food": pgettext_lazy("hobby", "Street food"),
    "board_games": pgettext_lazy("hobby", "Board games"),
    "card_games": pgettext_lazy("hobby", "Card games"),
    "chess": pgettext_lazy("hobby", "Chess"),
    "video_games": pgettext_lazy("hobby", "Video games"),
    "role_playing": pgettext_lazy("hobby", "Role-playing games"),
    "puzzles": pgettext_lazy("hobby", "Puzzles"),
    "quizzes": pgettext_lazy("hobby", "Quiz nights"),
    "gardening": pgettext_lazy("hobby", "Gardening"),
    "houseplants": pgettext_lazy("hobby", "Houseplants"),
    "knitting": pgettext_lazy("hobby", "Knitting"),
    "sewing": pgettext_lazy("hobby", "Sewing"),
    "woodworking": pgettext_lazy("hobby", "Woodworking"),
    "model_building": pgettext_lazy("hobby", "Model building"),
    "upcycling": pgettext_lazy("hobby", "Upcycling"),
    "reading": pgettext_lazy("hobby", "Reading"),
    "languages": pgettext_lazy("hobby", "Learning languages"),
    "history": pgettext_lazy("hobby", "History"),
    "astronomy": pgettext_lazy("hobby", "Astronomy"),
    "programming": pgettext_lazy("hobby", "Programming"),
    "electronics": pgettext_lazy("hobby", "Electronics"),
    "meditation": pgettext_lazy("hobby", "Meditation"),
    "podcasts": pgettext_lazy("hobby", "Podcasts"),
    "singing": pgettext_lazy("hobby", "Singing"),
    "guitar": pgettext_lazy("hobby", "Playing the guitar"),
    "piano": pgettext_lazy("hobby", "Playing the piano"),
    "drums": pgettext_lazy("hobby", "Playing the drums"),
    "concerts": pgettext_lazy("hobby", "Concerts"),
    "vinyl": pgettext_lazy("hobby", "Collecting records"),
    "hiking": pgettext_lazy("hobby", "Hiking"),
    "camping": pgettext_lazy("hobby", "Camping"),
    "birdwatching": pgettext_lazy("hobby", "Birdwatching"),
    "foraging": pgettext_lazy("hobby", "Foraging"),
    "fishing": pgettext_lazy("hobby", "Fishing"),
    "dogs": pgettext_lazy("hobby", "Walking dogs"),
    "stargazing": pgettext_lazy("hobby", "Stargazing"),
    "volunteering": pgettext_lazy("hobby", "Volunteering"),
    "travelling": pgettext_lazy("hobby", "Travelling"),
    "museums": pgettext_lazy("hobby", "Museums"),
    "flea_markets": pgettext_lazy("hobby", "Flea markets"),
    "city_walks": pgettext_lazy("hobby", "City walks"),
    "running": pgettext_lazy("hobby", "Running"),
    "cycling": pgettext_lazy("hobby", "Cycling"),
    "swimming": pgettext_lazy("hobby", "Swimming"),
    "climbing": pgettext_lazy("hobby", "Climbing"),
    "yoga": pgettext_lazy("hobby", "Yoga"),
    "football": pgettext_lazy("hobby", "Football"),
    "tennis": pgettext_lazy("hobby", "Tennis"),
    "table_tennis": pgettext_lazy("hobby", "Table tennis"),
    "skiing": pgettext_lazy("hobby", "Skiing"),
    "martial_arts": pgettext_lazy("hobby", "Martial arts"),
    "rowing": pgettext_lazy("hobby", "Rowing and paddling"),
    "dancing": pgettext_lazy("hobby", "Dancing"),
    "theatre": pgettext_lazy("hobby", "Theatre"),
    "improv": pgettext_lazy("hobby", "Improv"),
    "stand_up": pgettext_lazy("hobby", "Stand-up comedy"),
    "cinema": pgettext_lazy("hobby", "Cinema"),
}

CATEGORIES: dict[str, Promise] = {
    HobbyCategory.ARTS: pgettext_lazy("hobby category", "arts and crafts"),
    HobbyCategory.FOOD: pgettext_lazy("hobby category", "food and drink"),
    HobbyCategory.GAMES: pgettext_lazy("hobby category", "games"),
    HobbyCategory.HOME: pgettext_lazy("hobby category", "at home"),
    HobbyCategory.MIND: pgettext_lazy("hobby category", "the mind"),
    HobbyCategory.MUSIC: pgettext_lazy("hobby category", "music"),
    HobbyCategory.NATURE: pgettext_lazy("hobby category", "out in nature"),
    HobbyCategory.PEOPLE: pgettext_lazy("hobby category", "out among people"),
    HobbyCategory.SPORT: pgettext_lazy("hobby category", "sport"),
    HobbyCategory.STAGE: pgettext_lazy("hobby category", "stage and screen"),
}


def name_of(option: HobbyOption) -> str:
    """What an option is called; one that was added later by the name it was given."""
    return str(NAMES.get(option.code, option.name))


def category_of(option: HobbyOption) -> str:
    return str(CATEGORIES[option.category])
