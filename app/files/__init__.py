"""Files from outside: what they are, whether they are safe, their working copies.

Pure bytes: no Flask, no database, nothing written to disk.

Whatever opens a stranger's file runs in a process of its own (`apart.py`) that may neither write files nor use memory
and time without bound. Modules that run there import each other relatively: there this folder is a package by itself,
and nothing else of the application is loaded.
"""
