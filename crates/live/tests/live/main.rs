//! The hub as its readers meet it: through sockets, through the front door, the live listener, through streams, and the bus on both of its
//! carriers. Time is moved by hand where it matters; everything else is waited for by looking.

mod bus;
mod door;
mod hall;
mod heads;
mod listener;
mod many;
mod pace;
mod readers;
mod seal;
mod slow;
mod spectator;
mod strangers;
mod streams;
