//! Who may use which route of this room.

use kernel::Role::{self, Arbitrator, ChiefJudge, Competitor, Judge, Organiser, Staff, Supervisor, VenueOperator};
use web::Access::{EdgeKey, Public, Roles, SignedIn};
use web::Rule;
use web::ScopeOf::{Anywhere, ContestParam, Hall, WithinContest};

const OFFICIALS: &[Role] = &[Judge, ChiefJudge, VenueOperator, Organiser, Supervisor];
const CHIEFS: &[Role] = &[ChiefJudge, Organiser, Supervisor];
/// Who works in a control room: an operator sees it whole and acts on the clocks of his venue.
pub(crate) const CONTROLLERS: &[Role] = &[ChiefJudge, Organiser, Supervisor, VenueOperator];
/// Who changes the rules of a contest.
const RULERS: &[Role] = &[ChiefJudge, Organiser];
/// Who looks at marks once more, and at where that stands.
const RECHECKERS: &[Role] = &[ChiefJudge, Supervisor];
const RECHECK_READERS: &[Role] = &[ChiefJudge, Supervisor, Organiser, Arbitrator];
/// Of an operator's the handler tells those of his venue, without the competitor's words; a judge reads none.
const APPEAL_READERS: &[Role] = &[ChiefJudge, VenueOperator, Organiser, Supervisor, Arbitrator, Staff];
const PHOTOGRAPHERS: &[Role] = &[Judge, ChiefJudge];
const PHOTO_READERS: &[Role] = &[Judge, ChiefJudge, Supervisor, Arbitrator];
const ORGANISERS: &[Role] = &[Organiser, Staff];

/// An Excel file of a field.
const SHEET_BYTES_MAX: usize = 8 << 20;
/// A scheme file, in JSON, and what goes with it.
const SCHEME_BYTES_MAX: usize = 2 << 20;
/// A photograph, as a tablet makes it small.
pub(crate) const PHOTO_BYTES_MAX: usize = 2 << 20;
/// A batch of samples.
const BATCH_BYTES_MAX: usize = 4 << 20;

