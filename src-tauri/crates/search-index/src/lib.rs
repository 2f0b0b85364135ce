//! LanceDB: product and passage search.
