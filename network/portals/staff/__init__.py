"""Pages of the people who work here: in and out, their own account, the people of their business.

guard       a page for people of staff, of those with a permission
door        sign in, prove again, take an invitation up, sign out
account     one's own password, recovery codes and sessions
people      who works here, and with which roles
terminals   who lets terminals in, at which stores
"""