pub const ACCESS: &[Rule] = &[
    Rule::get("/api/contests", Public),
    Rule::post("/api/contests", Roles(&[Organiser], Hall)).takes(2 * SCHEME_BYTES_MAX),
    Rule::get("/api/schemes", Roles(&[Organiser], Hall)),
    // It reads a text and keeps nothing: a chief judge of one contest checks his rules by it as well.
    Rule::post("/api/schemes/check", SignedIn).repeatable().takes(SCHEME_BYTES_MAX),
    Rule::post("/api/schemes/compare", SignedIn).repeatable().takes(2 * SCHEME_BYTES_MAX),
    Rule::post("/api/schemes/workbook", SignedIn).repeatable().takes(SCHEME_BYTES_MAX),
    Rule::post("/api/schemes/from-workbook", SignedIn).repeatable().takes(SHEET_BYTES_MAX),
    // They ship with the program; whoever changes the rule set of his one contest begins with them as well.
    Rule::get("/api/rule-sets", SignedIn),
    Rule::post("/api/rule-sets/check", SignedIn).repeatable().takes(2 * SCHEME_BYTES_MAX),
    Rule::get("/api/contests/{contest}", Public),
    Rule::get("/api/contests/{contest}/rule-set", Public),
    Rule::put("/api/contests/{contest}/rule-set", Roles(&[Organiser], ContestParam)).takes(SCHEME_BYTES_MAX),
    Rule::get("/api/contests/{contest}/draw", Public),
    Rule::post("/api/contests/{contest}/draw/commitment", Roles(&[Organiser], ContestParam)),
    Rule::post("/api/contests/{contest}/draw/lots", Roles(&[Organiser], ContestParam)),
    Rule::post("/api/contests/{contest}/draw/undoing", Roles(&[ChiefJudge, Supervisor], ContestParam)),
    // While it is in review the handler tells it to insiders only.
    Rule::get("/api/contests/{contest}/results", Public),
    // Whose signature it needs the contest's rule set says.
    Rule::post("/api/contests/{contest}/results/signatures", Roles(CHIEFS, ContestParam)),
    Rule::get("/api/contests/{contest}/results/pack", Public),
    Rule::get("/api/contests/{contest}/analysis", Roles(CHIEFS, ContestParam)),
    // A competitor only his own, which the handler sees to.
    Rule::get("/api/contests/{contest}/portrait/{entry}", Roles(&[Competitor, Organiser, ChiefJudge], WithinContest)),
    // A competitor his own, which the handler sees to.
    Rule::get(
        "/api/contests/{contest}/portrait/{entry}/report",
        Roles(&[Competitor, Organiser, ChiefJudge], WithinContest),
    ),
    Rule::get("/api/contests/{contest}/portrait/{entry}/shares", Roles(&[Competitor], WithinContest)),
    Rule::post("/api/contests/{contest}/portrait/{entry}/shares", Roles(&[Competitor], WithinContest)),
    Rule::post(
        "/api/contests/{contest}/portrait/{entry}/shares/{share}/revocation",
        Roles(&[Competitor], WithinContest),
    ),
    // Whoever has the link has been told it by the competitor.
    Rule::get("/api/portraits/{share}", Public),
    Rule::get("/api/portraits/{share}/report", Public),
    // His own for everybody, all of them for who holds the contest; the handlers see to it.
    Rule::get("/api/contests/{contest}/certificates", SignedIn),
    Rule::get("/api/contests/{contest}/certificates/{number}", Public),
    Rule::get("/api/contests/{contest}/papers/certificates", Roles(CHIEFS, ContestParam)),
    Rule::get("/api/contests/{contest}/papers/certificates/{number}", SignedIn),
    Rule::get("/api/contests/{contest}/papers/letters", Roles(&[Organiser], ContestParam)),
    Rule::get("/api/contests/{contest}/papers/letters/{person}", SignedIn),
    Rule::get("/api/contests/{contest}/letters", Roles(ORGANISERS, ContestParam)),
    Rule::post("/api/contests/{contest}/letters", Roles(&[Organiser], ContestParam)),
    Rule::post("/api/contests/{contest}/state", Roles(&[ChiefJudge, Organiser], ContestParam)),
    Rule::post("/api/contests/{contest}/schedule", Roles(&[Organiser], ContestParam)),
    Rule::get("/api/contests/{contest}/scheme", Public),
    Rule::post("/api/contests/{contest}/scheme", Roles(&[Organiser], ContestParam)).takes(2 * SCHEME_BYTES_MAX),
    Rule::post("/api/contests/{contest}/scheme/check", Roles(RULERS, ContestParam))
        .repeatable()
        .takes(2 * SCHEME_BYTES_MAX),
    Rule::get("/api/contests/{contest}/scheme/versions", Roles(CHIEFS, ContestParam)),
    Rule::get("/api/contests/{contest}/scheme/versions/{version}", Roles(CHIEFS, ContestParam)),
    Rule::post("/api/contests/{contest}/scheme/versions/{version}/restore", Roles(&[Organiser], ContestParam)),
    Rule::get("/api/contests/{contest}/ranking", Public),
    Rule::get("/api/contests/{contest}/views/overall", Public),
    Rule::get("/api/contests/{contest}/pace", Public),
    Rule::get("/api/contests/{contest}/control", Roles(CONTROLLERS, WithinContest)),
    Rule::get("/api/contests/{contest}/entries", Roles(ORGANISERS, ContestParam)),
    Rule::get("/api/contests/{contest}/judges", Roles(&[Organiser, Staff, ChiefJudge], ContestParam)),
    Rule::post("/api/contests/{contest}/judges/{account}/excuse", Roles(&[ChiefJudge, Organiser], ContestParam)),
    Rule::post("/api/contests/{contest}/judges/{account}/return", Roles(&[ChiefJudge, Organiser], ContestParam)),
    Rule::post("/api/contests/{contest}/imports/{what}", Roles(&[Organiser], ContestParam)).takes(SHEET_BYTES_MAX),
    Rule::post("/api/contests/{contest}/imports/{what}/annotated", Roles(&[Organiser], ContestParam))
        .repeatable()
        .takes(SHEET_BYTES_MAX),
    Rule::get("/api/contests/{contest}/imports/{what}/template", Roles(&[Organiser], ContestParam)),
    Rule::get("/api/registrations", Public),
    Rule::get("/api/contests/{contest}/registration", Public),
    Rule::post("/api/contests/{contest}/registration", Roles(&[Organiser], ContestParam)),
    Rule::get("/api/applications/mine", SignedIn),
    // Whose applications somebody may read and change, the handlers see to: his own, those of organisations over which he is staff, an organiser's all.
    Rule::get("/api/contests/{contest}/applications", Roles(ORGANISERS, Anywhere)),
    Rule::post("/api/contests/{contest}/applications", SignedIn),
    Rule::post("/api/contests/{contest}/applications/decisions", Roles(&[Organiser], ContestParam)),
    Rule::get("/api/contests/{contest}/applications/people", Roles(ORGANISERS, Anywhere)),
    Rule::get("/api/contests/{contest}/applications/export", Roles(ORGANISERS, Anywhere)),
    Rule::get("/api/contests/{contest}/applications/imports/template", Roles(ORGANISERS, Anywhere)),
    Rule::post("/api/contests/{contest}/applications/imports", Roles(ORGANISERS, Anywhere)).takes(SHEET_BYTES_MAX),
    Rule::post("/api/contests/{contest}/applications/imports/annotated", Roles(ORGANISERS, Anywhere))
        .repeatable()
        .takes(SHEET_BYTES_MAX),
    Rule::get("/api/contests/{contest}/applications/{application}", SignedIn),
    Rule::post("/api/contests/{contest}/applications/{application}/amendment", SignedIn),
    Rule::post("/api/contests/{contest}/applications/{application}/withdrawal", SignedIn),
    Rule::post("/api/contests/{contest}/applications/{application}/substitution", Roles(&[Organiser], ContestParam)),
    Rule::get("/api/contests/{contest}/stations", Roles(OFFICIALS, WithinContest)),
    Rule::get("/api/contests/{contest}/runs", Roles(OFFICIALS, WithinContest)),
    Rule::get("/api/contests/{contest}/runs/{run}/sheet", Roles(&[Judge, ChiefJudge], WithinContest)),
    Rule::post("/api/contests/{contest}/marks", Roles(&[Judge, ChiefJudge], WithinContest)).takes(1 << 20),
    Rule::post("/api/contests/{contest}/presence", Roles(&[Judge, ChiefJudge], WithinContest)).repeatable(),
    Rule::get("/api/contests/{contest}/theory", Roles(&[Organiser], ContestParam)),
    Rule::post("/api/contests/{contest}/theory", Roles(&[Organiser], ContestParam)).takes(1 << 20),
    Rule::post("/api/contests/{contest}/runs/{run}/problems", Roles(OFFICIALS, WithinContest)),
    Rule::get("/api/contests/{contest}/problems", Roles(OFFICIALS, WithinContest)),
    Rule::post(
        "/api/contests/{contest}/problems/{problem}/settlement",
        Roles(&[ChiefJudge, VenueOperator], WithinContest),
    ),
    // A judge reads and withdraws his own only, which the handlers see to.
    Rule::post("/api/contests/{contest}/runs/{run}/photos", Roles(PHOTOGRAPHERS, WithinContest)).takes(PHOTO_BYTES_MAX),
    Rule::get("/api/contests/{contest}/runs/{run}/photos", Roles(PHOTO_READERS, WithinContest)),
    Rule::get("/api/contests/{contest}/photos/{photo}", Roles(PHOTO_READERS, WithinContest)),
    Rule::delete("/api/contests/{contest}/photos/{photo}", Roles(PHOTOGRAPHERS, WithinContest)),
    Rule::post("/api/contests/{contest}/runs/{run}/clock", Roles(&[ChiefJudge, VenueOperator], WithinContest)),
    Rule::post(
        "/api/contests/{contest}/runs/{run}/judge-requests",
        Roles(&[Competitor, VenueOperator, Judge, ChiefJudge], WithinContest),
    ),
    Rule::post("/api/contests/{contest}/equipment", Roles(&[ChiefJudge], ContestParam)),
    Rule::get("/api/contests/{contest}/panels", Roles(CHIEFS, ContestParam)),
    Rule::get("/api/contests/{contest}/mine", Roles(&[Competitor], WithinContest)),
    Rule::get("/api/contests/{contest}/verdicts", Roles(&[Judge, ChiefJudge, Organiser, Supervisor], WithinContest)),
    Rule::post("/api/contests/{contest}/verdicts/{verdict}/decision", Roles(&[Judge, ChiefJudge], WithinContest)),
    Rule::post("/api/contests/{contest}/verdicts/{verdict}/take-back", Roles(&[ChiefJudge], ContestParam)),
    Rule::get("/api/contests/{contest}/recheck", Roles(RECHECK_READERS, ContestParam)),
    Rule::post("/api/contests/{contest}/recheck", Roles(&[ChiefJudge], ContestParam)),
    Rule::get("/api/contests/{contest}/recheck/entries/{entry}", Roles(RECHECKERS, ContestParam)),
    Rule::post("/api/contests/{contest}/recheck/entries/{entry}", Roles(RECHECKERS, ContestParam)).takes(1 << 20),
    Rule::get("/api/contests/{contest}/appeals", Roles(APPEAL_READERS, WithinContest)),
    Rule::post("/api/contests/{contest}/appeals", Roles(&[Competitor, Organiser, Staff], WithinContest)),
    Rule::post(
        "/api/contests/{contest}/appeals/{appeal}/withdrawal",
        Roles(&[Competitor, Organiser, Staff], WithinContest),
    ),
    Rule::post("/api/contests/{contest}/appeals/{appeal}/answer", Roles(&[Arbitrator], ContestParam)).takes(1 << 20),
    Rule::get("/api/contests/{contest}/rules", Roles(CHIEFS, ContestParam)),
    Rule::post("/api/contests/{contest}/rules/try", Roles(RULERS, ContestParam)).repeatable().takes(SCHEME_BYTES_MAX),
    Rule::post("/api/contests/{contest}/rules/publish", Roles(RULERS, ContestParam)).takes(SCHEME_BYTES_MAX),
    Rule::get("/api/contests/{contest}/rules/shadow", Roles(CHIEFS, ContestParam)),
    Rule::post("/api/contests/{contest}/rules/shadow", Roles(RULERS, ContestParam)).takes(SCHEME_BYTES_MAX),
    Rule::get("/api/contests/{contest}/rules/agreement", Roles(CHIEFS, ContestParam)),
    Rule::get("/api/contests/{contest}/recordings", Roles(CHIEFS, ContestParam)),
    Rule::get("/api/contests/{contest}/runs/{run}/signals", Roles(CHIEFS, ContestParam)),
    Rule::post("/api/contests/{contest}/telemetry", EdgeKey).repeatable().takes(BATCH_BYTES_MAX),
    Rule::get("/api/trades", Public),
    Rule::get("/api/calendar", Public),
    Rule::get("/api/season-files", Roles(&[Organiser], Hall)),
    Rule::post("/api/season-files/check", SignedIn).repeatable().takes(SCHEME_BYTES_MAX),
    Rule::get("/api/seasons", Public),
    Rule::post("/api/seasons", Roles(&[Organiser], Hall)).takes(SCHEME_BYTES_MAX),
    Rule::get("/api/seasons/{season}", Public),
    // Into whose field others go, the handlers see to: who confirms or answers is an organiser there as well.
    Rule::post("/api/contests/{contest}/season", Roles(&[Organiser], ContestParam)),
    Rule::get("/api/contests/{contest}/advancement", Roles(&[Organiser], ContestParam)),
    Rule::post("/api/contests/{contest}/advancement", Roles(&[Organiser], ContestParam)),
    Rule::post("/api/contests/{contest}/advancement/{advance}/answer", Roles(&[Organiser], ContestParam)),
    // Whoever was offered them, which the handlers see to.
    Rule::get("/api/season-places/mine", SignedIn),
    Rule::post("/api/season-places/{advance}/answer", SignedIn),
    Rule::get("/clics", Public),
    Rule::get("/clics/", Public),
    Rule::get("/clics/contests", Public),
    Rule::get("/clics/contests/{contest}", Public),
    Rule::get("/clics/contests/{contest}/scoreboard", Public),
    Rule::get("/clics/contests/{contest}/event-feed", Public),
    Rule::get("/clics/contests/{contest}/{endpoint}", Public),
    Rule::get("/clics/contests/{contest}/{endpoint}/{id}", Public),
    Rule::get("/clics/staff", SignedIn),
    Rule::get("/clics/staff/", SignedIn),
    Rule::get("/clics/staff/contests", SignedIn),
    Rule::get("/clics/staff/contests/{contest}", Roles(CONTROLLERS, WithinContest)),
    Rule::get("/clics/staff/contests/{contest}/scoreboard", Roles(CONTROLLERS, WithinContest)),
    Rule::get("/clics/staff/contests/{contest}/event-feed", Roles(CONTROLLERS, WithinContest)),
    Rule::get("/clics/staff/contests/{contest}/{endpoint}", Roles(CONTROLLERS, WithinContest)),
    Rule::get("/clics/staff/contests/{contest}/{endpoint}/{id}", Roles(CONTROLLERS, WithinContest)),
    Rule::get("/live/contests/{contest}/{*view}", Public),
    Rule::get("/live/staff/contests/{contest}/{*view}", Roles(CONTROLLERS, WithinContest)),
];
