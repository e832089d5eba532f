"""The hobbies that ship. What they are called in other languages stands beside the code, in `connect.hobby_wording`."""

from django.db import migrations

OPTIONS = {
    "arts": {
        "painting": "Painting",
        "drawing": "Drawing",
        "photography": "Photography",
        "pottery": "Pottery",
        "writing": "Writing",
        "film_making": "Film making",
        "calligraphy": "Calligraphy",
    },
    "food": {
        "cooking": "Cooking",
        "baking": "Baking",
        "coffee": "Coffee",
        "tea": "Tea",
        "wine": "Wine tasting",
        "street_food": "Street food",
    },
    "games": {
        "board_games": "Board games",
        "card_games": "Card games",
        "chess": "Chess",
        "video_games": "Video games",
        "role_playing": "Role-playing games",
        "puzzles": "Puzzles",
        "quizzes": "Quiz nights",
    },
    "home": {
        "gardening": "Gardening",
        "houseplants": "Houseplants",
        "knitting": "Knitting",
        "sewing": "Sewing",
        "woodworking": "Woodworking",
        "model_building": "Model building",
        "upcycling": "Upcycling",
    },
    "mind": {
        "reading": "Reading",
        "languages": "Learning languages",
        "history": "History",
        "astronomy": "Astronomy",
        "programming": "Programming",
        "electronics": "Electronics",
        "meditation": "Meditation",
        "podcasts": "Podcasts",
    },
    "music": {
        "singing": "Singing",
        "guitar": "Playing the guitar",
        "piano": "Playing the piano",
        "drums": "Playing the drums",
        "concerts": "Concerts",
        "vinyl": "Collecting records",
    },
    "nature": {
        "hiking": "Hiking",
        "camping": "Camping",
        "birdwatching": "Birdwatching",
        "foraging": "Foraging",
        "fishing": "Fishing",
        "dogs": "Walking dogs",
        "stargazing": "Stargazing",
    },
    "people": {
        "volunteering": "Volunteering",
        "travelling": "Travelling",
        "museums": "Museums",
        "flea_markets": "Flea markets",
        "city_walks": "City walks",
    },
    "sport": {
        "running": "Running",
        "cycling": "Cycling",
        "swimming": "Swimming",
        "climbing": "Climbing",
        "yoga": "Yoga",
        "football": "Football",
        "tennis": "Tennis",
        "table_tennis": "Table tennis",
        "skiing": "Skiing",
        "martial_arts": "Martial arts",
        "rowing": "Rowing and paddling",
    },
    "stage": {
        "dancing": "Dancing",
        "theatre": "Theatre",
        "improv": "Improv",
        "stand_up": "Stand-up comedy",
        "cinema": "Cinema",
    },
}


def add(apps, schema_editor):
    HobbyOption = apps.get_model("connect", "HobbyOption")
    rows = [
        HobbyOption(code=code, name=name, category=category)
        for category, names in OPTIONS.items()
        for code, name in names.items()
    ]
    HobbyOption.objects.bulk_create(rows, ignore_conflicts=True)


def remove(apps, schema_editor):
    codes = [code for names in OPTIONS.values() for code in names]
    apps.get_model("connect", "HobbyOption").objects.filter(code__in=codes).delete()


class Migration(migrations.Migration):
    dependencies = [("connect", "0015_rights_of_personality_and_push")]
    operations = [migrations.RunPython(add, remove)]
