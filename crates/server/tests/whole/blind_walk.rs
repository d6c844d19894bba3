//! A judge can't reach a name: every route of the hall, every page, every live topic and the program's log, walked as a judge while the draw is
//! sealed, hold nobody's name, enterprise or team. And nobody else, an administrator and organiser included, gets a name beside a number, or an id that
//! stood beside a name before the draw.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use testkit::{eventually, temp_dir};

use crate::common::judge::{marks_owed, next_mark};
use crate::common::program::{Hall, migrate, sqlite_in};
use crate::common::stage::{COMPETITORS, Staged, id, ids_in, stage_drawn};
use crate::common::visitor::{Visitor, http, new_key};

/// What a judge must not read: names of the field, of those who sent them, and of their teams.
struct Field {
    words: Vec<String>,
    /// Ids of entries and teams that stood beside names before the draw.
    ids: BTreeSet<String>,
}

impl Field {
    fn must_not_stand_in(&self, text: &str, place: &str) {
        for word in &self.words {
            let escaped: String = word.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            assert!(!text.contains(word.as_str()) && !text.contains(&escaped), "{place} holds {word}:\n{text}");
        }
    }

    /// What somebody noted down beside a name is nowhere: not where numbers are, and not where names are, which would tell what it is now.
    fn must_not_be_known_in(&self, text: &str, place: &str) {
        let known: Vec<_> = ids_in(text).intersection(&self.ids).cloned().collect();
        assert!(known.is_empty(), "{place} holds {known:?} of before the draw:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_judge_reaches_no_name_while_the_draw_is_sealed() {
    let folder = temp_dir();
    let database = sqlite_in(folder.path());
    migrate(&database).await;
    let mut hall = Hall::open_in(&database, &[], &[("RUST_LOG", "debug")]).await;
    let base = hall.base();
    let staged = stage_drawn(&base).await;
    let field = Field { words: words_of(&staged).await, ids: staged.before.clone() };
    assert!(field.words.len() >= 10, "{:?}", field.words);
    assert_eq!(field.ids.len(), COMPETITORS + 2, "entries and teams: {:?}", field.ids);

    // Something of everything: marks, a problem, a request, a verdict, samples.
    let judge = &staged.judges[0];
    for judge in &staged.judges {
        let mark = next_mark(&staged, judge).await;
        judge.post(&staged.path("/marks"), json!({"marks": [mark]})).await;
    }
    judge.post(&staged.path(&format!("/runs/{}/problems", staged.runs[0])), json!({"text": "夹具松动"})).await;
    judge.post(&staged.path(&format!("/runs/{}/judge-requests", staged.runs[0])), json!({"checkpoint": null})).await;
    photographs(&base, &staged, judge).await;

    let competitor = staged.competitor(&base).await;
    let mine = competitor.get(&staged.path("/mine")).await;
    let run = mine["runs"].as_array().unwrap().iter().find(|run| run["state"] == "open").unwrap();
    staged.chief.post(&staged.path(&format!("/runs/{}/clock", id(&run["id"]))), json!({"act": "close"})).await;
    let appeal = json!({"module": run["module"]["code"], "text": "夹具在第二步前已松动"});
    competitor.post(&staged.path("/appeals"), appeal).await;

    let walk = Walk { base: &base, staged: &staged, judge, field: &field, ids: known_ids(&staged).await };
    let reached = walk.routes().await;
    for wanted in [
        "/sheet",
        "/runs",
        "/stations",
        "/problems",
        "/photos",
        "/photos/{photo}",
        "/ranking",
        "/draw",
        "/clics/contests/{contest}/{endpoint}",
    ] {
        assert!(reached.iter().any(|path| path.ends_with(wanted)), "the walk got nothing from {wanted}: {reached:?}");
    }
    walk.reads_of(&staged.admin).await;
    walk.pages().await;
    let heard = walk.topics().await;
    assert!(heard >= 10, "{heard} topics");

    // The walk finds names where they stand: an organiser has the list, and when the draw is undone everybody reads it.
    let list = staged.admin.get(&staged.path("/entries?limit=200")).await.to_string();
    assert!(field.words.iter().any(|word| list.contains(word)));
    marked_to_the_end(&base, &staged).await;
    staged.chief.post(&staged.path("/state"), json!({"to": "review", "reason": "核对"})).await;
    let supervisor = staged.supervisor(&base).await;
    rechecked(&staged, &supervisor).await;
    walk.routes().await;
    walk.reads_of(&staged.admin).await;
    walk.topics().await;
    let digest = staged.chief.get(&staged.path("/results")).await["digest"].clone();
    for (client, role) in [(&staged.chief, "chief_judge"), (&supervisor, "supervisor")] {
        client.post(&staged.path("/draw/undoing"), json!({"role": role, "digest": digest})).await;
    }
    let told = judge.get(&staged.path("/draw")).await.to_string();
    assert!(field.words.iter().any(|word| told.contains(word)));

    let log = hall.program.stderr();
    assert!(log.contains("DEBUG"), "it is told to log much");
    log.lines().for_each(|line| field.must_not_stand_in(line, "the log"));
    hall.program.ask_to_stop();
    eventually("it stops", async || !hall.program.is_running()).await;
}

/// No sheet is open and no run under way any more; the gateway, which has told nothing, is retired.
async fn marked_to_the_end(base: &str, staged: &Staged) {
    for judge in &staged.judges {
        let marks = marks_owed(staged, judge).await;
        assert!(!marks.is_empty());
        judge.post(&staged.path("/marks"), json!({"marks": marks})).await;
    }
    for run in staged.chief.list(&staged.path("/runs")).await {
        if run["state"] == "open" {
            staged.chief.post(&staged.path(&format!("/runs/{}/clock", id(&run["id"]))), json!({"act": "close"})).await;
        }
    }
    // Who has a key for the venue is waited for until it is retired.
    for key in staged.admin.list(&staged.path("/edge-keys")).await {
        let request = http().delete(format!("{base}{}", staged.path(&format!("/edge-keys/{}", id(&key["id"])))));
        let request = request.header("cookie", &staged.admin.cookie).header("x-csrf-token", &staged.admin.csrf);
        let answer = request.header("idempotency-key", new_key()).send().await.unwrap();
        assert!(answer.status().is_success(), "{:?}", answer.text().await);
    }
}

/// Where nothing told of the equipment there is nothing to confirm.
async fn rejected(staged: &Staged) {
    for verdict in staged.chief.list(&staged.path("/verdicts?state=waiting")).await {
        let decision = staged.path(&format!("/verdicts/{}/decision", id(&verdict["id"])));
        staged.chief.post(&decision, json!({"decision": "reject", "reason": "无数据"})).await;
    }
}

/// The chief judge orders the recheck as soon as the referee has seen everything to its end; the supervisor finds every mark right.
async fn rechecked(staged: &Staged, supervisor: &Visitor) {
    let path = staged.path("/recheck");
    eventually("the recheck is ordered", async || {
        rejected(staged).await;
        let asked = staged.chief.try_post(&path, &new_key(), &json!({"public_part": null})).await.unwrap();
        assert!(asked.0 == 201 || asked.1["code"] == "recheck_state", "{}", asked.1);
        asked.0 == 201
    })
    .await;
    let seen = supervisor.get(&path).await;
    for entry in seen["ordered"]["entries"].as_array().unwrap() {
        if entry["is_wanted"] == true {
            let one = format!("{path}/entries/{}", id(&entry["entry"]));
            supervisor.post(&one, json!({"differences": []})).await;
        }
    }
}

const PHOTO: &str = "pho_00000000000000000001";
/// The smallest picture there is.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\x0aIDAT\x78\xda\x63\x60\0\0\0\x02\0\x01\xe5\x27\xde\xfc\0\0\0\0IEND\xae\x42\x60\x82";

/// As a tablet does it.
async fn photographs(base: &str, staged: &Staged, judge: &Visitor) {
    let path = staged.path(&format!("/runs/{}/photos", staged.runs[0]));
    let url = format!("{base}{path}?id={PHOTO}&of=problem&at=2026-11-22T08:01:00.000Z");
    let request = http().post(url).header("cookie", &judge.cookie).header("x-csrf-token", &judge.csrf);
    let answer = request.header("idempotency-key", new_key()).body(PIXEL).send().await.unwrap();
    assert_eq!(answer.status(), 201, "{:?}", answer.text().await);
}

/// By the organiser's own list.
async fn words_of(staged: &Staged) -> Vec<String> {
    let mut words = BTreeSet::new();
    for entry in staged.admin.list(&staged.path("/entries")).await {
        assert!(entry["no"].is_null() && entry["id"].is_null() && entry["team"].is_null(), "{entry}");
        words.insert(id(&entry["name"]));
        words.extend(
            ["organisation_name", "team_name"].iter().filter_map(|key| entry[key]["zh"].as_str()).map(str::to_owned),
        );
    }
    words.into_iter().collect()
}

/// What the parameters of routes may be.
async fn known_ids(staged: &Staged) -> BTreeMap<&'static str, Vec<String>> {
    let texts = |items: &[Value], key: &str| items.iter().map(|item| id(&item[key])).collect::<Vec<_>>();
    let contest = staged.chief.get(&staged.path("")).await;
    let ranking = staged.judges[0].list(&staged.path("/ranking")).await;
    let runs = staged.judges[0].list(&staged.path("/runs")).await;
    let people = staged.admin.list("/api/persons").await;
    let accounts = staged.admin.list("/api/accounts").await;
    let organisations = staged.admin.list("/api/organisations").await;
    let codes = [
        "access",
        "problems",
        "groups",
        "organizations",
        "teams",
        "persons",
        "submissions",
        "judgements",
        "runs",
        "awards",
        "clarifications",
        "state",
        "languages",
        "judgement-types",
    ];
    let views = ranking.iter().map(|row| format!("competitor/{}", id(&row["entry"])));
    BTreeMap::from([
        ("contest", vec![staged.contest.clone()]),
        ("run", texts(&runs, "id")),
        ("entry", texts(&ranking, "entry")),
        ("endpoint", codes.map(str::to_owned).to_vec()),
        ("id", texts(&ranking, "entry").into_iter().chain(texts(contest["teams"].as_array().unwrap(), "id")).collect()),
        ("person", texts(&people, "id")),
        ("account", texts(&accounts, "id")),
        ("organisation", texts(&organisations, "id")),
        ("problem", (1..40).map(|at| at.to_string()).collect()),
        ("appeal", texts(&staged.chief.list(&staged.path("/appeals")).await, "id")),
        ("application", vec!["apn_x".into()]),
        ("verdict", vec!["vdt_x".into()]),
        ("season", vec!["sea_x".into()]),
        ("advance", vec!["adv_x".into()]),
        ("photo", vec![PHOTO.into()]),
        ("what", vec!["competitors".into(), "judges".into()]),
        ("number", vec!["7K2M-04TX-9QWE".into()]),
        ("share", vec!["0".repeat(64)]),
        ("role", vec!["judge".into()]),
        ("version", vec!["1".into(), "2".into()]),
        ("key", vec!["key_x".into()]),
        ("client", vec!["xac_x".into()]),
        ("tenant", vec!["0".into()]),
        ("forward", vec!["xaf_x".into()]),
        ("view", ["overall", "control"].map(str::to_owned).into_iter().chain(views).collect()),
    ])
}

struct Walk<'a> {
    base: &'a str,
    staged: &'a Staged,
    judge: &'a Visitor,
    field: &'a Field,
    ids: BTreeMap<&'static str, Vec<String>>,
}

