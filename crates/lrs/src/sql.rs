//! Every statement of this room, one text for both engines.

use store::ArgKind::{Blob, Int, Text};

web::statements! {
    TENANT_ADD "make a tenant" [Int, Text, Text, Int]
        "insert into xapi_tenant (number, name, keep_years, created_by, created_at) values ($1, $2, null, $3, $4)
         on conflict (number) do nothing";
    TENANTS "list tenants" [] "select number, name, keep_years, created_at from xapi_tenant order by number";
    TENANT "find a tenant" [Int] "select number, name, keep_years, created_at from xapi_tenant where number = $1";
    TENANT_LAST "find the newest tenant" [] "select coalesce(max(number), 0) as number from xapi_tenant";
    TENANT_KEEPS "say how long a tenant keeps statements" [Int, Int]
        "update xapi_tenant set keep_years = $2 where number = $1";

    CLIENT_ADD "keep a client" [Text, Int, Text, Text, Text, Text, Text, Int]
        "insert into xapi_client (id, tenant, name, login, secret_hash, scopes, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)";
    CLIENTS "list clients" [Text, Int]
        "select c.id, c.tenant, t.name as tenant_name, c.name, c.login, c.scopes, c.created_by, c.created_at, c.revoked_at
         from xapi_client c join xapi_tenant t on t.number = c.tenant
         where cast($1 as text) is null or c.id > $1 order by c.id limit $2";
    CLIENT "find a client" [Text]
        "select c.id, c.tenant, t.name as tenant_name, c.name, c.login, c.scopes, c.created_by, c.created_at, c.revoked_at
         from xapi_client c join xapi_tenant t on t.number = c.tenant where c.id = $1";
    CLIENT_REVOKE "revoke a client's key" [Text, Int]
        "update xapi_client set revoked_at = $2 where id = $1 and revoked_at is null";
    CLIENT_TOKENS_DROP "drop a client's tokens" [Text] "delete from xapi_token where client = $1";
    BY_KEY "find who a key belongs to" [Text, Text]
        "select id, tenant, name, login, scopes from xapi_client
         where login = $1 and secret_hash = $2 and revoked_at is null";
    BY_TOKEN "find who a token belongs to" [Text, Int]
        "select c.id, c.tenant, c.name, c.login, t.scopes, t.expires_at from xapi_token t join xapi_client c on c.id = t.client
         where t.token_hash = $1 and t.expires_at > $2 and c.revoked_at is null";
    TOKEN_ADD "keep a token" [Text, Text, Text, Int]
        "insert into xapi_token (token_hash, client, scopes, expires_at) values ($1, $2, $3, $4)";
    TOKENS_EXPIRED "drop tokens that have expired" [Int] "delete from xapi_token where expires_at <= $1";

    DOCUMENT "read a document" [Int, Text, Blob, Text, Text]
        "select content_type, etag, updated_at, content from xapi_document
         where tenant = $1 and kind = $2 and place = $3 and registration = $4 and name = $5";
    DOCUMENT_PUT "keep a document" [Int, Text, Blob, Text, Text, Text, Text, Int, Blob]
        "insert into xapi_document (tenant, kind, place, registration, name, content_type, etag, updated_at, content)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (tenant, kind, place, registration, name) do update set content_type = excluded.content_type,
             etag = excluded.etag, updated_at = excluded.updated_at, content = excluded.content";
    DOCUMENT_DROP "drop a document" [Int, Text, Blob, Text, Text]
        "delete from xapi_document where tenant = $1 and kind = $2 and place = $3 and registration = $4 and name = $5";
    DOCUMENTS_DROP "drop all documents of a place" [Int, Text, Blob, Text]
        "delete from xapi_document where tenant = $1 and kind = $2 and place = $3
         and (cast($4 as text) is null or registration = $4)";
    DOCUMENTS "list the documents of a place" [Int, Text, Blob, Text, Int]
        "select name, max(updated_at) as updated_at from xapi_document where tenant = $1 and kind = $2 and place = $3
         and (cast($4 as text) is null or registration = $4) and updated_at > $5 group by name order by name";

    FORWARD_ADD "keep a forward" [Text, Int, Text, Text, Text, Text, Int, Text, Int]
        "insert into xapi_forward (id, tenant, name, endpoint, login, secret, position, failures, next_at, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $9)";
    FORWARDS "list forwards" []
        "select id, tenant, name, endpoint, login, position, failures, failed, next_at, created_at, stopped_at
         from xapi_forward order by id";
    FORWARDS_DUE "find forwards that are due" [Int]
        "select id, tenant, name, endpoint, login, secret, position, failures from xapi_forward
         where stopped_at is null and next_at <= $1 order by id";
    FORWARD_WENT "note how far a forward is" [Text, Int]
        "update xapi_forward set position = $2, failures = 0, failed = null, next_at = 0 where id = $1 and position < $2";
    FORWARD_FAILED "note that a forward failed" [Text, Text, Int]
        "update xapi_forward set failures = failures + 1, failed = $2, next_at = $3 where id = $1";
    FORWARD_STOP "stop a forward" [Text, Int]
        "update xapi_forward set stopped_at = $2 where id = $1 and stopped_at is null";
}
