"""The sentences that icebreakers are made of, by language."""

ENGLISH, GERMAN = LANGUAGES = ("en", "de")
NAMES = {ENGLISH: "English", GERMAN: "German, addressing both as ihr"}

COMMON = {
    ENGLISH: "You two have something in common: {}. Which of you came to it first?",
    GERMAN: "Ihr habt etwas gemeinsam: {}. Wer von euch war zuerst dabei?",
}
NOTHING_KNOWN = {
    ENGLISH: "You can both write now. What made each of you smile today?",
    GERMAN: "Ihr könnt euch jetzt schreiben. Was hat euch heute zum Lächeln gebracht?",
}
AND = {ENGLISH: " and ", GERMAN: " und "}


def known(language: str) -> str:
    """The language of ours that is written for a reader of this one."""
    return language if language in LANGUAGES else ENGLISH
