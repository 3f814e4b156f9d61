"""Begin a chapter: all files and lines that the tests demand, with an example to be replaced."""
