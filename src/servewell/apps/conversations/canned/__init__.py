"""Replies that are written often: kept once, in each language, with places that are filled when they are used."""
