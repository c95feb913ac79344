"""The edge of HTTP, knowing no business: what every answer has in common.

application     Flask, with the common case of its steps made short
setup           init_web(app): switches all of this on
buffered        requests that arrive whole before the application works on them, where no proxy sees to it
edge            what is done to every answer last: request id, security headers, log
current         the request that is being answered
problems        failures as RFC 9457 documents; the one table from kinds of failure to HTTP
failures        Flask's error handlers: whatever was raised becomes a problem, or a page outside the API
complaints      what is wrong with which field, as JSON pointers
parsing         strict JSON bodies and query strings
fields schemas  marshmallow: bases of requests and answers, and the fields they share
pagination      limit, opaque cursor, has_more
idempotency     Idempotency-Key in, stored answers out
request_ids     Request-Id on every answer
logs            one JSON line per request and per message, without personal data
headers         security headers
limits          how often an address may ask, and how much it may send
blueprint api   flask-smorest with all of the above; OpenAPI 3.1 and its page
catalogue       every problem that can be named
access          the mark that says a route is open on purpose
"""
