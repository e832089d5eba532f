"""The sentences that reveals are made of, by language."""

ENGLISH, GERMAN = "en", "de"

TITLES = {
    ENGLISH: ("What draws them", "What they hold dear", "How they like to be in touch", "What they look for", "You"),
    GERMAN: ("Was sie anzieht", "Was ihnen am Herzen liegt", "Wie sie Kontakt mögen", "Was sie suchen", "Ihr"),
}
SENTENCES = {
    ENGLISH: (
        "Your partner lights up when it comes to {}. Ask them where that began.",
        "What matters most to your partner: {}. You will find it in the small things they do.",
        "In touch, your partner is one for {}. Now you know what to expect of an answer.",
        "What your partner looks for in company: {}. See how much of it the two of you have already.",
        "Fifteen days, both of you. You can see each other now, and write to each other.",
    ),
    GERMAN: (
        "Dein Gegenüber blüht auf, wenn es um {} geht. Frag, wie es dazu kam.",
        "Was deinem Gegenüber am meisten bedeutet: {}. Du findest es in den kleinen Dingen wieder.",
        "Im Kontakt mag dein Gegenüber {}. Jetzt weißt du, womit du rechnen kannst.",
        "Was dein Gegenüber in Gesellschaft sucht: {}. Schau, wie viel davon ihr beide schon habt.",
        "Fünfzehn Tage, ihr beide. Ihr könnt euch jetzt sehen und einander schreiben.",
    ),
}
AND = {ENGLISH: " and ", GERMAN: " und "}
UNSPOKEN = {
    ENGLISH: "Your partner has kept this for the two of you: ask them about it.",
    GERMAN: "Das hat dein Gegenüber für euch beide aufgehoben: Frag danach.",
}
PREFERRED = {
    ENGLISH: {
        "light": "light conversation",
        "moderate": "conversation of every kind",
        "deep": "deep conversation",
        "daily": "a sign of life every day",
        "weekly": "a word every week",
        "occasional": "a word when there is something to say",
        "quick": "quick answers",
        "flexible": "answers in their own time",
        "one_to_one": "time for two",
        "small_groups": "small groups",
        "any": "company of any size",
        "long_term": "friendships that last",
        "open_ended": "whatever it may grow into",
        "activity_buddies": "somebody to do things with",
    },
    GERMAN: {
        "light": "leichte Gespräche",
        "moderate": "Gespräche jeder Art",
        "deep": "tiefe Gespräche",
        "daily": "jeden Tag ein Lebenszeichen",
        "weekly": "jede Woche ein Wort",
        "occasional": "ein Wort, wenn es etwas zu sagen gibt",
        "quick": "schnelle Antworten",
        "flexible": "Antworten zu ihrer Zeit",
        "one_to_one": "Zeit zu zweit",
        "small_groups": "kleine Runden",
        "any": "Gesellschaft jeder Größe",
        "long_term": "Freundschaften, die halten",
        "open_ended": "was immer daraus wächst",
        "activity_buddies": "jemanden für gemeinsame Unternehmungen",
    },
}
UNLOCKED = {
    ENGLISH: ("Something new about your partner", "A reveal has opened. Have a look."),
    GERMAN: ("Etwas Neues über dein Gegenüber", "Eine Enthüllung ist offen. Sieh sie dir an."),
}
CREDITED = {
    ENGLISH: ("You have new credits", "A payment of yours has become credits."),
    GERMAN: ("Du hast neues Guthaben", "Eine Zahlung von dir ist zu Guthaben geworden."),
}
TOO_LATE = {
    ENGLISH: ("Your payment came too late", "What you paid for was over already, so the amount is yours as credits."),
    GERMAN: (
        "Deine Zahlung kam zu spät",
        "Wofür du bezahlt hast, war schon vorbei. Du hast den Betrag als Guthaben.",
    ),
}


def known(language: str) -> str:
    """The language of ours that is written for a reader of this one."""
    return language if language in TITLES else ENGLISH
