"""What gates are to do, written down without looking at how they do it; times are seconds of the talk."""

from copy import deepcopy
from dataclasses import dataclass, field

GATES = {10: (600, 720), 20: (1200, 1320), 30: (1800, 1920)}
OVER = 1920
ASK_AGAIN = 600
YES, NOT_YET, END = "reveal_yes", "not_yet", "end_chat"


class Refused(Exception):
    """The code of what is not allowed."""


@dataclass
class Rules:
    state: str = "anonymous"
    reason: str = ""
    gates: dict[int, str] = field(default_factory=lambda: dict.fromkeys(GATES, "scheduled"))
    votes: dict[tuple[int, str], str] = field(default_factory=dict)
    offer: str = ""
    was_declined: bool = False
    taken_back: dict[str, int] = field(default_factory=dict)

    def walk(self, t: int) -> None:
        for gate, (opens, closes) in GATES.items():
            if self.running and self.gates[gate] == "scheduled" and t >= opens:
                self.gates[gate], self.state = "open", "decision_gate"
            if self.running and self.gates[gate] == "open" and t >= closes:
                self.gates[gate], self.state = "went_on", "anonymous"
        if self.running and t >= OVER:
            self.close("timeout")

    def vote(self, side: str, gate: int, decision: str, t: int) -> None:
        if (said := self.votes.get((gate, side))) is not None:
            if said != decision:
                raise Refused("gate_decided")
            return
        self.walk(t)
        if self.state == "closed":
            raise Refused("conversation_closed")
        if self.gates[gate] != "open":
            raise Refused("gate_not_open")
        self.votes[gate, side] = decision
        if decision == END:
            self.gates[gate] = "ended"
            self.close("user_end")
        else:
            self.settle()

    def consent(self, side: str, t: int) -> None:
        self.walk(t)
        if self.state == "closed":
            raise Refused("conversation_closed")
        if self.state == "revealed":
            raise Refused("reveal_not_possible")
        if self.offer not in ("", side):
            self.reveal()
        elif not self.offer:
            if self.was_declined or t < self.taken_back.get(side, -ASK_AGAIN) + ASK_AGAIN:
                raise Refused("reveal_too_soon")
            self.offer = side
            self.settle()

    def withdraw(self, side: str, t: int) -> None:
        if self.state == "closed":
            raise Refused("conversation_closed")
        if self.offer != side:
            raise Refused("reveal_not_pending")
        self.offer, self.taken_back[side] = "", t

    def decline(self) -> None:
        self.offer, self.was_declined = "", True

    def settle(self) -> None:
        gate = next((gate for gate, status in self.gates.items() if status == "open"), None)
        if gate is None:
            return
        votes = {side: said for (at, side), said in self.votes.items() if at == gate}
        agreed = {side for side, said in votes.items() if said == YES}
        if self.offer and self.offer not in votes:
            agreed.add(self.offer)
        if len(agreed) == 2:
            self.reveal()
        elif len(votes) == 2:
            self.gates[gate], self.state = "went_on", "anonymous"

    def reveal(self) -> None:
        self.gates = {gate: "revealed" if status == "open" else status for gate, status in self.gates.items()}
        self.state, self.offer = "revealed", ""
        self.void()

    def end(self, reason: str, t: int) -> None:
        self.walk(t)
        self.close(reason)

    def close(self, reason: str) -> None:
        if self.state != "closed":
            self.state, self.reason, self.offer = "closed", reason, ""
            self.void()

    def void(self) -> None:
        left = ("scheduled", "open")
        self.gates = {gate: "void" if status in left else status for gate, status in self.gates.items()}

    @property
    def running(self) -> bool:
        return self.state in ("anonymous", "decision_gate")

    def after(self, act: str, *args: object) -> tuple["Rules", str]:
        """What is so after an act, and what it is answered; what is refused changes nothing."""
        changed = deepcopy(self)
        try:
            getattr(changed, act)(*args)
        except Refused as refused:
            return self, str(refused)
        return changed, "done"
