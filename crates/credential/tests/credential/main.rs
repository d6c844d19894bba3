//! Certificates as they go out into the world and come back.

mod fixtures;
mod foreign;
mod hostile;
mod issuing;
mod verifying;
