//! The demonstration: a seeded final in two venues with simulated cells, judges and cuts.
