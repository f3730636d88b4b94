"""Pairing by hand: reduce two, renew one."""
