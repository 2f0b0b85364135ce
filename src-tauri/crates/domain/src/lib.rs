//! Nouns, rules, state machines and ports.