impl Walk<'_> {
    /// What an administrator reads, who may read everything: names, or numbers, never both.
    async fn reads_of(&self, administrator: &Visitor) {
        let document = administrator.get("/api/openapi.json").await;
        let mut told = (0, 0);
        for (path, operations) in document["paths"].as_object().unwrap() {
            // What stands on a paper is read by a PDF reader in the room's own test.
            let is_paper = path.contains("/papers/") || path.ends_with("/report");
            if operations.get("get").is_none() || path.starts_with("/live/") || path.ends_with("event-feed") || is_paper
            {
                continue;
            }
            for concrete in self.filled(path) {
                let (_, said) = self.ask_as(administrator, "get", &concrete).await;
                let named = self.field.words.iter().any(|word| said.contains(word.as_str()));
                let numbered = self.ids["entry"].iter().any(|entry| said.contains(entry.as_str()));
                // What was asked for stands in some answers; that is no secret.
                let asked = self.ids["entry"].iter().any(|entry| concrete.contains(entry.as_str()));
                assert!(!(named && (numbered || asked)), "get {concrete} tells whose a number is:\n{said}");
                told = (told.0 + u32::from(named), told.1 + u32::from(numbered));
            }
        }
        assert!(told.0 > 0 && told.1 > 0, "names here, numbers there: {told:?}");
    }

    /// Every operation of the hall's own document, with every id that could be known. Says which gave something.
    async fn routes(&self) -> BTreeSet<String> {
        let document = self.judge.get("/api/openapi.json").await;
        let mut reached = BTreeSet::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for method in operations.as_object().unwrap().keys() {
                // Signing out ends the walk, and a stream doesn't end; topics are walked apart.
                if (method == "delete" && path == "/api/session")
                    || path.starts_with("/live/")
                    || path.ends_with("event-feed")
                {
                    continue;
                }
                for concrete in self.filled(path) {
                    let said = self.ask(method, &concrete).await;
                    if said.0 < 300 {
                        reached.insert(path.clone());
                    }
                    self.field.must_not_stand_in(&said.1, &format!("{method} {concrete}"));
                }
            }
        }
        for feed in ["/clics/contests", "/clics/staff/contests"] {
            let (_, said) = self.ask("get", &format!("{feed}/{}/event-feed?stream=false", self.staged.contest)).await;
            self.field.must_not_stand_in(&said, "the event feed");
        }
        assert!(reached.len() >= 15, "{reached:?}");
        reached
    }

    /// A path with its parameters filled in, in every way.
    fn filled(&self, path: &str) -> Vec<String> {
        let mut found = vec![String::new()];
        for (at, part) in path.split('/').enumerate() {
            let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
            let values = match name.map(|name| name.trim_start_matches('*')) {
                Some(name) => {
                    self.ids.get(name).unwrap_or_else(|| panic!("nothing is known for {{{name}}} of {path}")).clone()
                }
                None => vec![part.to_owned()],
            };
            let slash = if at == 0 { "" } else { "/" };
            found = found
                .iter()
                .flat_map(|before| values.iter().map(move |value| format!("{before}{slash}{value}")))
                .collect();
        }
        found
    }

    async fn ask(&self, method: &str, path: &str) -> (u16, String) {
        self.ask_as(self.judge, method, path).await
    }

    async fn ask_as(&self, who: &Visitor, method: &str, path: &str) -> (u16, String) {
        let method = reqwest::Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        let writes = method != reqwest::Method::GET;
        let mut request = http().request(method, format!("{}{path}", self.base)).header("cookie", &who.cookie);
        if writes {
            request = request.header("x-csrf-token", &who.csrf).header("idempotency-key", new_key()).json(&json!({}));
        }
        let response = request.send().await.unwrap();
        let (status, head) = (response.status().as_u16(), format!("{:?}", response.headers()));
        let said = format!("{head}\n{}", String::from_utf8_lossy(&response.bytes().await.unwrap()));
        self.field.must_not_be_known_in(&said, path);
        (status, said)
    }

    async fn pages(&self) {
        let entry = &self.ids["entry"][0];
        let contest = &self.staged.contest;
        for page in ["/", "/judge/", "/desk/", "/metrics", "/readyz"] {
            let (_, said) = self.ask("get", page).await;
            self.field.must_not_stand_in(&said, page);
        }
        for page in
            [format!("/stage/{contest}"), format!("/stage/{contest}/competitor/{entry}"), format!("/judge/{contest}")]
        {
            let (_, said) = self.ask("get", &page).await;
            self.field.must_not_stand_in(&said, &page);
        }
    }

    /// Every view of the contest, before everybody and before staff: a judge gets the first, and the second would tell him nothing.
    async fn topics(&self) -> usize {
        let contest = self.judge.get(&self.staged.path("")).await;
        let of = |list: &str, key: &str| {
            contest[list].as_array().unwrap().iter().map(|one| id(&one[key])).collect::<Vec<_>>()
        };
        let mut views = vec!["overall".to_owned()];
        views.extend(of("teams", "id").iter().map(|team| format!("team/{team}")));
        views.extend(of("abilities", "code").iter().map(|ability| format!("ability/{ability}")));
        views.extend(of("venues", "id").iter().map(|venue| format!("venue/{venue}")));
        views.extend(self.ids["entry"].iter().map(|entry| format!("competitor/{entry}")));
        for view in &views {
            let (status, said) =
                self.snapshot(self.judge, &format!("/live/contests/{}/{view}", self.staged.contest)).await;
            assert!(status == 200 && said.contains("event: snapshot"), "{view}: {status} {said}");
            self.field.must_not_stand_in(&said, view);
        }
        for view in views.iter().map(String::as_str).chain(["control"]) {
            let staff = format!("/live/staff/contests/{}/{view}", self.staged.contest);
            assert_eq!(self.snapshot(self.judge, &staff).await.0, 403, "{view}");
            let (status, said) = self.snapshot(&self.staged.chief, &staff).await;
            assert_eq!(status, 200, "{view}: {said}");
            self.field.must_not_stand_in(&said, &format!("the staff's {view}"));
        }
        views.len()
    }

    /// The first frame of a stream.
    async fn snapshot(&self, who: &Visitor, path: &str) -> (u16, String) {
        let request = http().get(format!("{}{path}", self.base)).header("cookie", &who.cookie);
        let mut response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let mut said = Vec::new();
        while !String::from_utf8_lossy(&said).contains("event: snapshot") || !said.ends_with(b"\n\n") {
            match response.chunk().await.unwrap() {
                Some(more) => said.extend_from_slice(&more),
                None => break,
            }
        }
        let said = String::from_utf8_lossy(&said).into_owned();
        self.field.must_not_be_known_in(&said, path);
        (status, said)
    }
}
