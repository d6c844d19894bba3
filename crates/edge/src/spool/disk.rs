//! The files of a spool, and all that is done to them which a disk may refuse. In tests it does so as planned.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

#[derive(Debug)]
pub(super) struct Disk(File);

impl Disk {
    /// An empty file, whatever was there.
    pub fn create(path: &Path) -> io::Result<Disk> {
        #[cfg(test)]
        faults::check()?;
        File::create(path).map(Disk)
    }

    /// The file as it is, or a new one.
    pub fn open(path: &Path) -> io::Result<Disk> {
        File::options().create(true).write(true).truncate(false).open(path).map(Disk)
    }

    pub fn length(&self) -> io::Result<u64> {
        self.0.metadata().map(|file| file.len())
    }

    /// After an error any part of it may stand there.
    pub fn write_at(&mut self, from: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.seek(SeekFrom::Start(from))?;
        #[cfg(test)]
        if let Some(kept) = faults::due() {
            self.0.write_all(&bytes[..kept % (bytes.len() + 1)])?;
            return Err(faults::error());
        }
        self.0.write_all(bytes)
    }

    pub fn sync(&self) -> io::Result<()> {
        // No power goes in a test, so that only a refusal matters.
        #[cfg(test)]
        return faults::check();
        #[cfg(not(test))]
        self.0.sync_data()
    }

    /// Leaves nothing behind `length`.
    pub fn cut(&self, length: u64) -> io::Result<()> {
        #[cfg(test)]
        faults::check()?;
        self.0.set_len(length)
    }
}

pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::check()?;
    std::fs::rename(from, to)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(test)]
    faults::check()?;
    let folder = File::open(folder)?;
    if cfg!(test) { Ok(()) } else { folder.sync_all() }
}

/// What the disk refuses, on this thread.
#[cfg(test)]
pub(super) mod faults {
    use std::cell::Cell;
    use std::io;

    #[derive(Debug, Clone, Copy)]
    pub struct Plan {
        /// So many things succeed first,
        pub sound: u32,
        /// then so many fail,
        pub failing: u32,
        /// and of what is written then, so many bytes (of as many as there are) arrive.
        pub kept: usize,
    }

    const NONE: Plan = Plan { sound: 0, failing: 0, kept: 0 };

    thread_local!(static PLAN: Cell<Plan> = const { Cell::new(NONE) });

    pub fn plan(plan: Plan) {
        PLAN.set(plan);
    }

    pub fn end() {
        PLAN.set(NONE);
    }

    pub fn due() -> Option<usize> {
        let mut plan = PLAN.get();
        if plan.sound > 0 {
            plan.sound -= 1;
            PLAN.set(plan);
            return None;
        }
        plan.failing = plan.failing.checked_sub(1)?;
        PLAN.set(plan);
        Some(plan.kept)
    }

    pub fn check() -> io::Result<()> {
        due().map_or(Ok(()), |_| Err(error()))
    }

    pub fn error() -> io::Error {
        io::Error::from(io::ErrorKind::StorageFull)
    }
}
