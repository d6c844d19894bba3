-- What was published, as it was published; and of which union somebody is in a contest, as it was when he came into it.

create table contest_pack (
    contest  text collate "C" not null references contest (id),
    position bigint not null,      -- of the log: where the result became final
    sha256   text collate "C" not null,        -- of the body
    made_at  bigint not null,
    body     bytea not null,       -- the ZIP, byte for byte: it is never made anew
    primary key (contest, position)
);
