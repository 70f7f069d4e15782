#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Makes app/press's table of media types of Debian's (the package media-types).

    media_types.py /etc/mime.types TABLE.cpp

Needs no more than python3-minimal has.
"""
import re
import sys

HEAD = """// SPDX-License-Identifier: MIT
// Made of {source} by integration/cmake/media_types.py. Not to be edited.
#include "press/media_type_table.h"

namespace cloister::press {{

namespace {{

constexpr MediaType types[] = {{
"""
TAIL = """}};

}}  // namespace

std::span<const MediaType> registered_types() {{
    return types;
}}

}}  // namespace cloister::press
"""
TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")
EXTENSION = re.compile(r"[!#-\[\]-~]+")  # anything that can stand in a C++ string


def read_types(lines):
    """{extension in lower case: type}. Of two types for one extension text wins, which every browser shows, else the first
    does. A line that is none of the format's is an error: its bytes would go into fields."""
    types = {}
    for number, line in enumerate(lines, 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if not TYPE.fullmatch(words[0]) or not all(EXTENSION.fullmatch(word) for word in words[1:]):
            sys.exit(f"media_types.py: line {number} is no media type and its extensions: {line.strip()}")
        for word in words[1:]:
            extension = word.lower()
            if extension not in types or words[0].startswith("text/") > types[extension].startswith("text/"):
                types[extension] = words[0]
    return types


def main(source, table):
    with open(source, encoding="ascii") as file:
        types = read_types(file)
    if len(types) < 1000:
        sys.exit(f"media_types.py: {source} has {len(types)} extensions; that of Debian has more than 1,000")
    # In the order of their bytes: the server searches by halves.
    rows = [f'    {{"{extension}", "{types[extension]}"}},\n' for extension in sorted(types)]
    with open(table, "w", encoding="ascii") as file:
        file.write(HEAD.format(source=source) + "".join(rows) + TAIL.format())


if __name__ == "__main__":
    main(*sys.argv[1:])
