"""Rules compiled, met and refused."""

import pytest

from safety.words.fold import LONGEST, MOST_READINGS, fold
from safety.words.matcher import LONGEST_PATTERN, BadPattern, Matcher, check
from safety.words.policy import HIGHEST, Action
from safety.words.rules import Kind, Label, Rule, View, shipped


def rule(pattern, *, kind=Kind.PATTERN, view=View.WORDS, label=Label.SCAM_MONEY, risk=50, lowers=False):
    return Rule(label=label, language="en", kind=kind, view=view, pattern=pattern, risk=risk, lowers=lowers)


def keyword(pattern, **more):
    return rule(pattern, kind=Kind.KEYWORD, view=View.SQUEEZED, **more)


def met(text, *rules):
    return [one.pattern for one in Matcher(rules).judge(text).hits]


def test_a_pattern_is_met():
    assert met("send me money", rule(r"\bmoney\b")) == [r"\bmoney\b"]


def test_a_pattern_is_not_met_by_another_text():
    assert met("send me flowers", rule(r"\bmoney\b")) == []


def test_a_pattern_names_a_set():
    assert met("find me on telegram", rule(r"\bon {app_clear}\b"))


def test_a_pattern_is_met_in_any_reading():
    assert met("send m0ney", rule(r"\bmoney\b"))


def test_a_digits_pattern_is_met_by_a_spelt_number():
    assert met("one two three four five six seven", rule(r"1234567", view=View.DIGITS))


def test_a_digits_pattern_does_not_look_at_words():
    assert met("money", rule("money", view=View.DIGITS)) == []


def test_a_keyword_is_met_whatever_stands_between_its_letters():
    assert met("c.a.s.h-a p p me", keyword("cash app"))


def test_a_keyword_begins_and_ends_with_a_word():
    assert met("the ashes cashed", keyword("ash")) == []


def test_a_keyword_is_met_once():
    assert met("scam scam scam", keyword("scam")) == ["scam"]


def test_without_rules_everything_is_allowed():
    assert Matcher([]).judge("anything 0171 3920012").allowed


def test_risks_of_a_label_add_up():
    assert Matcher([rule("mon"), rule("ney", risk=30)]).judge("money").risk == 80


def test_a_lowering_rule_takes_risk_away():
    assert Matcher([rule("money"), rule("no money", risk=30, lowers=True)]).judge("no money").allowed


def test_a_lowering_rule_leaves_other_labels_alone():
    rules = [rule("money"), rule("no", label=Label.THREAT, risk=50, lowers=True)]
    assert Matcher(rules).judge("no money").label == Label.SCAM_MONEY


def test_a_decision_names_action_label_and_risk():
    decision = Matcher([rule("money", risk=75)]).judge("money")
    assert (decision.action, decision.label, decision.risk) == (Action.HOLD, Label.SCAM_MONEY, 75)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (rule("("), "RE2 does not accept"),
        (rule(r"(a)\1"), "RE2 does not accept"),
        (rule("a(?=b)"), "RE2 does not accept"),
        (rule("(?<!a)b"), "RE2 does not accept"),
        (rule("(a{1000}){1000}"), "RE2 does not accept"),
        (rule("{nosuchset}"), "no set {nosuchset}"),
        (rule("a*"), "matches every text"),
        (rule(""), "matches every text"),
        (rule("x" * (LONGEST_PATTERN + 1)), "at most"),
        (rule("money", view=View.SQUEEZED), "words or the digits"),
        (keyword("ab"), "at least"),
        (keyword("--- !"), "at least"),
        (rule("money", kind=Kind.KEYWORD, view=View.WORDS), "squeezed"),
    ],
)
def test_a_rule_that_cannot_be_used_is_refused_with_the_reason(bad, reason):
    with pytest.raises(BadPattern, match=reason):
        check(bad)


@pytest.mark.parametrize("good", [rule(r"\bmoney\b"), rule(r"\d{7}", view=View.DIGITS), keyword("cash app")])
def test_a_usable_rule_passes(good):
    assert check(good) is None


@pytest.mark.parametrize("label", Label)
def test_every_shipped_rule_could_have_been_entered_by_hand(label):
    own = [one for one in shipped() if one.label == label]
    assert own
    for one in own:
        check(one)


def test_shipped_risks_are_in_bounds():
    assert all(1 <= one.risk <= HIGHEST for one in shipped())


def test_no_shipped_rule_is_there_twice():
    keys = [(one.label, one.kind, one.view, one.pattern) for one in shipped()]
    assert sorted(set(keys)) == sorted(keys)


def test_shipped_rules_are_for_texts_in_english_german_or_any_language():
    assert {one.language for one in shipped()} == {"en", "de", "any"}


@pytest.mark.parametrize("text", ["a " * 5000, "1 " * 5000, "kill " * 1000, "aaaa4" * 1000, "w.h" * 2000, "@" * 5000])
def test_what_is_searched_grows_no_faster_than_the_text(text):
    """RE2 is linear in what it searches; that, in turn, is at most so many readings of at most the longest message."""
    views = fold(text)
    assert len(views.words) <= MOST_READINGS * (2 * LONGEST + 1)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+b", "(a|a?)+b", "(.*a){20}b"])
def test_patterns_that_explode_elsewhere_are_answered(pattern):
    assert Matcher([rule(pattern)]).judge("a" * LONGEST).allowed
