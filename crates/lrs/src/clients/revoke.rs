//! `DELETE /api/archive/clients/{client}`: the key opens nothing any more, and neither does a token that was got for it.

use axum::extract::State;
use kernel::ErrorCode;
use store::args;
use web::audit::{self, Noted};
use web::{Answer, ApiResult, IdempotencyKey, Path, RequestId, Signed};

use super::list::ClientShown;
use crate::{Lrs, sql};

/// Revoke a client's key.
#[utoipa::path(delete, path = "/api/archive/clients/{client}", tag = "archive", operation_id = "revoke_client", responses((status = 200, body = ClientShown)))]
pub async fn revoke(
    State(lrs): State<Lrs>,
    signed: Signed,
    request_id: RequestId,
    key: IdempotencyKey,
    Path(client): Path<String>,
) -> ApiResult<Answer> {
    let (now, client, signed, request_id) = (lrs.hall.now(), &client, &signed, &request_id);
    let answer = web::write(&lrs.hall, &key, |tx| {
        Box::pin(async move {
            let row = tx.opt(sql::CLIENT, &args![client]).await?;
            row.ok_or(ErrorCode::NotFound)?;
            if tx.exec(sql::CLIENT_REVOKE, &args![client, now]).await? > 0 {
                tx.exec(sql::CLIENT_TOKENS_DROP, &args![client]).await?;
                let act = "record_store.client_revoked";
                let noted = Noted { at: now, account: Some(&signed.account), act, subject: Some(client), request_id };
                audit::note(tx, &noted).await?;
            }
            Answer::ok(&ClientShown::of(&tx.one(sql::CLIENT, &args![client]).await?)?)
        })
    })
    .await?;
    lrs.clients.forget();
    Ok(answer)
}
