//! SQLite: the only SQL in the project.
