"""Accounts and what they own, in a database.

`Kamaelia.store.store.open_store` opens one; `Store` is the whole interface. What
lies beneath: `database` (SQLite in threads, PostgreSQL through asyncpg, group
commit), `schema` and `migrations`, `keys` and `passwords` (secrets at rest).
"""
