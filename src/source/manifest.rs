//! `manifest.json`: what the source says that it exported. It is checked, never believed.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::container::Digest;
use crate::error::{Error, Kind, Result};

/// The manifest of a canonical export.
#[derive(Clone, Debug, Deserialize)]
pub struct Manifest {
    format: String,
    format_version: String,
    /// The source's own name of this export.
    pub export_id: Option<String>,
    /// `full` or `delta`.
    pub export_type: Option<String>,
    /// For a delta, the time that its rows were changed after, RFC 3339.
    pub since: Option<String>,
    /// When the export was made, RFC 3339.
    pub exported_at: Option<String>,
    /// Settings of the account that values without zone or currency follow.
    #[serde(default)]
    pub account: Account,
    #[serde(default)]
    csv: Dialect,
    #[serde(default)]
    pub(super) files: Vec<Claim>,
    #[serde(default)]
    pub(super) counts: BTreeMap<String, u64>,
}

/// Settings of the source account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// IANA name, for example `Europe/Berlin`.
    pub timezone: Option<String>,
    /// ISO 4217 code.
    pub currency: Option<String>,
    /// For example `de-DE`.
    pub locale: Option<String>,
    /// What stands between the values of a list, by its name: `semicolon`, `comma`, `pipe` or `line_break`.
    #[serde(skip)]
    pub list_separator: Option<&'static str>,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Dialect {
    quote: Option<String>,
    multi_separator: Option<String>,
}

impl Dialect {
    /// The name of what is said to stand between the values of a list. No cell could tell it from a part of a value.
    fn list_separator(&self) -> Option<&'static str> {
        match self.multi_separator.as_deref()? {
            ";" => Some("semicolon"),
            "," => Some("comma"),
            "|" => Some("pipe"),
            "\n" => Some("line_break"),
            _ => None,
        }
    }

    fn check(&self) -> Result<()> {
        // Encoding, delimiter and escape are found in the file itself, whatever is said of them.
        match self.quote.as_deref() {
            Some(said) if said != "\"" => Err(Error::new(
                Kind::Source,
                format!("manifest.json says quote `{said}`; this program reads `\"`"),
            )
            .hint("export again with the default CSV settings")),
            _ => Ok(()),
        }
    }
}

/// What the manifest says about one file.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claim {
    pub path: String,
    pub object: Option<String>,
    pub rows: Option<u64>,
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
}

impl Manifest {
    /// Reads the manifest and checks that it is of a kind that this program knows.
    pub(super) fn parse(text: &[u8]) -> Result<Self> {
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        let manifest: Self = serde_json::from_slice(text).map_err(|cause| {
            Error::new(Kind::Source, "manifest.json cannot be read")
                .hint(HINT)
                .because(cause)
        })?;
        let Self {
            format,
            format_version,
            ..
        } = &manifest;
        if format != "smartdesk-admin-export" {
            return Err(untrusted(format!(
                "manifest.json is of format `{format}`, not `smartdesk-admin-export`"
            )));
        }
        if format_version.split('.').next() != Some("1") {
            return Err(untrusted(format!(
                "manifest.json is of version {format_version}; this program reads version 1"
            )));
        }
        manifest.csv.check()?;
        let list_separator = manifest.csv.list_separator();
        Ok(Self {
            account: Account {
                list_separator,
                ..manifest.account
            },
            ..manifest
        })
    }

    /// What is said about a file.
    pub(super) fn claim(&self, path: &str) -> Option<&Claim> {
        self.files.iter().find(|claim| claim.path == path)
    }
}

impl Claim {
    /// Compares the bytes that are there with the bytes that were exported.
    pub(super) fn check(&self, found: &Digest) -> Result<()> {
        let path = &self.path;
        if let Some(bytes) = self.bytes.filter(|bytes| *bytes != found.bytes) {
            return Err(untrusted(format!(
                "`{path}` has {} bytes, manifest.json says {bytes}",
                found.bytes
            )));
        }
        let said = self.sha256.as_deref();
        if let Some(said) = said.filter(|said| !said.eq_ignore_ascii_case(&found.sha256)) {
            return Err(untrusted(format!(
                "`{path}` has sha256 {}, manifest.json says {said}",
                found.sha256
            )));
        }
        Ok(())
    }

    /// Compares the rows that were read with the rows that were exported.
    pub(super) fn check_rows(&self, found: u64) -> Result<()> {
        match self.rows {
            Some(said) if said != found => Err(untrusted(format!(
                "`{}` has {found} rows, manifest.json says {said}",
                self.path
            ))),
            _ => Ok(()),
        }
    }
}

const HINT: &str = "export again; if the files are known to be right, land them from a folder \
                    without manifest.json";

/// The export contradicts its manifest.
pub(super) fn untrusted(message: impl Into<String>) -> Error {
    Error::new(Kind::Source, message).hint(HINT)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;

    #[test]
    fn only_known_manifests_are_read() {
        let good = r#"{"format":"smartdesk-admin-export","format_version":"1.0","since":null,
            "account":{"id":"acct_1","timezone":"Europe/Berlin","currency":"EUR"},
            "csv":{"encoding":"UTF-8","delimiter":","},"counts":{"contact":2}}"#;
        let manifest = Manifest::parse(good.as_bytes()).unwrap();
        assert_eq!(manifest.account.timezone.as_deref(), Some("Europe/Berlin"));
        assert_eq!(manifest.counts["contact"], 2);
        for (from, to, reason) in [
            ("smartdesk-admin", "other", "format `other-export`"),
            ("1.0", "2.0", "version 2.0"),
            ("delimiter\":\",", "quote\":\"x", "quote `x`"),
            ("{", "", "cannot be read"),
        ] {
            let error = Manifest::parse(good.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert_eq!(error.kind(), Kind::Source);
            assert!(error.to_string().contains(reason), "{error}");
            assert!(error.next_step().is_some());
        }
    }
}
