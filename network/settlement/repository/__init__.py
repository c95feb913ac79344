"""All queries of settlement. Rows stay in here; values come out."""
