-- Words that the workspace uses for the same thing: a JSON array, two of them at least (domain::synonyms).
create table synonyms (
    id         integer primary key,
    words      text not null check (json_valid(words)),
    updated_at integer not null
) strict;

-- The languages that documents are in are found by steps over this.
create index passage_of_language on passage (language);
