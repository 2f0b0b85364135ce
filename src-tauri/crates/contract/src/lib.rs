//! What crosses to the user interface.
