//! How a socket gets its seat: it comes through a door, its request is read, and it is given a stream or a refusal.

use super::*;
use crate::path::{read_target, version_in};
use crate::request::{Method, Request};

/// Unsent bytes that the kernel keeps of one socket. With more, a slow reader would hold megabytes of old frames there.
const UNSENT_MAX: u32 = 16 * 1024;

/// Requests that may be on their way when all seats are taken; who comes beyond them finds the door closed. Everybody else
/// at least reads why he gets no seat.
const WAITING_MAX: u64 = 4096;

impl Shard {
    pub(super) fn open_door(&mut self, door: Door) {
        let token = DOORS - self.doors.len() as u64;
        match self.poll.add(&door.listener, token, Interest::Reading) {
            Ok(()) if (self.doors.len() as u64) < DOORS_MAX => self.doors.push(door),
            Ok(()) => tracing::error!(shard = self.nth, "too many live listeners"),
            Err(error) => tracing::error!(%error, shard = self.nth, "a live listener can't be watched"),
        }
    }

    /// Lets in who waits at a door, at most [`ENTRIES_AT_ONCE`].
    pub(super) fn let_in(&mut self, nth: usize, now: Duration) {
        for _ in 0..ENTRIES_AT_ONCE {
            let Some(door) = self.doors.get_mut(nth) else { return };
            let (socket, seal) = match door.accept() {
                Ok(socket) => (socket, door.seal.clone()),
                Err(error) => match error.kind() {
                    std::io::ErrorKind::WouldBlock => return,
                    // He left while he waited.
                    std::io::ErrorKind::ConnectionAborted | std::io::ErrorKind::Interrupted => continue,
                    _ => {
                        tracing::warn!(%error, "a spectator can't be let in");
                        // The door stays readable; without this the loop would spin.
                        door.shut = self.poll.change(&door.listener, DOORS - nth as u64, Interest::Nothing).is_ok();
                        return;
                    }
                },
            };
            let counters = &self.core.counters;
            let inside = counters.connections.load(Relaxed) + counters.handshakes.load(Relaxed);
            if inside >= self.core.config.connections.saturating_add(WAITING_MAX) {
                counters.refused.fetch_add(1, Relaxed);
                continue;
            }
            let line = match seal.map(|seal| seal.session()) {
                None => Line::Plain(socket),
                Some(Ok(session)) => Line::sealed(socket, session),
                Some(Err(error)) => {
                    tracing::warn!(%error, "no TLS session can be begun");
                    continue;
                }
            };
            counters.handshakes.fetch_add(1, Relaxed);
            self.admit(line, now);
        }
    }

    /// Doors that were shut for want of descriptors are tried again.
    pub(super) fn unlock_doors(&mut self) {
        for (nth, door) in self.doors.iter_mut().enumerate().filter(|(_, door)| door.shut) {
            door.shut = self.poll.change(&door.listener, DOORS - nth as u64, Interest::Reading).is_err();
        }
    }

    /// A new line. What of its request has arrived is read at once, unless keys have to be agreed on before.
    pub(super) fn admit(&mut self, line: Line, now: Duration) {
        let limit = self.core.config.stall;
        let options = socket2::SockRef::from(line.socket());
        // A socket that refuses an option is still a socket: it may only be slower to give up or to wake.
        let _ = options.set_tcp_nodelay(true);
        let _ = options.set_tcp_notsent_lowat(UNSENT_MAX);
        // Finds phones that vanished while nothing but heartbeats was sent.
        let _ = options.set_tcp_user_timeout(Some(limit));
        let place = self.free.pop().unwrap_or_else(|| {
            self.conns.push(None);
            (self.conns.len() - 1) as u32
        });
        self.generation = self.generation.wrapping_add(1);
        // The bell's token is the one that no socket may have.
        let generation = self.generation & (u32::MAX >> 1);
        let until = now + self.core.config.handshake;
        let added = self.poll.add(&line, token(place, generation), Interest::Reading);
        let agreeing = line.is_agreeing();
        self.conns[place as usize] =
            Some(Conn { line, generation, stage: Stage::Asking(Box::new(Asking { arrived: Vec::new(), until })) });
        match added {
            Ok(()) if agreeing => {}
            Ok(()) => self.hear(place, now),
            Err(_) => self.close(place),
        }
    }

