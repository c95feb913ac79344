"""The storm: everybody does everything at once, each request twice, while everything is killed that can be.

    proxy       stands between the network and PostgreSQL, and cuts connections right after a commit
    clients     tills that do all operations, send each request twice, and insist on an answer
    office      adjustments by people of the operator, prepared by one and approved by two at once
    weather     the clock that closes a month every second; kills, immediate stops, armed failpoints
    verdict     what must be true when it is over
    report      what happened, in numbers

`make storm` runs it with 32 and with 64 clients, `STORM_SECONDS` each; `make test` a few seconds of it.
"""
