//! What an edge recorded, read by the Python reader of those who made the format.

use super::*;

#[tokio::test]
async fn a_recording_is_read_by_the_formats_own_reader() {
    let (folder, hall) = (testkit::temp_dir(), FakeHall::open(1).await);
    let config = config(folder.path(), &hall, "");
    let edge = start(&config).await;
    assert_eq!(post(&edge, "by-hand", body(1, "S01", 1, 500)).await.0, 200);
    eventually("recorded", async || recorded(folder.path(), "S01").len() == 500).await;
    // The first file breaks off with the edge; the second is ended properly.
    edge.kill().await;
    let edge = start(&config).await;
    assert_eq!(post(&edge, "by-hand", body(2, "S01", 501, 10)).await.0, 200);
    edge.stop().await.unwrap();

    let (mut steps, mut whole) = (Vec::new(), 0);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/edge/read_mcap.py");
    for file in std::fs::read_dir(folder.path().join("recordings")).unwrap() {
        let read = testkit::python(&script, &[file.unwrap().path().to_str().unwrap()]).await;
        let read: serde_json::Value = serde_json::from_str(&read).unwrap();
        assert_eq!(read["compression"], serde_json::json!(["zstd"]));
        whole += u32::from(read["is_whole"] == true);
        for message in read["messages"].as_array().unwrap() {
            let step = message["says"]["signals"]["step"].as_i64().unwrap();
            assert_eq!((&message["topic"], &message["schema"]), (&"/S01".into(), &"guildhall.Tick".into()));
            assert_eq!(message["at"], (START_MS - 3_600_000 + step) * 1_000_000);
            assert_eq!(message["says"]["quality"], "good");
            steps.push(step);
        }
    }
    assert_eq!(whole, 2, "what a killed gateway left behind was completed when it started again");
    steps.sort_unstable();
    assert_eq!(steps, (1..=510).collect::<Vec<_>>());
}
