"""Begin a chapter: all files and lines that the tests demand, with an example to be replaced."""

NAME = r"(\d\d)-([a-z]+(?:-[a-z]+)*)"  # of a chapter's file: the number and the words
