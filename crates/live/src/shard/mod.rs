//! Shards: threads that write frames to sockets.
//!
//! A shard owns its sockets in one flat table, each a member of the room of its topic. They come from its own
//! [door](door), or from the front door by the inbox. Other threads only drop a note there: a new socket, or "this topic
//! has something new". The shard then walks the room and gives each reader the one frame that brings him from the version
//! he has to the newest. The frame is the same shared bytes for all who have the same version, which is nearly always
//! everybody.
//!
//! A reader whose socket is full is owed the rest of one frame and left alone. When the socket has room again he gets
//! that rest, and then one frame to the newest version; nothing is ever queued for him. Who takes nothing for
//! [`stall`](crate::LiveConfig::stall) is closed.
//!
//! A crowd at the door doesn't hold up those who are seated: in each turn of the loop only so many are let in, and only so
//! many steps of handshakes are taken.
//!
//! Invariant: a shard never waits for a socket, a publisher or another shard.

mod conn;
mod door;
mod inbox;
mod line;
mod poll;
mod seat;

use std::sync::Arc;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::time::Duration;

use bytes::Bytes;
use kernel::ErrorCode;
use rustc_hash::FxHashMap;

use self::conn::{Asking, Conn, Following, Stage};
pub(crate) use self::door::{Door, KERNEL_BACKLOG};
pub(crate) use self::inbox::Inbox;
use self::line::{Line, Wrote};
use self::poll::{Interest, Poll, Signal, Signals};
use crate::answer;
use crate::core::{Cell, Core};
use crate::frame::{Frame, HEARTBEAT};
use crate::request::{HEAD_LEN_MAX, Head, read_head};
use crate::stats::Tally;

/// The bell's token, and below it those of the doors; sockets have a generation below 2^31 in the high half.
const BELL: u64 = u64::MAX;
const DOORS: u64 = BELL - 1;
const DOORS_MAX: u64 = 16;
/// How often time limits and heartbeats are looked at.
const SWEEP: Duration = Duration::from_secs(1);
/// How long a refused peer may go on talking, and how much.
const LEAVE: Duration = Duration::from_secs(2);
/// How long the end of a stream may take when the hub drains.
const FAREWELL: Duration = Duration::from_secs(2);
/// Who is let in by one door in one turn of the loop; the kernel keeps the others.
const ENTRIES_AT_ONCE: usize = 128;
/// Steps of TLS handshakes in one turn of the loop, some 0.1 ms each.
const HANDSHAKES_AT_ONCE: usize = 16;

pub(crate) struct Shard {
    core: Arc<Core>,
    nth: usize,
    inbox: Arc<Inbox>,
    poll: Poll,
    doors: Vec<Door>,
    conns: Vec<Option<Conn>>,
    free: Vec<u32>,
    generation: u32,
    rooms: Vec<Option<Room>>,
    room_of: FxHashMap<u64, u32>,
    next_sweep: Duration,
    /// Steps of handshakes that this turn of the loop may still take.
    handshakes_left: usize,
    /// Since when the hub drains, if it does.
    draining: Option<Duration>,
    scratch: Vec<u8>,
}

/// The readers of one topic in one shard.
struct Room {
    cell: Arc<Cell>,
    /// Places in the table of sockets.
    members: Vec<u32>,
}

impl Shard {
    pub(crate) fn new(core: Arc<Core>, nth: usize) -> std::io::Result<Self> {
        let (poll, inbox) = (Poll::new()?, core.inboxes[nth].clone());
        poll.add(&inbox.bell, BELL, Interest::Reading)?;
        Ok(Self {
            next_sweep: core.clock.now() + SWEEP,
            core,
            nth,
            inbox,
            poll,
            doors: Vec::new(),
            conns: Vec::new(),
            free: Vec::new(),
            generation: 0,
            rooms: Vec::new(),
            room_of: FxHashMap::default(),
            handshakes_left: 0,
            draining: None,
            scratch: vec![0; HEAD_LEN_MAX],
        })
    }

