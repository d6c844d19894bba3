//! A disk that takes no more, and then does again. The limit is the process's own, so this stands alone in its program,
//! which starts itself once more with the signal of that limit turned off.

use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::Arc;

use edge::{Edge, EdgeConfig};
use kernel::Timestamp;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use testkit::{START_MS, eventually};

const INSIDE: &str = "GUILDHALL_TEST_SMALL_DISK";

#[test]
fn a_disk_that_fails_refuses_loudly_and_loses_nothing_that_was_accepted() {
    if std::env::var_os(INSIDE).is_some() {
        return tokio::runtime::Runtime::new().unwrap().block_on(inside());
    }
    let name = "a_disk_that_fails_refuses_loudly_and_loses_nothing_that_was_accepted";
    let again = Command::new("/bin/sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stderr);
    assert!(again.status.success(), "{:?} {said}", again.status.signal());
    assert!(String::from_utf8_lossy(&again.stdout).contains("1 passed"), "{said}");
}

fn body(seq: u64) -> String {
    let sent_at = Timestamp::from_millis(START_MS);
    let mut body = format!(r#"{{"v":1,"edge":"hand","seq":{seq},"backlog":0,"sent_at":"{sent_at}"}}"#);
    for step in 0..50 {
        let n = seq as i64 * 50 + step;
        let t = (START_MS - 3_600_000 + n) * 1_000_000;
        body.push_str(&format!("\n{{\"station\":\"S01\",\"t\":{t},\"s\":{{\"step\":{n}}}}}"));
    }
    body
}

fn files_up_to(bytes: Option<u64>) {
    let hard = getrlimit(Resource::Fsize).maximum;
    setrlimit(Resource::Fsize, Rlimit { current: bytes, maximum: hard }).unwrap();
}

async fn inside() {
    let folder = testkit::temp_dir();
    let yaml = format!(
        "format: guildhall/edge/1\nedge: edg_east\ncontest: con_1\nhall: http://127.0.0.1:9\nkey: k\nlisten: 127.0.0.1:0\n\
         spool: {{folder: {0}/spool, fsync: true}}\nrecordings: {{folder: {0}/recordings, flush_ms: 10, fsync: true}}\n\
         gather_ms: 0\nstations: [S01]\n",
        folder.path().display()
    );
    let config = EdgeConfig::parse(&yaml, |_| None).unwrap_or_else(|faults| panic!("{faults:?}"));
    let clock = testkit::clock();
    let edge = Edge::start(config.clone(), Arc::new(clock.clone())).await.unwrap();
    let client = reqwest::Client::new();
    let url = |path: &str| format!("http://{}{path}", edge.listen().unwrap());
    let post = async |seq: u64| {
        let response = client.post(url("/samples")).body(body(seq)).send().await.unwrap();
        let wait = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), wait)
    };
    assert_eq!(post(1).await.0, 200);
    files_up_to(Some(12_000));
    let mut taken = 1;
    let refusal = loop {
        match post(taken + 1).await {
            (200, _) => taken += 1,
            other => break other,
        }
    };
    assert_eq!(refusal, (503, Some("5".to_owned())));
    eventually("it says so", async || client.get(url("/readyz")).send().await.unwrap().status() == 503).await;
    let status = edge.status();
    assert!(
        !status.spool_full && status.no_room.as_ref().is_some_and(|why| why.contains("writing a frame")),
        "{status:?}"
    );
    assert_eq!(status.accepted_ticks, taken * 50);
    assert_eq!(post(taken + 1).await.0, 503);
    // It is found out without anybody asking, and what was refused is taken now.
    files_up_to(None);
    eventually("ready again", async || {
        clock.advance_millis(1_000);
        client.get(url("/readyz")).send().await.unwrap().status() == 200
    })
    .await;
    assert_eq!(post(taken + 1).await.0, 200);
    taken += 1;
    assert_eq!(edge.status().backlog, taken * 50);
    edge.kill().await;
    let edge = Edge::start(config, Arc::new(testkit::clock())).await.unwrap();
    assert_eq!(edge.status().backlog, taken * 50, "all that was accepted is there");
    edge.stop().await.unwrap();
    let mut recorded = 0;
    for entry in std::fs::read_dir(folder.path().join("recordings")).unwrap() {
        recorded += telemetry::Recording::open(entry.unwrap().path()).unwrap().ticks().count() as u64;
    }
    assert_eq!(recorded, taken * 50, "and recorded once");
}
