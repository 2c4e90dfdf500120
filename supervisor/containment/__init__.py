"""The set of processes that a run can have: started, known, ended and proven empty."""