    pub(crate) fn run(&mut self) {
        let mut signals = Signals::new();
        loop {
            let waits_for_time = self.doors.iter().any(|door| door.shut || self.draining.is_some());
            let idle = self.conns.len() == self.free.len() && !waits_for_time;
            if let Err(error) = self.poll.wait((!idle).then_some(SWEEP), &mut signals) {
                tracing::error!(%error, shard = self.nth, "epoll failed; the shard ends");
                self.leave();
                return;
            }
            let now = self.core.clock.now();
            self.handshakes_left = HANDSHAKES_AT_ONCE;
            for signal in signals.iter() {
                match signal.token {
                    BELL => {}
                    door if door > DOORS - DOORS_MAX => self.let_in((DOORS - door) as usize, now),
                    _ => self.on_signal(signal, now),
                }
            }
            let mail = self.inbox.take();
            if mail.closed {
                self.leave();
                return;
            }
            for door in mail.doors {
                self.open_door(door);
            }
            for socket in mail.arrivals {
                self.admit(Line::Plain(socket), now);
            }
            for cell in mail.news {
                // From here on another version is news again.
                cell.told.fetch_and(!(1 << self.nth), SeqCst);
                self.deliver(&cell, now);
            }
            if self.core.is_draining() && self.draining.is_none() {
                self.draining = Some(now);
                self.say_goodbye(now);
            }
            if now >= self.next_sweep {
                self.next_sweep = now + SWEEP;
                self.sweep(now);
            }
        }
    }

    /// One version of one topic to everybody in its room who isn't owed something older.
    fn deliver(&mut self, cell: &Arc<Cell>, now: Duration) {
        let Some(&room) = self.room_of.get(&cell.id) else { return };
        if cell.is_dropped() {
            self.end_room(room, now);
            return;
        }
        let Some(members) = self.rooms[room as usize].as_ref().map(|room| &room.members) else { return };
        let (mut tally, mut broken) = (Tally::default(), Vec::new());
        let mut frames = Frames::of(cell, &self.core.config.epoch);
        for &place in members {
            let Some(conn) = self.conns[place as usize].as_mut() else { continue };
            let Stage::Following(reader) = &mut conn.stage else { continue };
            if reader.owed.is_some() || reader.ending {
                continue;
            }
            let Some(frame) = frames.since(reader.have) else { continue };
            match reader.send(&mut conn.line, &frame.bytes, now) {
                Wrote::All => {}
                Wrote::Part { .. } => {
                    let token = token(place, conn.generation);
                    if self.poll.change(&conn.line, token, Interest::Writing).is_err() {
                        broken.push(place);
                    }
                }
                Wrote::Broken => {
                    broken.push(place);
                    continue;
                }
            }
            tally.add(reader.have, frame.version, frame.bytes.len());
            reader.have = Some(frame.version);
        }
        self.post(cell, tally);
        for place in broken {
            self.close(place);
        }
    }

    fn post(&self, cell: &Cell, tally: Tally) {
        if tally.frames > 0 {
            cell.delivered.post(tally);
            self.core.counters.delivered.post(tally);
        }
    }

    fn on_signal(&mut self, signal: Signal, now: Duration) {
        let place = signal.token as u32;
        let Some(conn) = self.conns.get_mut(place as usize).and_then(Option::as_mut) else { return };
        if conn.generation != (signal.token >> 32) as u32 {
            return;
        }
        match &mut conn.stage {
            Stage::Asking(_) if conn.line.is_agreeing() => {
                // Beyond what this turn may take: what has arrived stays in the kernel, and is signalled again.
                if self.handshakes_left > 0 {
                    self.handshakes_left -= 1;
                    self.hear(place, now);
                }
            }
            // A peer that has ended his half before his request was complete reads as an end of it.
            Stage::Asking(_) => self.hear(place, now),
            Stage::Leaving { .. } => self.hear_out(place, signal),
            // Half a connection is none: who doesn't listen for the end of ours can't be told from one who is gone.
            Stage::Following(_) if signal.gone => self.close(place),
            Stage::Following(_) if signal.writable => self.catch_up(place, now),
            Stage::Following(_) => {}
        }
    }

    /// The socket has room again: the rest of what is owed, then the newest.
    fn catch_up(&mut self, place: u32, now: Duration) {
        let Some(Conn { line, generation, stage: Stage::Following(reader) }) = &mut self.conns[place as usize] else {
            return;
        };
        let Some(cell) = self.rooms[reader.room as usize].as_ref().map(|room| room.cell.clone()) else { return };
        let mut tally = Tally::default();
        let open = loop {
            match reader.send_owed(line, now) {
                Wrote::Part { .. } => break true,
                Wrote::Broken => break false,
                Wrote::All if reader.ending => break false,
                Wrote::All => {}
            }
            let Some(frame) = cell.frame_since(reader.have, &self.core.config.epoch) else {
                break self.poll.change(&*line, token(place, *generation), Interest::Quiet).is_ok();
            };
            let wrote = reader.send(line, &frame.bytes, now);
            tally.add(reader.have, frame.version, frame.bytes.len());
            reader.have = Some(frame.version);
            match wrote {
                Wrote::All => {}
                Wrote::Part { .. } => break true,
                Wrote::Broken => break false,
            }
        };
        self.post(&cell, tally);
        if !open {
            self.close(place);
        }
    }

