//! `POST /api/persons`: a person at an organisation that the caller reaches.

use axum::extract::State;
use kernel::PersonId;
use serde::Deserialize;
use utoipa::ToSchema;
use web::audit::{self, Noted};
use web::directory::{self, Gender, NewPerson};
use web::{Answer, ApiResult, Faults, Hall, IdempotencyKey, Json, RequestId, Signed, wire};

use super::{NAME_MAX, Person};
use crate::organisations::find;
use crate::reach;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AddPerson {
    pub name: String,
    pub gender: Option<Gender>,
    pub organisation: wire::OrganisationId,
    /// Digits, with blanks, hyphens and a leading plus sign where wanted.
    pub phone: Option<String>,
}

/// Add a person.
#[utoipa::path(post, path = "/api/persons", tag = "people", operation_id = "add_person",
    responses((status = 201, body = Person)))]
pub async fn add(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Json(asked): Json<AddPerson>,
) -> ApiResult<Answer> {
    let mut faults = Faults::default();
    let name = faults.text("name", &asked.name, NAME_MAX);
    let phone = asked.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty());
    if phone.is_some_and(|phone| !is_phone(phone)) {
        faults.add(
            "phone",
            "不是电话号码：5 至 20 位数字，可含空格、连字符和开头的加号",
            "is no phone number: 5 to 20 digits, with blanks, hyphens and a leading plus where wanted",
        );
    }
    faults.finish()?;
    let new = NewPerson {
        id: hall.fresh::<PersonId>(),
        name,
        gender: asked.gender,
        organisation: asked.organisation.0,
        phone: phone.map(str::to_owned),
        created_at: hall.now(),
    };
    let (new, signed, request_id) = (&new, &signed, &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            reach::must_reach(tx, signed, &new.organisation, "organisation").await?;
            directory::insert_person(tx, new).await?;
            let (account, subject) = (Some(&signed.account), Some(new.id.as_str()));
            audit::note(tx, &Noted { at: new.created_at, account, act: "person.added", subject, request_id }).await?;
            Answer::created(&Person {
                id: (&new.id).into(),
                name: new.name.clone(),
                gender: new.gender,
                organisation: (&new.organisation).into(),
                organisation_name: find(tx, &new.organisation).await?.name,
                phone: new.phone.clone(),
            })
        })
    })
    .await
}

fn is_phone(phone: &str) -> bool {
    let rest = phone.strip_prefix('+').unwrap_or(phone);
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (5..=20).contains(&digits)
        && phone.len() <= 32
        && rest.bytes().all(|b| b.is_ascii_digit() || b == b' ' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::is_phone;

    #[test]
    fn phones() {
        for (phone, ok) in [
            ("138 0013 8000", true),
            ("+86-512-1234567", true),
            ("12345", true),
            ("1234", false),
            ("12345a", false),
            ("1+23456", false),
            ("１２３４５６", false),
        ] {
            assert_eq!(is_phone(phone), ok, "{phone}");
        }
    }
}
