//! What generated exports promise.
