"""The form language (forms.md 1): TOML texts in, checked forms out. Every verb reads a form from here alone."""

from custcli.domain.forms.model import Choice, Composite, Field, Form, Group
from custcli.domain.forms.read import MASKS, load

__all__ = ["MASKS", "Choice", "Composite", "Field", "Form", "Group", "load"]
