"""Import: what a bureau brings becomes a canonical layer; every repair is counted, explained and reversible."""
