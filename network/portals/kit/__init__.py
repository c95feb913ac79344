"""What every page is built with.

    languages   which of the two languages a reader gets, and the switch
    texts       the catalogue: a sentence by its key
    formats     numbers, dates and instants as a reader of a language writes them
    pages       blueprints of pages: whose page it is, CSRF, what is never kept by a browser
    csrf        the hidden field of every form
    cookies     how the pages' own cookies are set
    flash       a sentence for the next page
    forms       what was typed and what is wrong with it, next to its field
    rendering   a template in the frame
    failures    what went wrong, as a page
    ceremonies  what pages and the script for passkeys tell each other
    devices     what a browser calls itself, in words that its owner knows
    assets      static files, by an address that changes with their content

It knows no page: each is built of it.
"""
