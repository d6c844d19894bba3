//! What every room's HTTP shares: problems, sign-in, paging, idempotency, OpenAPI.
