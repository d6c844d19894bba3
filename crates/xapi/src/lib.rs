//! The xAPI statement: its shape and its validation. Pure.
