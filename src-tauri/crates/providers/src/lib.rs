//! AI endpoints that the user points the app at.
