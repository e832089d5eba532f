"""What is caught, beside what looks like it and is let through."""

import pytest

from safety.words.matcher import Matcher
from safety.words.rules import shipped

MATCHER = Matcher(shipped())
CAUGHT = {
    "threat": [
        "1 will kill you",
        "1'll kill you",
        "1m gonna kill you",
        "| will kill you",
        "1ch bringe dich um",
        "1 swear I'll break your legs",
    ],
    "harassment": [
        "go die alone",
        "I hope you die alone",
        "everyone like you should die alone",
        "nobody should date you, you are disgusting",
        "nobody wants to talk to you",
    ],
    "spam_opener": [
        "Follow me for more content, new posts every day",
        "You have been selected as a winner, claim your prize",
        "Join now and get 50% off with my code",
        "Folge mir auf meinem Kanal, jeden Tag neue Videos",
        "Jetzt anmelden und 20 Euro Bonus sichern",
        "can I be your king?",
        "you are so pretty omg, marry me",
    ],
    "scam_money": [
        "Could you receive a parcel for me and pay the customs?",
        "My bank app is blocked, could you send me 200 and I return it tomorrow",
        "the hospital won't let my son go before the bill is settled",
        "Kannst du ein Paket für mich annehmen und weiterschicken?",
        "Mit nur 250 Euro Einsatz bist du dabei, Gewinn garantiert",
        "I'm a soldier abroad and need someone to keep my trunk of valuables",
        "Wenn du mich liebst, hilfst du mir mit dieser Rechnung",
    ],
    "sexual_solicitation": [
        "Are you good with your tongue?",
        "Come over tonight, no need to bring pyjamas",
        "I only want something physical",
        "Magst du es eher hart oder zärtlich?",
        "Welche Farbe hat dein Slip?",
        "You make me so hot, I need a cold shower",
        "Setz dich auf meinen Schoß",
    ],
    "minor_risk": [
        "don't tell my parents I'm on here",
        "Meine Eltern dürfen nicht wissen, dass ich hier bin",
        "hab bei meinem Alter geschummelt, sonst kommt man hier nicht rein",
        "wir schreiben morgen Mathe, 9b",
        "meine Lehrerin hat mir heute das Handy weggenommen",
        "I'm basically 18, in two years",
    ],
}
LET_THROUGH = [
    "I have 1 brother and 2 cats",
    "1 kg of apples will do",
    "We met at 1 m distance, the whole 1m rule",
    "1'm sorry, my keyboard is broken",
    "nobody should die alone",
    "Nobody should have to eat alone at Christmas",
    "niemand sollte allein sterben",
    "Follow your heart, they say",
    "I run a small shop for bicycles",
    "I support the local football page",
    "We won a trip at the raffle last year",
    "Schau mal aus dem Fenster, der Mond ist riesig",
    "nur heute gab es bei uns in der Kantine Pizza gratis",
    "My packet of seeds arrived, customs took ages",
    "Ich hole gleich noch ein Paket für meine Nachbarin ab",
    "I gave a small donation to the animal shelter",
    "Jede Hilfe zählt beim Umzug, sagt mein Bruder",
    "How big is your garden?",
    "Do you prefer gentle hikes or rough ones?",
    "Physical work keeps me fit",
    "Magst du es eher scharf oder mild beim Essen?",
    "Ich gehe nach der Nachtschicht direkt ins Bett",
    "I'm a tutor and my pupils write a test tomorrow",
    "Ich bin Lehrerin, die 9b schreibt morgen Mathe",
    "Ich hatte als Kind oft Hausarrest",
    "My parents were strict too, curfew at nine",
    "My teacher took me to the opera once",
    "Two years until I am allowed to retire",
    "Investierst du auch so viel Zeit in Zimmerpflanzen?",
    "My brother is an engineer and keeps a trunk of old tools",
    "Die Genehmigung für den Umbau kostet 300 Euro",
    "This curry makes me sweat",
    "I took a cold shower after the run",
    "I love being on top of a mountain at sunrise",
    "The cat likes to sit on my lap",
    "Marry me, said the frog in my favourite story",
    "Do you like it when it rains?",
]


@pytest.mark.parametrize("label, text", [(label, text) for label, texts in CAUGHT.items() for text in texts])
def test_it_is_caught(label, text):
    assert MATCHER.judge(text).label == label


@pytest.mark.parametrize("text", LET_THROUGH)
def test_what_looks_like_it_is_let_through(text):
    assert MATCHER.judge(text).allowed
