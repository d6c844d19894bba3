//! Live topics: versions, frames encoded once, fan-out to many sockets; the bus that wakes nodes.
