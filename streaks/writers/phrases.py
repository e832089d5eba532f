"""The sentences that reveals are made of, by language."""

ENGLISH, GERMAN = "en", "de"

TITLES = {
    ENGLISH: ("What draws them", "What they hold dear", "How they like to be in touch", "What they love to do", "You"),
    GERMAN: ("Was sie anzieht", "Was ihnen am Herzen liegt", "Wie sie Kontakt mögen", "Was sie gern tun", "Ihr"),
}
SENTENCES = {
    ENGLISH: (
        "Your partner lights up when it comes to {}. Ask them where that began.",
        "What matters most to your partner: {}. You will find it in the small things they do.",
        "In touch, your partner is one for {}. Now you know what to expect of an answer.",
        "Much of your partner's free time goes to {}. Perhaps there is a place for you in it.",
        "Fifteen days, both of you. You can see each other now, and write to each other.",
    ),
    GERMAN: (
        "Dein Gegenüber blüht auf, wenn es um {} geht. Frag, wie es dazu kam.",
        "Was deinem Gegenüber am meisten bedeutet: {}. Du findest es in den kleinen Dingen wieder.",
        "Im Kontakt mag dein Gegenüber {}. Jetzt weißt du, womit du rechnen kannst.",
        "Viel freie Zeit deines Gegenübers gehört diesen Dingen: {}. Vielleicht ist auch Platz für dich darin.",
        "Fünfzehn Tage, ihr beide. Ihr könnt euch jetzt sehen und einander schreiben.",
    ),
}
SAID = {ENGLISH: " In their own words: “{}”", GERMAN: " In eigenen Worten: „{}“"}
AND = {ENGLISH: " and ", GERMAN: " und "}
UNSPOKEN = {
    ENGLISH: "Your partner has kept this for the two of you: ask them about it.",
    GERMAN: "Das hat dein Gegenüber für euch beide aufgehoben: Frag danach.",
}
TOUCH = {
    ENGLISH: {
        "light": "light conversation",
        "moderate": "conversation of every kind",
        "deep": "deep conversation",
        "daily": "a sign of life every day",
        "weekly": "a word every week",
        "occasional": "a word when there is something to say",
        "quick": "quick answers",
        "flexible": "answers in their own time",
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
