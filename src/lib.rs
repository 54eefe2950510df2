//! `deskferry` moves a CRM account from SmartDesk to Freshsales and proves that every record arrived.
//!
//! ```text
//! export ─ source ─► landing ─► staging/landing/smartdesk/…parquet      text cells, sealed by hash
//!                                   │ warehouse: raw_ views
//!            catalog: sql/ ────────►│ stg_ ─► int_ ─► load_             what the destination shall hold
//!                                   │ reconcile: before_load            gate
//!                                   ▼
//!                          staging/load/<run>/<object>.parquet          sealed
//!                                   │ load: ledger intent ─► freshsales ─► ledger outcome
//!                                   ▼
//!                          Freshsales, or simulator
//!                                   │ freshsales ─► landing             read back, same shape
//!                                   │ reconcile: after_load             gate
//!                                   ▼
//!                          report: tables, JSON
//! ```
//!
//! Modules stand in layers; a module imports only what stands below it (`tests/house.rs` holds this).

#![forbid(unsafe_code)]

// 0
pub mod config;
pub mod error;
// 1: siblings, none imports another
pub mod freshsales;
pub mod landing;
pub mod ledger;
pub mod source;
pub mod warehouse;
// 2
pub mod catalog;
// 3
pub mod load;
pub mod reconcile;
// 4
pub mod migration;
// 5
pub mod report;
// 6
pub mod cli;

// Beside the layers: the destination on loopback. It shares no code with the client and imports `error` only.
pub mod simulator;
