"""The output room: pipes to a bounded, checked, randomly readable store of what a run said."""
