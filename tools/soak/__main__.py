"""Run long proofs: python -m tools.soak [NAME] [--inputs N] [--seed N] [--list]."""

import importlib
import pkgutil
from typing import Annotated

import typer

import tools.soak

HELPERS = {"mutate", "targets"}  # modules that prove nothing themselves


def proofs() -> dict[str, str]:
    """Return name -> claim of every proof in this folder."""
    found = {}
    for module in pkgutil.iter_modules(tools.soak.__path__):
        if not module.name.startswith("_") and module.name not in HELPERS:
            loaded = importlib.import_module(f"tools.soak.{module.name}")
            found[module.name] = (loaded.__doc__ or "").partition("\n")[0]
    return found


def main(
    name: Annotated[str, typer.Argument(help="Which proof; all if not named.")] = "",
    inputs: Annotated[
        int, typer.Option(help="How many inputs, kills or clients; 0: as it claims.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="For the same run again.")] = 1,
    show: Annotated[bool, typer.Option("--list", help="List the proofs.")] = False,
) -> None:
    """Run long proofs; each says what it claims and what it saw."""
    known = proofs()
    if show:
        for each, claim in known.items():
            print(f"{each:10} {claim}")
        return
    if name and name not in known:
        raise typer.BadParameter(f"{name!r} is none of {', '.join(known)}")
    for each in [name] if name else known:
        module = importlib.import_module(f"tools.soak.{each}")
        module.main(**({"inputs": inputs} if inputs else {}), seed=seed)


if __name__ == "__main__":
    typer.run(main)
