"""Make the invented sample layers: ``sample.gpkg`` (not kept in the repository) and ``planted.csv`` (kept).

Run ``make sample``, or this script with the project's Python. Everything is invented; the same files come out on
every run, so that a change of the sample shows as a change of ``planted.csv``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGISTER = HERE.parent / "resources/register.toml"


def main(argv: list[str] | None = None) -> int:
    """Write both files into a folder (default: beside this script) and say what they hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--folder", type=Path, default=HERE, help="where to write (default: beside this script)"
    )
    folder = parser.parse_args(argv).folder

    sys.path.insert(0, str(HERE))
    from invented.sample import build_sample
    from invented.writer import schema_fields, write_geopackage

    sample = build_sample()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sample.gpkg"
    write_geopackage(path, sample.tables, schema_fields(REGISTER))
    sample.planted.to_csv(folder / "planted.csv", index=False, lineterminator="\n", encoding="utf-8")
    size = path.stat().st_size / 1e6
    print(f"sample: {path.name}, {size:.1f} MB, {len(sample.tables['wells']):,} invented wells, "
          f"{len(sample.planted)} planted findings")  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
