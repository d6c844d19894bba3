//! What other threads tell a shard.

use std::io;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use super::door::Door;
use super::poll::Bell;
use crate::core::{Cell, locked};

/// A shard's letter box. Senders never wait for the shard.
pub(crate) struct Inbox {
    mail: Mutex<Mail>,
    pub(super) bell: Bell,
}

/// What has been put in since the shard looked last.
#[derive(Default)]
pub(super) struct Mail {
    pub(super) arrivals: Vec<TcpStream>,
    pub(super) doors: Vec<Door>,
    /// Topics with something new. A topic stands here once, however often it changed.
    pub(super) news: Vec<Arc<Cell>>,
    pub(super) closed: bool,
    rung: bool,
}

impl Inbox {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { mail: Mutex::default(), bell: Bell::new()? })
    }

    pub(crate) fn arrive(&self, socket: TcpStream) {
        self.put(|mail| mail.arrivals.push(socket));
    }

    pub(crate) fn open(&self, door: Door) {
        self.put(|mail| mail.doors.push(door));
    }

    pub(crate) fn tell(&self, cell: Arc<Cell>) {
        self.put(|mail| mail.news.push(cell));
    }

    /// Makes the shard look at the clock and at whether the hub drains.
    pub(crate) fn ring(&self) {
        self.put(|_| {});
    }

    pub(crate) fn close(&self) {
        self.put(|mail| mail.closed = true);
    }

    fn put(&self, letter: impl FnOnce(&mut Mail)) {
        let mut mail = locked(&self.mail);
        letter(&mut mail);
        let first = !std::mem::replace(&mut mail.rung, true);
        drop(mail);
        if first {
            self.bell.ring();
        }
    }

    /// Takes all letters.
    pub(super) fn take(&self) -> Mail {
        let mut mail = locked(&self.mail);
        if mail.rung {
            self.bell.hush();
        }
        let closed = mail.closed;
        std::mem::replace(&mut mail, Mail { closed, ..Mail::default() })
    }
}
