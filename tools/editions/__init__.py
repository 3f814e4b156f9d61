"""Editions of the book: for students, without solutions, and for graders."""
