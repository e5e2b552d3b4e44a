"""The languages of the pages: which one a reader gets, catalogues of messages, and the forms of dates and numbers."""
