-- Blind numbers that are drawn, and sealed until two people undo them together.

create table contest_draw (
    contest     text collate "C" primary key references contest (id),
    secret      text collate "C" not null,        -- the hall's part of the seed: told to nobody before the draw is undone
    public_part text collate "C",                 -- what was added to it when lots were drawn
    drawn_at    bigint,               -- null: committed to, not drawn
    undone_at   bigint                -- null: numbers and names are apart
);
