//! Hybrid search over products and passages, kept in LanceDB.
//!
//! Everything in here can be built again from the rows that the engine holds, so nothing in here is the
//! truth: a damaged folder is reported as broken, deleted and rebuilt. No other crate names lancedb or
//! arrow. Start with [`LanceIndex`]; [`generation`] is one set of tables on disk, [`terms`] is what keyword
//! search sees of a text, [`asked`] what it is asked for by the [`vocabulary`] of the rows, [`fusion`] joins
//! the two result lists.

mod asked;
mod fusion;
mod generation;
mod index;
mod pointer;
mod row_ids;
mod rows;
mod terms;
mod vocabulary;

pub use index::LanceIndex;
