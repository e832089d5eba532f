"""As many people served as can be, the neediest first: alternating paths in general graphs.

A search grows a tree of alternating paths from somebody without a partner: outer people are reached by a path of even
length, inner ones by an odd one, and an odd cycle (a blossom) makes everybody on it outer. It ends at another person
without a partner, and the path turned over serves both (Edmonds, "Paths, trees, and flowers", 1965; the shrinking by
union and find after Gabow, "An efficient implementation of Edmonds' algorithm for maximum matching on graphs", 1976);
or at an outer person in less need, who gives the place away. Since the sets of people that matchings can serve are the
independent sets of a matroid (Edmonds and Fulkerson, 1965), serving in falling need gives the maximum number, and among
all such sets the one that is best by need.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.engine.matching_graph import FREE, Graph, Indices, Ints

UNSEEN, OUTER, INNER = 0, 1, 2


class Forest(NamedTuple):
    """What a search notes of each person.

    label: UNSEEN, OUTER or INNER. parent: the neighbour by whom an odd path reaches them. base: of their blossom, by
    union and find. stamp: the last walk towards a common root that came by; its last entry counts the walks. touched:
    who is labelled, and queue: who is outer, in order; queued (1,): how many are. closed: no later search can gain
    there.
    """

    label: NDArray[np.int8]
    parent: Indices
    base: Indices
    stamp: Ints
    touched: Indices
    queue: Indices
    queued: Ints
    closed: NDArray[np.bool_]


def serve(graph: Graph, need: Ints, mate: Indices) -> None:
    """Change `mate` (n,) so that as many as possible have a partner, those in more `need` (n,) first.

    Whoever has a partner keeps one, unless somebody in more need cannot be served otherwise.
    """
    n = len(mate)
    forest = Forest(
        label=np.zeros(n, dtype=np.int8),
        parent=np.full(n, FREE, dtype=np.int32),
        base=np.arange(n, dtype=np.int32),
        stamp=np.zeros(n + 1, dtype=np.int64),
        touched=np.empty(n, dtype=np.int32),
        queue=np.empty(n, dtype=np.int32),
        queued=np.zeros(1, dtype=np.int64),
        closed=np.zeros(n, dtype=np.bool_),
    )
    _serve(graph, need, mate, forest, np.argsort(-need, kind="stable"))


@njit(cache=True)
def _serve(graph: Graph, need: Ints, mate: Indices, forest: Forest, order: Ints) -> None:
    """Search from everybody who is free, in falling need.

    All outer people of a search in vain are in at least as much need as its root, and their neighbours are all in its
    tree: nobody later gains by entering, so the tree is closed, and searches in vain cost one walk over the graph in
    all.
    """
    for root in order:
        if mate[root] == FREE and graph.start[root] < graph.start[root + 1]:
            served, touched = _search(graph, need, mate, forest, root)
            for v in forest.touched[:touched]:
                forest.label[v] = UNSEEN
                forest.base[v] = v
                forest.closed[v] = not served


@njit(cache=True)
def _search(graph: Graph, need: Ints, mate: Indices, forest: Forest, root: int) -> tuple[bool, int]:
    """Whether the root was served, and how many people were labelled."""
    label, parent, queue, touched = forest.label, forest.parent, forest.queue, forest.touched
    label[root] = OUTER
    queue[0] = touched[0] = root
    forest.queued[0] = count = 1
    head = 0
    while head < forest.queued[0]:
        v = queue[head]
        head += 1
        if need[v] < need[root]:
            _give_away(mate, parent, v)
            return True, count
        for s in range(graph.start[v], graph.start[v + 1]):
            w = graph.neighbour[s]
            if forest.closed[w] or label[w] == INNER:
                continue
            if label[w] == OUTER:
                _shrink(forest, mate, v, w)
                continue
            parent[w] = v
            if mate[w] == FREE:
                _turn(mate, parent, w)
                return True, count
            x = mate[w]
            label[w], label[x] = INNER, OUTER
            touched[count], touched[count + 1] = w, x
            count += 2
            _enqueue(forest, x)
    return False, count


@njit(cache=True)
def _give_away(mate: Indices, parent: Indices, v: int) -> None:
    """Turn over the even path from the root to v: v is free afterwards."""
    last = mate[v]
    mate[v] = FREE
    _turn(mate, parent, last)


@njit(cache=True)
def _turn(mate: Indices, parent: Indices, w: int) -> None:
    """Turn over the alternating path from the root to w, who is free or about to leave a partner."""
    while w != FREE:
        v = parent[w]
        left = mate[v]
        mate[v], mate[w] = w, v
        w = left


@njit(cache=True)
def _enqueue(forest: Forest, v: int) -> None:
    forest.queue[forest.queued[0]] = v
    forest.queued[0] += 1


@njit(cache=True)
def _shrink(forest: Forest, mate: Indices, v: int, w: int) -> None:
    """Make one blossom of the odd cycle that two outer neighbours close, if they are not in one already."""
    if _find(forest.base, v) != _find(forest.base, w):
        root = _meet(forest, mate, v, w)
        _shrink_side(forest, mate, v, w, root)
        _shrink_side(forest, mate, w, v, root)


@njit(cache=True)
def _shrink_side(forest: Forest, mate: Indices, v: int, w: int, root: int) -> None:
    """Everybody from v up to the root is reached both ways from now on; the inner ones become outer."""
    base, parent = forest.base, forest.parent
    while _find(base, v) != root:
        parent[v] = w
        w = mate[v]
        if forest.label[w] == INNER:
            forest.label[w] = OUTER
            _enqueue(forest, w)
        if base[v] == v:
            base[v] = root
        if base[w] == w:
            base[w] = root
        v = parent[w]


@njit(cache=True)
def _meet(forest: Forest, mate: Indices, v: int, w: int) -> int:
    """The base of the blossom in which the ways of two outer people to the root meet."""
    stamp, parent, base = forest.stamp, forest.parent, forest.base
    stamp[-1] += 1
    v, w = _find(base, v), _find(base, w)
    while True:
        if v != FREE:
            if stamp[v] == stamp[-1]:
                return v
            stamp[v] = stamp[-1]
            v = FREE if mate[v] == FREE else _find(base, parent[mate[v]])
        v, w = w, v


@njit(cache=True)
def _find(base: Indices, v: int) -> int:
    while base[v] != v:
        base[v] = base[base[v]]
        v = base[v]
    return v
