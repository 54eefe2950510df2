//! Where the destination is, and the key that opens it: both are checked before anything leaves.

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use super::Settings;
use crate::error::{Error, Kind, Result};

/// What to do when an address is wrong.
pub(super) const BASE_URL_HINT: &str = "check `base_url` in `deskferry.toml`: https://ALIAS.myfreshworks.com/crm/sales/api (suite) or https://DOMAIN.freshsales.io/api (classic)";

/// The base URL of these settings' text.
pub(super) fn base_url(text: &str) -> Result<Url> {
    let refuse =
        |why: &str| Error::new(Kind::Config, format!("`base_url` {why}")).hint(BASE_URL_HINT);
    let url = Url::parse(text.trim()).map_err(|_| refuse("is not a URL"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("must hold no user name and no password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(refuse("must hold no `?` and no `#`"));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(refuse(
            "must begin with https://, or the key would travel in the open",
        )),
        _ => Err(refuse("must begin with https://")),
    }
}

/// Whether an address is this machine's own.
pub(super) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
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
