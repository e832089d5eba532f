from safety.api.declared import operation
from safety.api.endpoint import Endpoint

__all__ = ["Endpoint", "operation"]
