"""Payments: how money is told to move. It knows banks and payment services, and nothing of cycles or partners.

domain            accounts, references, orders, and what a bank says was booked
gateway           the port to a payment service that moves money when it is asked to
fake_gateway      its working twin: keeps its transfers in a folder
stripe_gateway    Stripe Connect transfers
chosen            which of them this installation has
bank_files        pain.001 and pain.008, for a person to hand to the bank
bank_statements   camt.053, from the bank
"""
