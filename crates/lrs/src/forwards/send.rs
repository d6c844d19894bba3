//! Sending what is due. The cursor moves when the other store has acknowledged; what it gets twice after a crash, it knows by its id.

use archive::{Reader, Recorded, Tenant};
use kernel::Timestamp;
use reqwest::StatusCode;
use store::{Row, args};

use crate::{Lrs, sql};

/// Statements of one request.
const BATCH: i64 = 200;
/// Batches of one turn, so that one forward doesn't keep the others waiting.
const TURN: u32 = 50;
const WAIT_FIRST_MS: i64 = 2_000;
const WAIT_MAX_MS: i64 = 3_600_000;
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

struct Forward {
    id: String,
    tenant: Tenant,
    endpoint: String,
    login: String,
    secret: String,
    position: i64,
    failures: u32,
}

impl Forward {
    fn of(row: &Row) -> Result<Forward, store::StoreError> {
        Ok(Forward {
            id: row.get("id")?,
            tenant: Tenant::new(row.get("tenant")?).unwrap_or(Tenant::HALL),
            endpoint: row.get("endpoint")?,
            login: row.get("login")?,
            secret: row.get("secret")?,
            position: row.get("position")?,
            failures: row.get("failures")?,
        })
    }
}

pub async fn send_due(lrs: &Lrs) -> Result<(), archive::ArchiveError> {
    let now = lrs.hall.now();
    for row in lrs.hall.db.all(sql::FORWARDS_DUE, &args![now]).await? {
        send(lrs, Forward::of(&row)?).await?;
    }
    Ok(())
}

async fn send(lrs: &Lrs, mut forward: Forward) -> Result<(), archive::ArchiveError> {
    let reader = lrs.reader(forward.tenant);
    for _ in 0..TURN {
        let records = reader.between(forward.position, forward.tenant.end(), BATCH).await?;
        let Some(last) = records.last().map(|record| record.position) else { return Ok(()) };
        match deliver(&reader, &forward, &records).await {
            Ok(()) => went(lrs, &forward, last).await?,
            Err(reason) => return failed(lrs, &forward, &reason).await,
        }
        forward.position = last;
        forward.failures = 0;
    }
    Ok(())
}

/// Why it was not taken, in words for whoever looks at the forward.
async fn deliver(reader: &Reader, forward: &Forward, records: &[Recorded]) -> Result<(), String> {
    let bodies: Vec<&str> = records.iter().filter_map(|record| record.body.as_deref()).collect();
    if bodies.is_empty() {
        return Ok(());
    }
    // Without a provider https fails with a panic deep in the client; a second installation changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().timeout(PATIENCE).redirect(reqwest::redirect::Policy::none()).build();
    let client = client.map_err(|error| error.to_string())?;
    // Together; where one of them is refused, one by one, so that it alone stays behind.
    match post(&client, forward, &format!("[{}]", bodies.join(","))).await? {
        Said::Taken => return Ok(()),
        Said::Refused(_) => {}
    }
    for record in records {
        let Some(body) = &record.body else { continue };
        let files = body.contains("\"attachments\"");
        if files && !reader.attachments(record.position).await.map_err(|error| error.to_string())?.is_empty() {
            tracing::warn!(
                forward = forward.id,
                position = record.position,
                "a statement with files was not forwarded"
            );
            continue;
        }
        if let Said::Refused(why) = post(&client, forward, body).await? {
            tracing::warn!(
                forward = forward.id,
                position = record.position,
                why,
                "a statement was refused by the other store"
            );
        }
    }
    Ok(())
}

enum Said {
    Taken,
    /// For good: it would say the same again.
    Refused(String),
}

async fn post(client: &reqwest::Client, forward: &Forward, body: &str) -> Result<Said, String> {
    let address = format!("{}/statements", forward.endpoint.trim_end_matches('/'));
    let sent = client
        .post(address)
        .basic_auth(&forward.login, Some(&forward.secret))
        .header("x-experience-api-version", "1.0.3")
        .header("content-type", "application/json")
        .body(body.to_owned())
        .send()
        .await;
    let response = sent.map_err(|error| error.without_url().to_string())?;
    match response.status() {
        status if status.is_success() => Ok(Said::Taken),
        // It has them already.
        StatusCode::CONFLICT => Ok(Said::Refused("409".to_owned())),
        StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE => {
            let said = response.text().await.unwrap_or_default();
            Ok(Said::Refused(said.chars().take(300).collect()))
        }
        status => Err(format!("the other store answers {status}")),
    }
}

async fn went(lrs: &Lrs, forward: &Forward, position: i64) -> Result<(), archive::ArchiveError> {
    let args = &args![&forward.id, position];
    lrs.hall.db.write(|tx| Box::pin(async move { tx.exec(sql::FORWARD_WENT, args).await })).await?;
    Ok(())
}

async fn failed(lrs: &Lrs, forward: &Forward, reason: &str) -> Result<(), archive::ArchiveError> {
    let wait = (WAIT_FIRST_MS << forward.failures.min(20)).min(WAIT_MAX_MS);
    let next: Timestamp = lrs.hall.now().plus_millis(wait);
    tracing::warn!(forward = forward.id, reason, wait_ms = wait, "statements can't be forwarded; tried again later");
    let args = &args![&forward.id, reason, next];
    lrs.hall.db.write(|tx| Box::pin(async move { tx.exec(sql::FORWARD_FAILED, args).await })).await?;
    Ok(())
}
