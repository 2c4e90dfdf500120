"""The health room: may it start, how much does it hold, and what follows when it ends."""
