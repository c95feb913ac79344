"""Pages for people, made on the server: they work without a script, in Persian and in English alike.

    kit         the frame that all pages stand in: languages, texts, dates and digits, forms, flash messages, guards
    texts       every visible sentence, in both languages side by side
    member      a member's own pages
    till        letting terminals in
    templates   in place of bare ones of rooms below
    static      style sheets, font, icons and the few scripts; nothing comes from elsewhere

`docs/pages.md` says how a page is added.
"""