    /// Time limits and heartbeats.
    fn sweep(&mut self, now: Duration) {
        let (heartbeat, stall) = (self.core.config.heartbeat, self.core.config.stall);
        let over = self.draining.is_some_and(|since| now >= since + FAREWELL);
        if over {
            self.doors.clear();
        }
        self.unlock_doors();
        for place in 0..self.conns.len() as u32 {
            let Some(conn) = self.conns[place as usize].as_mut() else { continue };
            let keep = match &mut conn.stage {
                Stage::Asking(asking) => now < asking.until && !over,
                Stage::Leaving { until } => now < *until,
                Stage::Following(reader) if reader.owed.is_some() => {
                    let stalled = now >= reader.took + stall;
                    self.core.counters.stalled.fetch_add(u64::from(stalled), Relaxed);
                    !stalled && !over
                }
                Stage::Following(reader) if now >= reader.took + heartbeat => {
                    match reader.send(&mut conn.line, &Bytes::from_static(HEARTBEAT), now) {
                        Wrote::All => true,
                        Wrote::Part { .. } => {
                            let token = token(place, conn.generation);
                            self.poll.change(&conn.line, token, Interest::Writing).is_ok()
                        }
                        Wrote::Broken => false,
                    }
                }
                Stage::Following(_) => true,
            };
            if !keep {
                self.close(place);
            }
        }
    }

    fn say_goodbye(&mut self, now: Duration) {
        for room in 0..self.rooms.len() as u32 {
            self.end_room(room, now);
        }
    }

    /// Ends the streams of a room: at once, or after the rest of a frame that is owed.
    fn end_room(&mut self, room: u32, now: Duration) {
        let Some(members) = self.rooms[room as usize].as_ref().map(|room| room.members.clone()) else { return };
        let (from, to) = self.core.config.retry_ms;
        for place in members {
            let Some(conn) = self.conns[place as usize].as_mut() else { continue };
            let Stage::Following(reader) = &mut conn.stage else { continue };
            reader.ending = true;
            let bye = answer::bye(self.core.retry_ms(from, to));
            if let Some(owed) = reader.owed.take() {
                reader.owed = Some(Bytes::from([owed, bye].concat()));
                continue;
            }
            if let Wrote::Part { .. } = reader.send(&mut conn.line, &bye, now)
                && self.poll.change(&conn.line, token(place, conn.generation), Interest::Writing).is_ok()
            {
                continue;
            }
            self.close(place);
        }
    }

    /// Forgets a socket; dropping it closes it.
    fn close(&mut self, place: u32) {
        let Some(mut conn) = self.conns[place as usize].take() else { return };
        self.free.push(place);
        match &conn.stage {
            Stage::Following(reader) => {
                self.vacate(reader.room, reader.place);
                self.core.counters.leave(&self.core.counters.connections);
            }
            Stage::Asking(_) => {
                self.core.counters.refused.fetch_add(1, Relaxed);
                self.core.counters.handshakes.fetch_sub(1, SeqCst);
            }
            Stage::Leaving { .. } => {
                self.core.counters.handshakes.fetch_sub(1, SeqCst);
            }
        }
        conn.line.hang_up();
        drop(conn);
        self.core.ended.notify_waiters();
    }

    /// The shard ends with its hub: so do its sockets.
    fn leave(&mut self) {
        self.doors.clear();
        for place in 0..self.conns.len() as u32 {
            self.close(place);
        }
        for socket in self.inbox.take().arrivals {
            drop(socket);
            self.core.counters.handshakes.fetch_sub(1, SeqCst);
        }
    }
}

/// The frames of one walk: readers with the same version get the same one, without another look at the topic.
struct Frames<'a> {
    cell: &'a Cell,
    epoch: &'a str,
    last: Option<(Option<u64>, Option<Frame>)>,
}

impl<'a> Frames<'a> {
    fn of(cell: &'a Cell, epoch: &'a str) -> Self {
        Self { cell, epoch, last: None }
    }

    fn since(&mut self, have: Option<u64>) -> Option<&Frame> {
        if self.last.as_ref().is_none_or(|(from, _)| *from != have) {
            self.last = Some((have, self.cell.frame_since(have, self.epoch)));
        }
        self.last.as_ref()?.1.as_ref()
    }
}

fn token(place: u32, generation: u32) -> u64 {
    u64::from(generation) << 32 | u64::from(place)
}
