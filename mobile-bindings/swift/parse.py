"""Parses Swift files and says where they cannot be parsed. Ends with status 1 if there is such a place."""

import re
import sys

import tree_sitter
import tree_sitter_swift

# Valid Swift that the grammar does not know, with what is parsed instead: an attribute, and a closure of an empty tuple.
UNKNOWN = {
    rb"@_documentation\(visibility: private\)": b"",
    rb"(?<=let writeReturn = )\{ \(\) \}": b"0",
}


def complaints(node):
    """Nodes that are errors or missing."""
    if node.type == "ERROR" or node.is_missing:
        yield node
    elif node.has_error:
        for child in node.children:
            yield from complaints(child)


def main():
    """Parses every file named on the command line."""
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language()))
    found = 0
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            source = file.read()
        for pattern, instead in UNKNOWN.items():
            source = re.sub(pattern, instead, source)
        errors = list(complaints(parser.parse(source).root_node))
        for node in errors:
            line = source.splitlines()[node.start_point[0]].decode().strip()
            print(f"{path}:{node.start_point[0] + 1}: {line[:120]}")
        found += len(errors)
        print(f"{path}: {len(source.splitlines())} lines, {len(errors)} places that do not parse")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
