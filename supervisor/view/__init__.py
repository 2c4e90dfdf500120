"""What a person sees: one line per thing that matters."""
