//! Where the destination is, and the key that opens it: both are checked before anything leaves.

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use super::Settings;
use crate::config;
use crate::error::{Error, Kind, Result};

/// What to do when an address is wrong.
pub(super) const BASE_URL_HINT: &str = "check `base_url` in `deskferry.toml`: https://ALIAS.myfreshworks.com/crm/sales/api (suite) or https://DOMAIN.freshsales.io/api (classic)";

/// The base URL of these settings' text.
pub(super) fn base_url(text: &str) -> Result<Url> {
    config::base_url(text.trim())
        .map_err(|why| Error::new(Kind::Config, format!("`base_url` {why}")).hint(BASE_URL_HINT))
}

/// The headers of every call.
pub(super) fn headers(settings: &Settings) -> Result<HeaderMap> {
    let refuse = || {
        Error::new(
            Kind::Config,
            "the API key is empty or holds characters that no key has",
        )
        .hint("set the environment variable that `deskferry.toml` names to the key as shown in Profile settings > API settings")
    };
    let key = settings.key.expose_secret().trim();
    if key.is_empty() || key.contains(char::is_whitespace) {
        return Err(refuse());
    }
    let mut value = HeaderValue::from_str(&format!("Token token={key}")).map_err(|_| refuse())?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}
