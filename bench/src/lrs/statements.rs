//! What is written and asked for: learners, courses with lessons, sections and registrations, all by number, so that each run has the same.

use kernel::Rng;

const LEARNERS: u64 = 5_000;
const COURSES: u64 = 3_606;
const LESSONS: u64 = 12;
const SECTIONS: u64 = 40;
const REGISTRATIONS: u64 = 2_000;
const VERBS: [&str; 9] =
    ["registered", "launched", "initialized", "progressed", "answered", "completed", "passed", "failed", "scored"];
const WITH_RESULT: [&str; 5] = ["answered", "completed", "passed", "failed", "scored"];
const SEPTEMBER: i64 = 1_788_220_800_000;

/// The kinds of queries, each for 50 statements at most.
pub const KINDS: [&str; 8] =
    ["agent", "agent_verb", "activity", "activity_related", "registration", "latest", "since_verb", "id"];

fn learner(at: u64) -> String {
    format!(r#"{{"homePage":"https://union.example.org","name":"u{at:06}"}}"#)
}

fn course(at: u64) -> String {
    format!("https://union.example.org/xapi/courses/{at}")
}

fn registration(at: u64) -> String {
    format!("6e63fc1f-b0a1-4d5c-a000-{at:012}")
}

/// `count` statements from number `first` on, as the body of one request.
pub fn batch(first: usize, count: usize) -> Vec<u8> {
    let mut rng = Rng::from_seed(first as u64 + 42);
    let mut body = String::with_capacity(count * 900);
    body.push('[');
    for number in first..first + count {
        if number > first {
            body.push(',');
        }
        one(number, &mut rng, &mut body);
    }
    body.push(']');
    body.into_bytes()
}

fn one(number: usize, rng: &mut Rng, out: &mut String) {
    use std::fmt::Write;
    let (verb, course_at) = (VERBS[rng.below(VERBS.len() as u64) as usize], rng.below(COURSES));
    let (who, lesson, section) = (rng.below(LEARNERS), rng.below(LESSONS), course_at % SECTIONS);
    let at = kernel::Timestamp::from_millis(SEPTEMBER + number as i64 * 1000);
    let _ = write!(
        out,
        r#"{{"actor":{{"objectType":"Agent","name":"learner {who}","account":{}}},"verb":{{"id":"http://adlnet.gov/expapi/verbs/{verb}","display":{{"en-US":"{verb}","zh-CN":"{verb}"}}}},"object":{{"objectType":"Activity","id":"{}/lessons/{lesson}","definition":{{"type":"http://adlnet.gov/expapi/activities/lesson","name":{{"zh-CN":"课程{course_at}"}}}}}},"context":{{"registration":"{}","platform":"union-training","language":"zh-CN","contextActivities":{{"parent":[{{"id":"{}"}}],"grouping":[{{"id":"https://union.example.org/xapi/sections/{section}"}}]}}}},"timestamp":"{at}""#,
        learner(who),
        course(course_at),
        registration(rng.below(REGISTRATIONS)),
        course(course_at),
    );
    if WITH_RESULT.contains(&verb) {
        let (raw, seconds) = (rng.below(101), 60 + rng.below(3000));
        let _ = write!(
            out,
            r#","result":{{"score":{{"scaled":{},"raw":{raw},"min":0,"max":100}},"success":{},"completion":true,"duration":"PT{seconds}S"}}"#,
            raw as f64 / 100.0,
            verb != "failed",
        );
    }
    out.push('}');
}

/// A query's parameters. `ids` are those of statements that were stored.
pub fn query(kind: &str, rng: &mut Rng, ids: &[String]) -> String {
    let encoded = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => (byte as char).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    let agent = |rng: &mut Rng| encoded(&format!(r#"{{"account":{}}}"#, learner(rng.below(LEARNERS))));
    let verb = |name: &str| encoded(&format!("http://adlnet.gov/expapi/verbs/{name}"));
    match kind {
        "agent" => format!("agent={}&limit=50", agent(rng)),
        "agent_verb" => format!("agent={}&verb={}&limit=50", agent(rng), verb("completed")),
        "activity" => {
            let lesson = format!("{}/lessons/{}", course(rng.below(COURSES)), rng.below(LESSONS));
            format!("activity={}&limit=50", encoded(&lesson))
        }
        "activity_related" => {
            format!("activity={}&related_activities=true&limit=50", encoded(&course(rng.below(COURSES))))
        }
        "registration" => format!("registration={}&limit=50", registration(rng.below(REGISTRATIONS))),
        "latest" => "limit=50".to_owned(),
        "since_verb" => format!("since={}&verb={}&limit=50", encoded("2026-01-01T00:00:00Z"), verb("passed")),
        _ => format!("statementId={}", ids[rng.below(ids.len().max(1) as u64) as usize]),
    }
}
