"""Messages to people, by SMS and e-mail: what is to be said in two languages, and the port to those who carry it.

    domain      a message
    texts       what the messages say, in Persian and English
    carriers    the port; a twin that writes files, and SMTP
    chosen      which of them this installation has
    service     put a message on its way; send what waits

A message waits in the database, sealed with the installation's key, and is deleted once it is sent. So it leaves with
the transaction that wanted it, after it, and asking for a message takes as long whether it is for somebody or nobody.
No log, no job and no error repeats an address or a text.
"""
