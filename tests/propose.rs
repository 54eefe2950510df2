//! `map propose` by the real program.

mod measure;
