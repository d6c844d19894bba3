-- Blind numbers that are drawn, and sealed until two people undo them together.

create table contest_draw (
    contest     text primary key references contest (id),
    secret      text not null,        -- the hall's part of the seed: told to nobody before the draw is undone
    public_part text,                 -- what was added to it when lots were drawn
    drawn_at    integer,              -- null: committed to, not drawn
    undone_at   integer               -- null: numbers and names are apart
) strict;
