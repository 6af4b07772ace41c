"""Which lines of a text belong together? Those that were broken only to be carried (`format=flowed`, RFC 3676)."""

_SIGNATURE = "-- "


def joined(text: str, *, delete_space: bool) -> str:
    """Return a text with its paragraphs in one line each; `delete_space` (DelSp): the space at a break is none."""
    out: list[str] = []
    flows, depth_before = False, 0
    for line in text.replace("\r\n", "\n").split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:]
        words = words[1:] if words.startswith(" ") else words  # stuffed
        if flows and depth == depth_before and words != _SIGNATURE:
            out[-1] += words
        else:
            out.append((">" * depth + " " if depth else "") + words)
        flows, depth_before = words.endswith(" ") and words != _SIGNATURE, depth
        if flows and delete_space:
            out[-1] = out[-1][:-1]
    return "\n".join(out)
