"""Counts and lists as people write them."""

from django import template

from mamoru.console import words

register = template.Library()
register.filter("thousands", words.thousands)
register.filter("listed", words.listed)
