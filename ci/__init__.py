"""The SAM steps of continuous integration, and `sam local invoke` for a developer."""
