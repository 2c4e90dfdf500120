"""Where a guardian's process begins: it finds the package and serves.

Executed as ``python -I -S boot.py FD TIER``. What is executed is compiled anew each time, what is
imported is not; that is all that keeps this apart from ``guardian.py``.
"""

import sys

if __name__ == "__main__":
    # Behind the standard library, so that nothing next to this package can shadow it.
    sys.path.append(__file__.rsplit("/", 3)[0])

    from supervisor.containment.guardian import main

    main()
