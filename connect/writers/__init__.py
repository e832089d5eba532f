"""Putting what is known of people into words, by an embedded template or by a language model outside."""
