//! The catalogue's YAML files, parsed, then resolved: schemes and rule files with every fault and its place.
