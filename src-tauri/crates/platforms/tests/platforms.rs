//! The clients against servers that answer what the platforms answer, and what they should not.
#![allow(clippy::unwrap_used)]

#[path = "platforms/acts.rs"]
mod acts;
#[path = "platforms/facebook_login.rs"]
mod facebook_login;
#[path = "platforms/google.rs"]
mod google;
#[path = "platforms/instagram_logins.rs"]
mod instagram_logins;
#[path = "platforms/instagram_tokens.rs"]
mod instagram_tokens;
#[path = "platforms/reading.rs"]
mod reading;
#[path = "platforms/recorded.rs"]
mod recorded;
#[path = "platforms/simulated.rs"]
mod simulated;
#[path = "platforms/simulated_facebook.rs"]
mod simulated_facebook;
#[path = "platforms/simulated_instagram.rs"]
mod simulated_instagram;
#[path = "platforms/simulated_telegram.rs"]
mod simulated_telegram;
#[path = "platforms/simulated_youtube.rs"]
mod simulated_youtube;
#[path = "platforms/support.rs"]
mod support;
#[path = "platforms/writing.rs"]
mod writing;
#[path = "platforms/youtube_failing.rs"]
mod youtube_failing;
#[path = "platforms/youtube_moderating.rs"]
mod youtube_moderating;
#[path = "platforms/youtube_reading.rs"]
mod youtube_reading;
#[path = "platforms/youtube_signing_in.rs"]
mod youtube_signing_in;
#[path = "platforms/youtube_tokens.rs"]
mod youtube_tokens;
#[path = "platforms/youtube_writing.rs"]
mod youtube_writing;
