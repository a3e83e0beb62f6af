"""What a person does: commands, edits, jobs, imports and exports."""
