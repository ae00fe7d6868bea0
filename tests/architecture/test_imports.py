"""The arrows of docs/design.md: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ALLOWED = {
    "Axon": {"Axon"},
    "Kamaelia/Protocol/wire": {"Kamaelia.Protocol.wire"},
    "Kamaelia/Protocol/AIM/wire": {"Kamaelia.Protocol.wire", "Kamaelia.Protocol.AIM"},
    "Kamaelia/Protocol/MSN/wire": {"Kamaelia.Protocol.wire", "Kamaelia.Protocol.MSN"},
    "Kamaelia/Util": {"Axon", "Kamaelia.Util", "Kamaelia.Support"},
    "Kamaelia/Internet": {"Axon", "Kamaelia.Util", "Kamaelia.Internet", "Kamaelia.IPC"},
    "Kamaelia/Chassis": {
        "Axon",
        "Kamaelia.Util",
        "Kamaelia.Internet",
        "Kamaelia.Chassis",
        "Kamaelia.IPC",
        "Kamaelia.Support.Deprecate",
    },
    "Kamaelia/store": {"Kamaelia.store"},
}

# These only re-export what has moved, so that programs find it where it was.
OLD_NAMES = {
    "Kamaelia/Util/Graphline.py",
    "Kamaelia/Util/Pipeline.py",
    "Kamaelia/Util/PipelineComponent.py",
}


def imports(path: Path) -> set[str]:
    """Return the first-party modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name for name in found if name.split(".")[0] in {"Axon", "Kamaelia"}}


@pytest.mark.parametrize("folder", ALLOWED)
def test_imports_point_left(folder: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        if str(path.relative_to(ROOT)) not in OLD_NAMES
        for module in imports(path)
        if not any(
            module == allowed or module.startswith(allowed + ".")
            for allowed in ALLOWED[folder]
        )
    ]
    assert wrong == []


@pytest.mark.parametrize(("one", "other"), [("AIM", "MSN"), ("MSN", "AIM")])
def test_aim_and_msn_never_import_each_other(one: str, other: str) -> None:
    for path in (ROOT / "Kamaelia/Protocol" / one).rglob("*.py"):
        bad = f"Kamaelia.Protocol.{other}"
        assert not any(module.startswith(bad) for module in imports(path)), path
