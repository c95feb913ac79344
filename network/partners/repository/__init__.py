"""All queries of partners. Rows stay in here; values come out."""
