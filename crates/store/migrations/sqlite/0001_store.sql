-- What every room leans on: ordered logs, the outbox, and the answers of writes that may be sent again.

-- The newest position of each ordered log. Updated in the transaction that writes the entry, hence without gaps.
create table store_counter (
    log      text primary key,
    position integer not null check (position > 0)
) strict;

-- Topics whose newest position may not have reached the other nodes yet. One row a topic: only the newest counts.
create table store_outbox (
    topic    text primary key,
    position integer not null
) strict;

-- The answer to each write, kept under the sender's key, stored in the transaction of the write itself.
create table idempotency (
    key          text not null,
    actor        text not null,                        -- '' for the public
    route        text not null,
    request_hash text not null,
    status       integer not null,
    body         text not null,
    at           integer not null,
    primary key (actor, key)
) strict;
create index idempotency_by_age on idempotency (at);
