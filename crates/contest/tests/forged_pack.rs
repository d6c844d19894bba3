//! What a pack is made of: files, bytes and names, and what somebody makes of them who wants the program to stumble.

mod common;

use std::io::Write;

use common::forge::{Log, a_world, each_is_found, forge, nobody, published};
use common::resealed;
use contest::results::pack::{self, File};
use contest::results::{Bound, Verified, verify};
use serde_json::json;

/// Of a blind contest no account tells who a competitor is: it stands at no number.
#[tokio::test]
async fn a_blind_pack_names_no_account_of_a_competitor() {
    for blind in [true, false] {
        let database = testkit::sqlite_database();
        let world = a_world(&database.url, blind).await;
        let pack = published(&world).await;
        let Verified { marks, drawn, .. } = verify(&pack, None).unwrap();
        assert!(marks > 6);
        assert_eq!(drawn, Bound::NotDrawn);
        let files = pack::unzipped(&pack).unwrap();
        let log = Log::of(&files);
        let account = world.account_of("comp-a").await;
        let told = String::from_utf8_lossy(&files[4].1).contains(account.as_str());
        assert_eq!(told, !blind);
        for kind in ["requested", "appeal_made", "appeal_withdrawn"] {
            assert_eq!(log.account(log.first(kind)).is_null(), blind, "{kind}");
        }
        // Where names are published nobody appeals as nobody.
        if !blind {
            each_is_found(&files, &[("nobody appeals", nobody("appeal_made", ""), "who did it")]);
        }
    }
}

/// What is read is all that is written.
#[tokio::test]
async fn a_pack_is_written_in_one_way() {
    let database = testkit::sqlite_database();
    let world = a_world(&database.url, true).await;
    let files = pack::unzipped(&published(&world).await).unwrap();
    let unread = forge(|log| {
        let at = log.first("mark");
        log.events[at]["happened"]["bribe"] = json!("yes");
        at
    });
    let misplaced = forge(|log| {
        let at = log.first("clock");
        let moved = log.events[at]["happened"].as_object_mut().unwrap().shift_remove("run").unwrap();
        log.events[at]["happened"]["run"] = moved;
        at
    });
    each_is_found(&files, &[("read by nobody", unread, "isn't written"), ("misplaced", misplaced, "isn't written")]);
    for (file, from, to, place) in [
        ("log.ndjson", "\"event\":{\"position\":2,", "\"event\":{\"position\": 2,", "log.ndjson:2"),
        ("field.json", "\"blind\": true", "\"blind\":  true", "field.json"),
        ("results.json", "\"rank\": 1,", "\"rank\":  1,", "results.json"),
    ] {
        let mut forged = files.clone();
        let changed = forged.iter_mut().find(|(name, _)| name == file).unwrap();
        let text = String::from_utf8(changed.1.clone()).unwrap();
        assert!(text.contains(from), "{file} holds no {from}");
        changed.1 = text.replacen(from, to, 1).into_bytes();
        assert_eq!(verify(&resealed(forged), None).expect_err(from).place, place);
    }
    // A file more, one less, two in another order; sealed and listed, as its maker may.
    let with = |change: fn(&mut Vec<File>)| {
        let mut forged = files.clone();
        change(&mut forged);
        verify(&resealed(forged), None).unwrap_err().place
    };
    assert_eq!(with(|files| files.push(("names.csv".into(), b"E1,somebody\n".to_vec()))), "names.csv");
    assert_eq!(with(|files| drop(files.pop())), "README.txt");
    assert_eq!(with(|files| files.swap(5, 6)), "rule-set.yaml");
}

/// A forger's archive makes nobody's memory full, and nothing panics.
#[tokio::test]
async fn a_hostile_archive_is_refused_unread() {
    // A hundred entries that all point at one file.
    let (bytes, entries) = (vec![0_u8; 1 << 20], 100_u32);
    let crc = crc32(&bytes);
    let sizes = [crc, bytes.len() as u32, bytes.len() as u32];
    let le = |out: &mut Vec<u8>, words: &[u16]| words.iter().for_each(|word| out.extend(word.to_le_bytes()));
    let long = |out: &mut Vec<u8>, words: &[u32]| words.iter().for_each(|word| out.extend(word.to_le_bytes()));
    let mut archive = b"PK\x03\x04".to_vec();
    le(&mut archive, &[10, 0, 0, 0, 33]);
    long(&mut archive, &sizes);
    le(&mut archive, &[6, 0]);
    archive.extend(b"aaaaaa");
    archive.write_all(&bytes).unwrap();
    let mut central = Vec::new();
    for at in 0..entries {
        central.extend(b"PK\x01\x02");
        le(&mut central, &[(3 << 8) | 10, 10, 0, 0, 0, 33]);
        long(&mut central, &sizes);
        le(&mut central, &[6, 0, 0, 0, 0]);
        long(&mut central, &[0o100_644 << 16, 0]);
        central.extend(format!("{at:06}").bytes());
    }
    let start = archive.len() as u32;
    archive.extend(&central);
    archive.extend(b"PK\x05\x06");
    le(&mut archive, &[0, 0, entries as u16, entries as u16]);
    long(&mut archive, &[central.len() as u32, start]);
    le(&mut archive, &[0]);
    let found = verify(&archive, None).unwrap_err();
    assert!(found.place == "000000" || found.place == "ZIP", "{found}");

    // The names of a pack, all of them one place.
    let database = testkit::sqlite_database();
    let world = a_world(&database.url, true).await;
    let pack = published(&world).await;
    let mut forged = pack.clone();
    let central = pack.windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    let second = central + 4 + pack[central + 4..].windows(4).position(|it| it == b"PK\x01\x02").unwrap();
    let offset: [u8; 4] = pack[central + 42..central + 46].try_into().unwrap();
    forged[second + 42..second + 46].copy_from_slice(&offset);
    assert!(verify(&forged, None).is_err());

    // Times from one end of the calendar to the other.
    let files = pack::unzipped(&pack).unwrap();
    for time in ["9999-12-31T23:59:59.999Z", "0000-01-01T00:00:00.000Z", "-009999-01-01T00:00:00.000Z"] {
        for at in [0, 3, Log::of(&files).events.len() - 1] {
            let mut log = Log::of(&files);
            log.set(at, "/at", json!(time));
            // Before all others it may stand, if nothing panics.
            let found = verify(&log.into_pack(&files), None);
            assert!(found.is_err() || at == 0, "{time} at {at}");
        }
    }
    let mut log = Log::of(&files);
    let at = log.nth("verdict", "gripped", 0);
    for far in [i64::MIN, i64::MAX] {
        log.set(at, "/happened/event_at", json!(far));
        drop(verify(&log.clone().into_pack(&files), None));
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (0_u32.wrapping_sub(crc & 1))))
    })
}