    /// Reads on in a request.
    pub(super) fn hear(&mut self, place: u32, now: Duration) {
        let Some(Conn { line, stage: Stage::Asking(asking), .. }) = &mut self.conns[place as usize] else { return };
        let head = loop {
            let room = HEAD_LEN_MAX.saturating_sub(asking.arrived.len());
            match line.read(&mut self.scratch[..room.max(1)]) {
                Ok(0) => break None,
                Ok(length) => {
                    // Nearly every request arrives whole and needs no copy.
                    let arrived = &self.scratch[..length];
                    let head = if asking.arrived.is_empty() {
                        read_head(arrived)
                    } else {
                        asking.arrived.extend_from_slice(arrived);
                        read_head(&asking.arrived)
                    };
                    match head {
                        Head::Incomplete if asking.arrived.is_empty() => asking.arrived.extend_from_slice(arrived),
                        Head::Incomplete => {}
                        head => break Some(head),
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => break None,
            }
        };
        match head {
            Some(Head::Complete(request)) => match request.method {
                Method::Get => self.answer(place, &request, now),
                Method::Options => self.leave_with(place, answer::preflight(), now),
                Method::Head | Method::Other => self.refuse_to(request.method, place, ErrorCode::MethodNotAllowed, now),
            },
            Some(Head::TooLong) => self.refuse(place, ErrorCode::TooLarge, now),
            Some(Head::Malformed) => self.refuse(place, ErrorCode::Malformed, now),
            Some(Head::Incomplete) | None => self.close(place),
        }
    }

    fn answer(&mut self, place: u32, request: &Request, now: Duration) {
        let (core, asked) = (self.core.clone(), read_target(&request.target));
        let cell = asked.as_ref().and_then(|asked| core.find(&asked.topic));
        let (Some(asked), Some(cell)) = (asked, cell) else {
            return self.refuse(place, ErrorCode::NotFound, now);
        };
        if core.is_draining() {
            return self.refuse(place, ErrorCode::Draining, now);
        }
        if !core.counters.seat(&core.counters.connections, core.config.connections) {
            return self.refuse(place, ErrorCode::Overloaded, now);
        }
        let room = self.enter(&cell, place);
        // The header is what a browser knows now, the query what a page knew when it was opened.
        let event_id = request.last_event_id.as_deref().or(asked.last_event_id.as_deref());
        let had = event_id.and_then(|id| version_in(id, &core.config.epoch));
        let frame = cell.frame_since(had, &core.config.epoch);
        let resumed = had.is_some() && frame.as_ref().is_none_or(|frame| frame.kind == crate::FrameKind::Delta);
        core.counters.resumed.fetch_add(u64::from(resumed), Relaxed);
        core.counters.accepted.fetch_add(1, Relaxed);
        core.counters.handshakes.fetch_sub(1, SeqCst);

        let Some(conn) = self.conns[place as usize].as_mut() else { return };
        let mut reader = Following { room: room.0, place: room.1, have: had, owed: None, took: now, ending: false };
        let (from, to) = core.config.retry_ms;
        let head = answer::stream_begins(&*core.config.hall_clock, core.retry_ms(from, to));
        let mut tally = Tally::default();
        let mut wrote = conn.line.write_before(&head, frame.is_some());
        if let (Wrote::All, Some(frame)) = (wrote, frame) {
            wrote = reader.send(&mut conn.line, &frame.bytes, now);
            tally.add(if resumed { had } else { None }, frame.version, frame.bytes.len());
            reader.have = Some(frame.version);
        } else if let Wrote::Part { .. } = wrote {
            // A fresh socket has room for a head. One that hasn't is not worth a case of its own.
            wrote = Wrote::Broken;
        }
        let interest = if wrote == Wrote::All { Interest::Quiet } else { Interest::Writing };
        let token = token(place, conn.generation);
        let watched = self.poll.change(&conn.line, token, interest).is_ok();
        conn.stage = Stage::Following(reader);
        self.post(&cell, tally);
        if !watched || wrote == Wrote::Broken {
            self.close(place);
        } else if cell.is_dropped() {
            // Between the look into the list of topics and the seat.
            self.end_room(room.0, now);
        }
    }

    /// Writes a problem and lets the peer read it before the connection ends.
    fn refuse(&mut self, place: u32, code: ErrorCode, now: Duration) {
        self.refuse_to(Method::Get, place, code, now);
    }

    fn refuse_to(&mut self, method: Method, place: u32, code: ErrorCode, now: Duration) {
        let core = &self.core;
        let nth = core.counters.refused.fetch_add(1, Relaxed);
        let (from, to) = core.config.retry_ms;
        let id = format!("live-{}-{nth}", core.config.epoch);
        let answer = answer::refusal(code, &id, core.retry_ms(from, to), method != Method::Head);
        self.leave_with(place, answer, now);
    }

    /// The last that a peer is told.
    fn leave_with(&mut self, place: u32, answer: Bytes, now: Duration) {
        let Some(conn) = self.conns[place as usize].as_mut() else { return };
        conn.stage = Stage::Leaving { until: now + LEAVE };
        // A fresh socket takes so little at once; one that doesn't gets no second try.
        let wrote = conn.line.write(&answer);
        if wrote != Wrote::All || conn.line.end().is_err() {
            self.close(place);
        }
    }

    /// Reads and forgets what a refused peer still says, until he has read his answer and ends.
    pub(super) fn hear_out(&mut self, place: u32, signal: Signal) {
        let Some(conn) = self.conns[place as usize].as_ref() else { return };
        if signal.readable {
            // Under TLS, too, nobody listens to what it says.
            match std::io::Read::read(&mut conn.line.socket(), &mut self.scratch) {
                Ok(0) => {}
                // As much as he likes, but only until the sweep finds him.
                Ok(_) => return,
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(_) => {}
            }
        }
        self.close(place);
    }

    /// Takes a seat in the topic's room: the room, and the place in it.
    fn enter(&mut self, cell: &Arc<Cell>, place: u32) -> (u32, u32) {
        let room = match self.room_of.get(&cell.id) {
            Some(room) => *room,
            None => {
                let made = Some(Room { cell: cell.clone(), members: Vec::new() });
                let room = match self.rooms.iter().position(Option::is_none) {
                    Some(empty) => {
                        self.rooms[empty] = made;
                        empty
                    }
                    None => {
                        self.rooms.push(made);
                        self.rooms.len() - 1
                    }
                } as u32;
                self.room_of.insert(cell.id, room);
                // Before the topic is read: see `Core::tell`.
                cell.watched.fetch_or(1 << self.nth, SeqCst);
                room
            }
        };
        cell.subscribers.fetch_add(1, Relaxed);
        let members = self.rooms[room as usize].as_mut().map(|room| &mut room.members);
        let seat = members.map_or(0, |members| {
            members.push(place);
            members.len() - 1
        });
        (room, seat as u32)
    }

    /// Gives a seat back. The last member of the room moves into it.
    pub(super) fn vacate(&mut self, room: u32, seat: u32) {
        let Some(Room { cell, members }) = self.rooms[room as usize].as_mut() else { return };
        cell.subscribers.fetch_sub(1, Relaxed);
        members.swap_remove(seat as usize);
        if let Some(&moved) = members.get(seat as usize) {
            if let Some(Conn { stage: Stage::Following(reader), .. }) = self.conns[moved as usize].as_mut() {
                reader.place = seat;
            }
        } else if members.is_empty() {
            cell.watched.fetch_and(!(1 << self.nth), SeqCst);
            self.room_of.remove(&cell.id);
            self.rooms[room as usize] = None;
        }
    }
}
