"""Install kamaelia-flow: the packages Axon and Kamaelia and the command `kamaelia`."""

from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent

SERVE = [
    "SQLAlchemy[asyncio]>=2.0.30",
    "alembic>=1.13",
    "argon2-cffi>=23.1",
    "cryptography>=42",
    "prometheus-client>=0.20",
    "starlette>=0.37",
    "uvicorn>=0.29",
    "httpx>=0.27",
]
COMMAND = ["typer>=0.12", "rich>=13.7", "dpkt>=1.9.8"]
POSTGRESQL = ["asyncpg>=0.29"]
TEST = [
    *POSTGRESQL,
    "aiosqlite>=0.20",  # the store is measured beside it
    "hypothesis>=6.100",
    "mypy>=1.10",
    "pytest>=8.2",
    "pytest-randomly>=3.15",
    "pytest-xdist>=3.6",
    "ruff>=0.5",
    "types-setuptools>=70",
]

setup(
    name="kamaelia-flow",
    version="0.1.0",
    description=(
        "Components joined by linkages, on asyncio; and on them the AIM, ICQ and "
        "MSN Messenger protocols: clients, servers and tools."
    ),
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE"],
    python_requires=">=3.11",
    packages=find_packages(include=["Axon", "Axon.*", "Kamaelia", "Kamaelia.*"]),
    package_data={
        "Axon": ["py.typed"],
        "Kamaelia": ["py.typed", "store/migrations/*.mako"],
    },
    install_requires=[
        'uvloop>=0.19; platform_system != "Windows"',
        *COMMAND,
        *SERVE,
    ],
    extras_require={
        "postgresql": POSTGRESQL,
        "fuzz": ["atheris>=2.3"],
        "test": TEST,
    },
    entry_points={"console_scripts": ["kamaelia = Kamaelia.cli.main:main"]},
    classifiers=[
        "Framework :: AsyncIO",
        "Intended Audience :: Developers",
        "Operating System :: MacOS",
        "Operating System :: POSIX :: Linux",
        "Programming Language :: Python :: 3 :: Only",
        "Topic :: Communications :: Chat",
        "Typing :: Typed",
    ],
)
