//! The YouTube dialect, beside the Instagram one.

mod dialect;
mod faults;
mod listings;
mod moderation;
mod oauth;
mod quota;
mod restart;
mod side_by_side;
mod support;
mod writes;
