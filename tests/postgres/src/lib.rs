//! A PostgreSQL cluster, a pooler and a cutting proxy of their own for the tests.
