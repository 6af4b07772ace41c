"""Which conversations speak of something? Words in, the best conversations out, with where they say it.

`keys.py` says what stands for a word, `documents.py` what of a conversation is found, `jobs.py` when it is written,
`candidates.py` which conversations are looked at, `queries.py` which are the best, `finds.py` what is shown of them.
"""
