from safety.api.endpoint import Endpoint

__all__ = ["Endpoint"]
