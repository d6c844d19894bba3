//! `DELETE /api/archive/forwards/{forward}`: nothing more goes there; what is there stays there.

use axum::extract::State;
use kernel::ErrorCode;
use store::args;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, Hall, IdempotencyKey, Path, RequestId, Signed};

use super::add::AddedForward;
use crate::sql;

/// Stop a forward.
#[utoipa::path(delete, path = "/api/archive/forwards/{forward}", tag = "archive", operation_id = "stop_forward", responses((status = 200, body = AddedForward)))]
pub async fn stop(
    State(hall): State<Hall>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(forward): Path<String>,
) -> ApiResult<Answer> {
    let (now, forward, signed, request_id) = (hall.now(), &forward, &signed, &request_id);
    web::write(&hall, &key, |tx| {
        Box::pin(async move {
            if tx.exec(sql::FORWARD_STOP, &args![forward, now]).await? == 0 {
                return Err(ErrorCode::NotFound.into());
            }
            let act = "record_store.forward_stopped";
            let noted = Noted { at: now, account: Some(&signed.account), act, subject: Some(forward), request_id };
            audit::note(tx, &noted).await?;
            Answer::ok(&AddedForward { id: forward.clone() })
        })
    })
    .await
}
