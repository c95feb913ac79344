"""The other side of the provider: clients, browsers and members, as its tests have them."""
