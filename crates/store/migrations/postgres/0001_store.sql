-- What every room leans on: ordered logs, the outbox, and the answers of writes that may be sent again.

-- The newest position of each ordered log. Updated in the transaction that writes the entry, hence without gaps.
create table store_counter (
    log      text collate "C" primary key,
    position bigint not null check (position > 0)
);

-- Topics whose newest position may not have reached the other nodes yet. One row a topic: only the newest counts.
create table store_outbox (
    topic    text collate "C" primary key,
    position bigint not null
);

-- The answer to each write, kept under the sender's key, stored in the transaction of the write itself.
create table idempotency (
    key          text collate "C" not null,
    actor        text collate "C" not null,            -- '' for the public
    route        text collate "C" not null,
    request_hash text collate "C" not null,
    status       bigint not null,
    body         text not null,
    at           bigint not null,
    primary key (actor, key)
);
create index idempotency_by_age on idempotency (at);
