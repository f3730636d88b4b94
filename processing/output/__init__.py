"""Algorithms on finished case files: proof, and several as one."""
