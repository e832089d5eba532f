"""Conversations and what is said in them, in the admin."""

from chat.admin import conversations, prompts

__all__ = ["conversations", "prompts"]
