//! `deskferry` moves a CRM account from SmartDesk to Freshsales and proves that every record arrived.

#![forbid(unsafe_code)]

pub mod error;
