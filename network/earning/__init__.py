"""At the till: a purchase becomes points, a basket is quoted, points become money.

Each use case is one query that reads all it needs (who asks, whom for, under which contract, which wallet, and whether
the request was answered before), a decision in plain Python, and the wallet's one statement that writes.
"""
