"""Better worth for the same people: greedy choice, then alternating exchanges of bounded depth.

An exchange starts where somebody's pair is dropped, follows new and old pairs in turn as long as what is gained so far
stays positive (Lin and Kernighan, "An effective heuristic algorithm for the traveling-salesman problem", 1973), and
ends by closing the cycle or at somebody free, who takes the place. Bounded alternating paths and cycles of highest gain
are how Maue and Sanders ("Engineering algorithms for approximate weighted matching", 2007) and Pettie and Sanders ("A
simpler linear time 2/3 - epsilon approximation for maximum weight matching", 2004) improve greedy matchings.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.engine.matching_graph import FREE, Floats, Graph, Indices, Ints

DEPTH = 4
"""Old pairs an exchange drops at most."""

BREADTH = np.array([8, 5, 3, 2])
"""Continuations tried at each step, best pair first."""

PASSES = 20
LEAST_GAIN = 1e-9


class Chain(NamedTuple):
    """An exchange step by step: `loose` has lost their partner and takes `joined`, in a pair of weight `added`."""

    loose: Indices
    joined: Indices
    added: Floats


class State(NamedTuple):
    """A matching and what a search notes.

    need, mate (n,): as in `improve`. value (n,): weight of each person's pair, nought for none. toward (n,): weight of
    the pair with the person the search started at, nought where there is none. chain, best: the exchange under way and
    the best one so far. Of each step of the chain, gained: the gain before it; slot: the next entry of the row; tried:
    the number of continuations.
    """

    need: Ints
    mate: Indices
    value: Floats
    toward: Floats
    chain: Chain
    best: Chain
    gained: Floats
    slot: Ints
    tried: Ints


def greedy(graph: Graph) -> Indices:
    """The partner of each person, FREE for none: every pair that fits is taken, best first."""
    return np.asarray(_greedy(graph))


def improve(graph: Graph, need: Ints, mate: Indices) -> None:
    """Raise the worth of the matching `mate` (n,) by exchanges, until trying all whose pairs changed finds none.

    As many people stay served, and nobody loses the place to somebody in less `need` (n,).
    """
    state = State(
        need=need,
        mate=mate,
        value=_values(graph, mate),
        toward=np.zeros(len(mate)),
        chain=_empty_chain(),
        best=_empty_chain(),
        gained=np.empty(DEPTH),
        slot=np.empty(DEPTH, dtype=np.int64),
        tried=np.empty(DEPTH, dtype=np.int64),
    )
    _improve(graph, state)


def _empty_chain() -> Chain:
    return Chain(np.empty(DEPTH, dtype=np.int32), np.empty(DEPTH, dtype=np.int32), np.empty(DEPTH))


@njit(cache=True)
def _greedy(graph: Graph) -> Indices:
    mate = np.full(len(graph.start) - 1, FREE, dtype=np.int32)
    for p in range(len(graph.ends)):
        v, w = graph.ends[p, 0], graph.ends[p, 1]
        if mate[v] == FREE and mate[w] == FREE:
            mate[v], mate[w] = w, v
    return mate


@njit(cache=True)
def _values(graph: Graph, mate: Indices) -> Floats:
    value = np.zeros(len(mate))
    for v in range(len(mate)):
        for s in range(graph.start[v], graph.start[v + 1]):
            if graph.neighbour[s] == mate[v]:
                value[v] = graph.weight[s]
    return value


@njit(cache=True)
def _improve(graph: Graph, state: State) -> None:
    """Pass over everybody, then over those whose own pairs have changed since."""
    stale = np.ones(len(state.mate), dtype=np.bool_)
    for _ in range(PASSES):
        for home in range(len(stale)):
            if stale[home]:
                stale[home] = False
                _exchange(graph, state, home, stale)
        if not stale.any():
            break


@njit(cache=True)
def _exchange(graph: Graph, state: State, home: int, stale: NDArray[np.bool_]) -> None:
    """Carry out the best exchange that drops the pair of `home`, if any gains."""
    if state.mate[home] != FREE:
        _point(graph, state.toward, home, True)
        steps, closed = _explore(graph, state, home)
        if steps > 0:
            _carry_out(state, home, steps, closed)
            _wake(state.best, steps, home, stale)
        _point(graph, state.toward, home, False)


@njit(cache=True)
def _point(graph: Graph, toward: Floats, home: int, on: bool) -> None:
    """Note with each neighbour the weight of the pair with `home`, or take the note back."""
    for s in range(graph.start[home], graph.start[home + 1]):
        toward[graph.neighbour[s]] = graph.weight[s] if on else 0.0


@njit(cache=True)
def _explore(graph: Graph, state: State, home: int) -> tuple[int, bool]:
    """The exchange of highest gain that drops the pair of `home`, left in `best`.

    Its steps, 0 where nothing gains, and whether it closes a cycle rather than leaving `home` free.
    """
    mate, value, toward, need = state.mate, state.value, state.toward, state.need
    joined, added = state.chain.joined, state.chain.added
    most, steps, closed = LEAST_GAIN, 0, False
    _step(graph, state, 0, mate[home], -value[home])
    k = 0
    while k >= 0:
        w, weight = _next(graph, state, k, home)
        gain = state.gained[k] + weight
        if w == FREE or gain <= LEAST_GAIN:
            k -= 1
            continue
        joined[k], added[k] = w, weight
        x = mate[w]
        if x == FREE:
            if gain > most and need[w] >= need[home]:
                most, steps, closed = gain, _keep(state, k), False
            continue
        gain -= value[w]
        if toward[x] > 0.0 and gain + toward[x] > most:
            most, steps, closed = gain + toward[x], _keep(state, k), True
        if k + 1 < DEPTH:
            k += 1
            _step(graph, state, k, x, gain)
    return steps, closed


@njit(cache=True)
def _step(graph: Graph, state: State, k: int, loose: int, gained: float) -> None:
    state.chain.loose[k], state.gained[k], state.slot[k], state.tried[k] = loose, gained, graph.start[loose], 0


@njit(cache=True)
def _next(graph: Graph, state: State, k: int, home: int) -> tuple[int, float]:
    """The next person whom the loose one of step k may join, and the weight of their pair; FREE if none is left."""
    v = state.chain.loose[k]
    while state.tried[k] < BREADTH[k] and state.slot[k] < graph.start[v + 1]:
        s = state.slot[k]
        state.slot[k] += 1
        w = graph.neighbour[s]
        if w != home and not _used(state.chain, k, w):
            state.tried[k] += 1
            return w, graph.weight[s]
    return FREE, 0.0


@njit(cache=True)
def _used(chain: Chain, k: int, w: int) -> bool:
    for i in range(k):  # noqa: SIM110  (compiled code has no any() of a generator; the early return is 3 x faster)
        if chain.loose[i] == w or chain.joined[i] == w:
            return True
    return False


@njit(cache=True)
def _keep(state: State, k: int) -> int:
    """Remember the chain up to step k as the best; its number of steps."""
    for i in range(k + 1):
        state.best.loose[i], state.best.joined[i] = state.chain.loose[i], state.chain.joined[i]
        state.best.added[i] = state.chain.added[i]
    return k + 1


@njit(cache=True)
def _carry_out(state: State, home: int, steps: int, closed: bool) -> None:
    """Change the matching by the best exchange."""
    mate, value, best = state.mate, state.value, state.best
    last = mate[best.joined[steps - 1]]
    for i in range(steps):
        v, w = best.loose[i], best.joined[i]
        mate[v], mate[w] = w, v
        value[v] = value[w] = best.added[i]
    if closed:
        mate[home], mate[last] = last, home
        value[home] = value[last] = state.toward[last]
    else:
        mate[home], value[home] = FREE, 0.0


@njit(cache=True)
def _wake(best: Chain, steps: int, home: int, stale: NDArray[np.bool_]) -> None:
    """Everybody in the exchange is to be tried again."""
    stale[home] = True
    for i in range(steps):
        stale[best.loose[i]] = stale[best.joined[i]] = True
