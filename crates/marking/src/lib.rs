//! A scheme and marks become results, rankings and their reasons. Pure.
