"""Migration: what is wrong with a document, what it becomes, and how that is written and taken back."""
