//! The certificate itself, as PDF: one, or all of a contest.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use kernel::{Actor, ErrorCode};
use web::wire::ContestId;
use web::{ApiResult, Path, Problem, Signed};

use super::certificates::{holds_it, names_winners};
use super::issued::{Issued, Validity};
use super::press::{address, bundled, file_name, issuer, pdf, printed, zip};
use crate::ContestRoom;
use crate::arena::Arena;

/// For its winner, for each of a team, and for those who hold the contest; only while it is valid.
#[utoipa::path(get, path = "/api/contests/{contest}/papers/certificates/{number}", tag = "papers", operation_id = "certificate_paper", params(ContestId, ("number" = String, Path, description = "of the certificate")), responses((status = 200, content_type = "application/pdf", body = Vec<u8>)))]
pub async fn paper(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Path((contest, number)): Path<(ContestId, String)>,
) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    let (hall, address) = (issuer(&room.hall.db).await?, address(&room, &headers)?);
    let (number, sheet) = {
        let arena = floor.arena();
        let certificates = floor.certificates.of(&arena);
        let it = certificates.find(&number)?;
        if !it.is_of(&arena, &actor) {
            if !holds_it(&actor, &arena) {
                return Err(Problem::new(ErrorCode::Forbidden).detail(
                    "只能领取自己的证书",
                    "A certificate is taken by its winner, or by who holds the contest",
                ));
            }
            must_name_winners(&actor, &arena)?;
        }
        must_be_valid(it)?;
        (it.number.clone(), it.sheet(&arena, &hall, &address, &room.hall.config.zone))
    };
    Ok(pdf(&format!("certificate-{number}"), printed(&room, sheet, print::certificate_of_award).await?))
}

/// All that are valid, in one ZIP, in the order of the rule set.
#[utoipa::path(get, path = "/api/contests/{contest}/papers/certificates", tag = "papers", operation_id = "certificate_papers", params(ContestId), responses((status = 200, content_type = "application/zip", body = Vec<u8>)))]
pub async fn all(
    State(room): State<ContestRoom>,
    Signed(actor): Signed,
    headers: HeaderMap,
    Path(contest): Path<ContestId>,
) -> ApiResult<Response> {
    let floor = room.floor(&contest).await?;
    let (hall, address) = (issuer(&room.hall.db).await?, address(&room, &headers)?);
    let sheets: Vec<(String, print::CertificateOfAward)> = {
        let arena = floor.arena();
        let certificates = floor.certificates.of(&arena);
        if !certificates.all.is_empty() {
            must_name_winners(&actor, &arena)?;
        }
        let valid = certificates.all.iter().filter(|it| it.validity == Validity::Valid).enumerate();
        valid
            .map(|(at, it)| {
                let sheet = it.sheet(&arena, &hall, &address, &room.hall.config.zone);
                (file_name(&format!("{:03}-{}-{}", at + 1, sheet.prize.zh, sheet.name)), sheet)
            })
            .collect()
    };
    if sheets.is_empty() {
        return Err(Problem::new(ErrorCode::ContestNotOpen)
            .detail("成绩公布后才有证书", "There are certificates once the result is published"));
    }
    Ok(zip(&format!("{}-certificates", contest.0), bundled(&room, sheets, print::certificate_of_award).await?))
}

/// A sheet bears its winner's name.
fn must_name_winners(actor: &Actor, arena: &Arena) -> ApiResult<()> {
    if names_winners(actor, arena) {
        return Ok(());
    }
    Err(Problem::new(ErrorCode::Forbidden).detail(
        "盲评赛事：成绩因申诉可能变动期间，裁判长和监督员不能看到选手姓名，请由组织者打印",
        "In a contest without names chief judge and supervisor are told none while an appeal may change the result; an organiser prints them",
    ))
}

fn must_be_valid(it: &Issued) -> ApiResult<()> {
    let not_now = |zh: &str, en: &str| Err(Problem::new(ErrorCode::ContestNotOpen).detail(zh, en));
    match it.validity {
        Validity::Valid => Ok(()),
        Validity::Waiting => {
            not_now("有申诉尚未答复，证书暂缓颁发", "An appeal is open that may change this prize; it waits")
        }
        Validity::UnderReview => {
            not_now("成绩因申诉重新复核，证书暂停", "The result is under review again, and its certificates with it")
        }
        Validity::Withdrawn => {
            not_now("成绩更正后，该证书已失效", "The result was corrected, and this certificate withdrawn")
        }
    }
}
