//! The hub as its readers meet it: through sockets, through the front door, through streams, and the bus on both of its
//! carriers. Time is moved by hand where it matters; everything else is waited for by looking.

mod bus;
mod door;
mod hall;
mod heads;
mod many;
mod pace;
mod readers;
mod slow;
mod spectator;
mod streams;
