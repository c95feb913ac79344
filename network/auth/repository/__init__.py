"""All queries of this room. They go through psycopg, for one of them rides on every request."""
