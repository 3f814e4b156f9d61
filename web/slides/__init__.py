"""Slides for the lectures of the plan, made from the pages of the built site."""
