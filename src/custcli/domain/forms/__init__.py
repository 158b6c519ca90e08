"""The form language (forms.md 1): TOML texts in, checked forms out. Every verb reads a form from here alone."""

from custcli.domain.forms.model import HELD_UNTIL, Choice, Composite, Field, Form, Group, Scheme
from custcli.domain.forms.own import PREFIX
from custcli.domain.forms.read import MASKS, load, read

__all__ = ["HELD_UNTIL", "MASKS", "PREFIX", "Choice", "Composite", "Field", "Form", "Group", "Scheme", "load", "read"]
