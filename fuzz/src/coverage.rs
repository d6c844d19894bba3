//! Which code an input reached: counters that the compiler puts on every edge when it is asked to
//! (`-C passes=sancov-module`, see `cargo xtask fuzz`). Without them there are none, and nothing is ever new.

use std::sync::Mutex;

/// The counters of each object, as the linker put them.
static COUNTERS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());
/// For each counter the classes of counts that were seen, a bit each.
static SEEN: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Called by each object before `main`.
///
/// # Safety
/// The two pointers are the beginning and the end of an array that lives as long as the program.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __sanitizer_cov_8bit_counters_init(start: *mut u8, stop: *mut u8) {
    let mut counters = COUNTERS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let place = (start as usize, stop as usize - start as usize);
    if !counters.contains(&place) {
        counters.push(place);
    }
}

/// Asked for by the same pass; where the counters stand in the program is of no interest here.
#[unsafe(no_mangle)]
pub extern "C" fn __sanitizer_cov_pcs_init(_start: *const usize, _stop: *const usize) {}

fn each_object(mut of: impl FnMut(&mut [u8])) {
    let counters = COUNTERS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    for (start, length) in counters.iter() {
        // Safety: the array was handed over by the program itself, and only this thread runs inputs.
        of(unsafe { std::slice::from_raw_parts_mut(*start as *mut u8, *length) });
    }
}

pub fn clear() {
    each_object(|counters| counters.fill(0));
}

/// Whether the last input reached something, or reached it more often, than all before.
pub fn is_new() -> bool {
    let mut seen = SEEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let mut new = false;
    let mut before = 0;
    each_object(|counters| {
        if seen.len() < before + counters.len() {
            seen.resize(before + counters.len(), 0);
        }
        let seen = &mut seen[before..before + counters.len()];
        before += counters.len();
        // Most are zero, and are passed over many at a time.
        for (counters, seen) in counters.chunks(64).zip(seen.chunks_mut(64)) {
            if counters.iter().fold(0, |all, counter| all | counter) == 0 {
                continue;
            }
            for (counter, seen) in counters.iter().zip(seen) {
                let class = class_of(*counter);
                new |= class & !*seen != 0;
                *seen |= class;
            }
        }
    });
    new
}

/// How often, roughly: a bit for each class, none for never.
fn class_of(counter: u8) -> u8 {
    match counter {
        0 => 0,
        1 => 1,
        2 => 2,
        3 => 4,
        4..8 => 8,
        8..16 => 16,
        16..32 => 32,
        32..128 => 64,
        _ => 128,
    }
}

/// How many counters were ever reached.
pub fn seen() -> usize {
    let seen = SEEN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    seen.iter().filter(|classes| **classes != 0).count()
}
