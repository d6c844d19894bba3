-- What was published, as it was published; and of which union somebody is in a contest, as it was when he came into it.

create table contest_pack (
    contest  text not null references contest (id),
    position integer not null,     -- of the log: where the result became final
    sha256   text not null,        -- of the body
    made_at  integer not null,
    body     blob not null,        -- the ZIP, byte for byte: it is never made anew
    primary key (contest, position)
) strict;
