"""What each command does, by subject; `app/cli.py` names them, and a module is loaded when one of its commands runs.

All act as the operator of the machine.
"""
