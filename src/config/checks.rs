//! Checks of single values. Each says what is wrong and how it should look, and never repeats the value.

use std::net::IpAddr;

use jiff::tz::TimeZone;
use reqwest::Url;

use super::{DailyWindow, Edition};

/// A lower-case name that can be part of a relation's name.
pub(super) fn name(text: &str) -> Result<(), String> {
    let starts = text.starts_with(|c: char| c.is_ascii_lowercase());
    let rest = text
        .chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    ensure(
        starts && rest && !text.contains("__"),
        "is not a name: lower-case letters, digits and single underscores, for example \"smartdesk\"",
    )
}

/// A program or one of its arguments.
pub(super) fn argument(text: &str) -> Result<(), String> {
    ensure(
        !text.is_empty() && !text.contains('\0'),
        "must be texts that are not empty",
    )
}

/// A zone of the IANA database.
pub(super) fn time_zone(text: &str) -> Result<(), String> {
    ensure(
        TimeZone::get(text).is_ok(),
        "is not a time zone of the IANA list, for example \"Europe/Berlin\"",
    )
}

/// A part of each day.
pub(super) fn window(text: &str) -> Result<(), String> {
    DailyWindow::parse(text).map(drop)
}

/// A code of ISO 4217.
pub(super) fn currency(text: &str) -> Result<(), String> {
    ensure(
        CURRENCIES.split_ascii_whitespace().any(|code| code == text),
        "is not a currency code of ISO 4217, for example \"EUR\"",
    )
}

/// Whether a text can be the name of an environment variable: capitals, digits, underscores.
#[must_use]
pub fn is_variable(text: &str) -> bool {
    let starts = text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    starts && text.chars().all(is_part)
}

/// The name of an environment variable. Somebody will paste the key itself here.
pub(super) fn variable(text: &str) -> Result<(), String> {
    ensure(
        is_variable(text),
        "is not the name of an environment variable (capitals, digits, underscores); \
         if it is the key itself, take it out of this file and make a new one",
    )
}

/// An address a key may be sent to.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub fn base_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| {
        "is not an address, for example \"https://acme.myfreshworks.com/crm/sales/api\"".to_owned()
    })?;
    ensure(
        url.username().is_empty() && url.password().is_none(),
        "carries a user or password; the API key comes from the environment",
    )?;
    ensure(
        url.query().is_none() && url.fragment().is_none(),
        "must end with its path: no `?` and no `#`",
    )?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        _ => Err("must be https, because the API key travels with every call (http only to this machine)".into()),
    }
}

/// Whether an address can be one of this edition: hosts of the service belong to one of the two.
pub(super) fn fits(base_url: &str, edition: Edition) -> bool {
    let url = Url::parse(base_url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let path = url.as_ref().map(Url::path).unwrap_or_default();
    let belongs = |domain: &str| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.ends_with('.'))
    };
    match edition {
        Edition::Suite => !belongs("freshsales.io"),
        Edition::Classic => !belongs("myfreshworks.com") && !path.starts_with("/crm/"),
    }
}

/// Whether an address is this machine's own.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

fn ensure(holds: bool, otherwise: &str) -> Result<(), String> {
    if holds {
        Ok(())
    } else {
        Err(otherwise.to_owned())
    }
}

/// ISO 4217, the active codes of countries and unions.
const CURRENCIES: &str = "\
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
    CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP \
    GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD \
    KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK \
    NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD \
    SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD \
    XCG XOF XPF YER ZAR ZMW ZWG";
