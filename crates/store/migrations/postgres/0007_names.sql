-- Imports look names up, row by row.
create index organisation_name on organisation (name_zh);
create index person_of_name on person (organisation, name);
