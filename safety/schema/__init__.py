"""Protections that live in the database, declared in a model's `Meta.constraints`.

They are constraints to Django: `makemigrations` sees a change of them, migrations install and remove them, and
`makemigrations --check` fails when a declaration and its migration drift apart.
"""

from safety.schema.append_only import AppendOnly
from safety.schema.balance import NeverNegative
from safety.schema.ceiling import Ceiling
from safety.schema.demands import Demands
from safety.schema.frozen import Frozen
from safety.schema.locked import LockedWhile
from safety.schema.numbers import Numbers
from safety.schema.one_at_a_time import OneAtATime
from safety.schema.rights import StaffRights
from safety.schema.row_security import ME, RowSecurity, owner, pair, through
from safety.schema.shares import Shares
from safety.schema.state_log import StateLog
from safety.schema.state_machine import StateMachine, StateMachinesAnew

__all__ = [
    "ME",
    "AppendOnly",
    "Ceiling",
    "Demands",
    "Frozen",
    "LockedWhile",
    "NeverNegative",
    "Numbers",
    "OneAtATime",
    "RowSecurity",
    "Shares",
    "StaffRights",
    "StateLog",
    "StateMachine",
    "StateMachinesAnew",
    "owner",
    "pair",
    "through",
]
