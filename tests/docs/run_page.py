"""Run the Python blocks of one page in a process of its own.

Standard input is a JSON document {"page": name, "blocks": [{"line": n, "text": code,
"output": what it must print, or null}]}. The blocks share a namespace. In `output`,
`...` stands for anything.
"""

import contextlib
import doctest
import io
import json
import sys
import types


def main() -> int:
    """Run the blocks in order; return the exit status."""
    wanted = json.load(sys.stdin)
    page = types.ModuleType("__main__")
    sys.modules["__main__"] = page
    checker = doctest.OutputChecker()
    for block in wanted["blocks"]:
        lines = "\n" * (block["line"] - 1)
        code = compile(lines + block["text"], wanted["page"], "exec")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(code, page.__dict__)  # noqa: S102 - this is what the program is for
        expected, got = block["output"], printed.getvalue()
        if expected is not None and not checker.check_output(
            expected, got, doctest.ELLIPSIS
        ):
            where = f"{wanted['page']}:{block['line']}"
            sys.stderr.write(f"{where}: expected\n{expected}but it printed\n{got}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
