"""The nouns, each named as the field's standards name it."""
