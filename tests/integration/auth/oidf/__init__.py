"""Modules of the OpenID conformance suite, re-enacted: each test has the name of its module.

The suite itself is a service of its own and is not run here. These tests ask what its modules ask, over the same
endpoints, with a client that is made of joserfc alone.
"""
