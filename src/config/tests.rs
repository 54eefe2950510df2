//! What the file may say, and what is said about a file that may not.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::ffi::OsString;

use secrecy::ExposeSecret;

use super::*;

fn parse(text: &str) -> Result<Config> {
    Config::parse(Path::new("deskferry.toml"), text)
}

/// Message and hint of a file that must be refused.
fn refusal(text: &str) -> (String, String) {
    let error = parse(text).expect_err(text);
    assert_eq!(error.kind(), Kind::Config, "{error}");
    (
        error.to_string(),
        error.next_step().unwrap_or_default().to_owned(),
    )
}

#[test]
fn the_template_says_what_an_empty_file_means() {
    let written = parse(&Config::template()).unwrap();
    let empty = parse("").unwrap();
    assert_eq!(format!("{written:?}"), format!("{empty:?}"));
    assert_eq!(written.source.time_zone, None);
    assert_eq!(written.destination.plan.calls_per_hour(), 1000);
}

#[test]
fn the_examples_in_the_template_are_valid_too() {
    let text = Config::template()
        .replace("# time_zone", "time_zone")
        .replace("# currency", "currency");
    let config = parse(&text).unwrap();
    assert_eq!(config.source.time_zone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(config.source.currency.as_deref(), Some("EUR"));
}

#[test]
fn every_choice_of_every_setting_can_be_made() {
    for setting in settings::SETTINGS {
        let settings::Shape::Choice(words) = setting.shape else {
            continue;
        };
        for word in words {
            // Two words of the classic edition go together, with an address of its own.
            let with = match *word {
                "command" => "command = [\"./extract.sh\"]\n",
                "classic" => {
                    "base_url = \"http://127.0.0.1:1/api\"\n[policies]\nleads_as = \"lead\"\n"
                }
                "lead" => {
                    "[destination]\nedition = \"classic\"\nbase_url = \"http://127.0.0.1:1/api\"\n"
                }
                _ => "",
            };
            let text = format!(
                "[{}]\n{} = \"{word}\"\n{with}",
                setting.section, setting.key
            );
            parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }
}

#[test]
fn the_sections_hold_all_settings() {
    for setting in settings::SETTINGS {
        assert!(
            settings::SECTIONS
                .iter()
                .any(|(section, _)| *section == setting.section),
            "{} is in no section",
            setting.key
        );
    }
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_the_nearest_one() {
    let (message, hint) = refusal("[source]\nsystem = \"smartdesk\"\ntimezone = \"UTC\"\n");
    assert_eq!(
        message,
        "deskferry.toml line 3: unknown key `timezone` in [source]"
    );
    assert_eq!(hint, "did you mean `time_zone`?");
}

#[test]
fn a_key_nobody_can_guess_lists_the_known_ones() {
    let (message, hint) = refusal("[source]\nzzz = 1\n");
    assert_eq!(
        message,
        "deskferry.toml line 2: unknown key `zzz` in [source]"
    );
    assert_eq!(
        hint,
        "known here: system, kind, command, time_zone, currency, date_order"
    );
}

#[test]
fn a_key_in_the_wrong_place_is_shown_its_place() {
    let (_, hint) = refusal("[source]\nplan = \"pro\"\n");
    assert_eq!(hint, "`plan` belongs under [destination]");
    let (message, hint) = refusal("workers = 4\n");
    assert_eq!(
        message,
        "deskferry.toml line 1: unknown section or key `workers`"
    );
    assert_eq!(hint, "`workers` belongs under [destination]");
}

#[test]
fn an_unknown_section_is_refused() {
    let (message, hint) = refusal("\n\n[destinaton]\n");
    assert_eq!(
        message,
        "deskferry.toml line 3: unknown section or key `destinaton`"
    );
    assert_eq!(hint, "did you mean `destination`?");
}

#[test]
fn a_bad_choice_lists_the_good_ones() {
    let (message, hint) = refusal("[destination]\nplan = \"gold\"\n");
    assert_eq!(message, "deskferry.toml line 2: `plan` cannot be \"gold\"");
    assert_eq!(hint, "one of: free, growth, pro, enterprise");
}

#[test]
fn numbers_have_limits_and_texts_have_quotes() {
    let (message, hint) = refusal("[destination]\nworkers = 0\n");
    assert_eq!(
        message,
        "deskferry.toml line 2: `workers` must be a whole number from 1 to 32"
    );
    assert_eq!(hint, "the default is `workers = 4`");
    for wrong in ["33", "-1", "\"4\"", "4.0", "true"] {
        refusal(&format!("[destination]\nworkers = {wrong}\n"));
    }
    let (message, _) = refusal("[source]\nsystem = 7\n");
    assert_eq!(
        message,
        "deskferry.toml line 2: `system` must be a text in quotes"
    );
}

#[test]
fn a_command_is_a_list_of_words() {
    let config = parse("[source]\nkind = \"command\"\ncommand = [\"./extract.sh\", \"--full\"]\n");
    let source = config.unwrap().source;
    assert_eq!(source.kind, SourceKind::Command);
    assert_eq!(source.command, ["./extract.sh", "--full"]);
    assert_eq!(parse("").unwrap().source.kind, SourceKind::Files);
    let (message, hint) = refusal("[source]\nkind = \"command\"\n");
    assert!(message.contains("needs a command"), "{message}");
    assert!(hint.contains("./extract.sh"), "{hint}");
    for wrong in ["\"./extract.sh --full\"", "[\"\"]", "[1]"] {
        refusal(&format!("[source]\ncommand = {wrong}\n"));
    }
}

#[test]
fn broken_toml_has_a_line_too() {
    let (message, hint) = refusal("[source]\nsystem = \"smartdesk\n");
    assert!(message.starts_with("deskferry.toml line 2: "), "{message}");
    assert!(hint.contains("TOML"), "{hint}");
    let (message, _) = refusal("[source]\nsystem = \"a\"\nsystem = \"b\"\n");
    assert!(message.starts_with("deskferry.toml line 3: "), "{message}");
}

#[test]
fn a_section_given_as_a_value_is_refused() {
    let (message, _) = refusal("source = \"smartdesk\"\n");
    assert_eq!(
        message,
        "deskferry.toml line 1: `source` is a section, not a value"
    );
}

#[test]
fn zones_currencies_and_names_are_real() {
    let zone = |zone: &str| parse(&format!("[source]\ntime_zone = \"{zone}\"\n"));
    assert!(zone("America/New_York").is_ok());
    assert!(zone("Europe/Berln").is_err());
    let currency = |code: &str| parse(&format!("[source]\ncurrency = \"{code}\"\n"));
    assert!(currency("CHF").is_ok());
    assert!(currency("EURO").is_err());
    assert!(currency("eur").is_err());
    let system = |name: &str| parse(&format!("[source]\nsystem = \"{name}\"\n"));
    assert!(system("other_crm2").is_ok());
    for wrong in ["", "Smart", "a__b", "../x", "1a"] {
        assert!(system(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_key_travels_only_encrypted_or_on_this_machine() {
    let url = |url: &str| parse(&format!("[destination]\nbase_url = \"{url}\"\n"));
    for good in [
        "https://acme.myfreshworks.com/crm/sales/api",
        "http://127.0.0.1:8787/crm/sales/api",
        "http://[::1]:80/x",
        "http://localhost:1/",
    ] {
        assert!(url(good).is_ok(), "{good}");
    }
    for bad in [
        "http://acme.myfreshworks.com/crm/sales/api",
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        "https://user:secret@acme.example/",
        "https://acme.example/?token=secret",
        "ftp://acme.example/",
        "acme",
    ] {
        let error = url(bad).expect_err(bad);
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let slashed = url("https://acme.example/api/").unwrap();
    assert_eq!(slashed.destination.base_url, "https://acme.example/api");
}

#[test]
fn the_classic_edition_has_an_address_and_leads_of_its_own() {
    let classic = |base_url: &str, leads_as: &str| {
        format!(
            "[destination]\nedition = \"classic\"\nbase_url = \"{base_url}\"\n\
             [policies]\nleads_as = \"{leads_as}\"\n"
        )
    };
    let config = parse(&classic("https://acme.freshsales.io/api", "lead")).unwrap();
    assert_eq!(config.destination.edition, Edition::Classic);
    assert!(
        config
            .policies()
            .contains(&("edition", "classic".to_owned()))
    );
    assert!(parse(&classic("http://127.0.0.1:1/api", "lead")).is_ok());

    for address in [
        "https://acme.myfreshworks.com/crm/sales/api",
        "https://acme.myfreshworks.com/api",
        "http://127.0.0.1:1/crm/sales/api",
    ] {
        let (message, hint) = refusal(&classic(address, "lead"));
        assert!(
            message.contains("does not belong to this base_url"),
            "{message}"
        );
        assert!(hint.contains("freshsales.io/api"), "{hint}");
    }
    let (message, hint) = refusal(&classic(
        "https://acme.freshsales.io/api",
        "contact_lifecycle",
    ));
    assert!(message.contains("needs another leads_as"), "{message}");
    assert!(hint.contains("leads_as = \"lead\""), "{hint}");
    let (_, hint) = refusal("[policies]\nleads_as = \"lead\"\n");
    assert!(hint.contains("contact_lifecycle"), "{hint}");
    let (message, _) = refusal("[destination]\nbase_url = \"https://acme.freshsales.io/api\"\n");
    assert!(message.contains("\"suite\" does not belong"), "{message}");
}

#[test]
fn a_key_pasted_into_the_file_is_not_repeated() {
    let (message, hint) = refusal("[destination]\napi_key_env = \"sk-planted-token\"\n");
    assert!(message.contains("environment variable"), "{message}");
    assert!(!message.contains("planted") && !hint.contains("planted"));
}

#[test]
fn the_key_comes_from_the_named_variable_and_is_never_shown() {
    let config = parse("[destination]\napi_key_env = \"MY_KEY\"\n").unwrap();
    let key = config
        .api_key_from(|name| {
            assert_eq!(name, "MY_KEY");
            Some(OsString::from(" planted-token\n"))
        })
        .unwrap();
    assert_eq!(key.expose_secret(), "planted-token");
    assert!(!format!("{key:?} {config:?}").contains("planted"));
}

#[test]
fn a_missing_key_names_the_variable() {
    let config = parse("").unwrap();
    for value in [
        None,
        Some(""),
        Some("  "),
        Some("planted token"),
        Some("plänted"),
    ] {
        let error = config
            .api_key_from(|_| value.map(OsString::from))
            .expect_err("refused");
        assert_eq!(error.kind(), Kind::Config);
        assert!(error.to_string().contains("FRESHSALES_API_KEY"), "{error}");
        assert!(error.next_step().unwrap().contains("FRESHSALES_API_KEY"));
        assert!(!error.to_string().contains("pl"), "{error}");
    }
}

#[test]
fn a_missing_file_leads_to_init() {
    let folder = tempfile::tempdir().unwrap();
    let error = Config::load(folder.path()).expect_err("no file");
    assert_eq!(error.kind(), Kind::Config);
    assert!(error.next_step().unwrap().contains("deskferry init"));
    fs::write(folder.path().join(FILE), Config::template()).unwrap();
    assert!(Config::load(folder.path()).is_ok());
}

#[test]
fn what_decides_is_named_with_its_value_whether_it_is_written_or_not() {
    let plain = parse("").unwrap();
    let explicit = parse("[policies]\nduplicate_emails = \"queue\"\n").unwrap();
    let changed = parse("[policies]\nduplicate_emails = \"newest_wins\"\n").unwrap();
    assert!(
        plain
            .policies()
            .contains(&("duplicate_emails", "queue".to_owned()))
    );
    assert!(plain.policies().contains(&("max_rejected", "0".to_owned())));
    assert_eq!(plain.decisive(), explicit.decisive());
    assert_ne!(plain.decisive(), changed.decisive());
    for name in [
        "policies.duplicate_emails",
        "destination.base_url",
        "destination.edition",
        "destination.plan",
        "source.date_order",
    ] {
        assert!(plain.decisive().contains_key(name), "{name}");
    }
}

#[test]
fn only_a_destination_on_this_machine_can_be_spared_an_approval() {
    assert!(parse("").unwrap().needs_approval());
    let spared = "[policies]\napproval = \"not_on_loopback\"\n";
    assert!(!parse(spared).unwrap().needs_approval());
    let real = "[destination]\nbase_url = \"https://acme.myfreshworks.com/crm/sales/api\"\n";
    assert!(parse(&format!("{real}{spared}")).unwrap().needs_approval());
}

#[test]
fn a_quota_has_defaults_and_leaves_loopback_alone() {
    let config = parse("").unwrap();
    assert_eq!(config.quota.calls_per_hour, None);
    assert!((config.quota.share_to_leave_free - 0.1).abs() < 1e-9);
    assert_eq!(config.quota.minimum_gap, Duration::from_millis(250));
    assert_eq!(config.quota.burst, 20);
    assert_eq!(config.quota.windows, []);
    assert!(config.destination.is_loopback());
    let account = parse("[destination]\nbase_url = \"https://acme.example/api\"\n").unwrap();
    assert!(!account.destination.is_loopback());
}

#[test]
fn windows_are_a_list_of_parts_of_the_day() {
    let quota = |text: &str| parse(&format!("[quota]\n{text}\n"));
    let config =
        quota("windows = [\"19:00-07:00\", \"12:00-13:00\"]\ntime_zone = \"Europe/Berlin\"");
    let quotas = config.unwrap().quota;
    assert_eq!(quotas.windows.len(), 2);
    assert_eq!(quotas.time_zone.iana_name(), Some("Europe/Berlin"));
    let (message, hint) = refusal("[quota]\nwindows = [\"19-7\"]\n");
    assert_eq!(
        message,
        "deskferry.toml line 2: `windows` must be clock times with two digits and a hyphen, for example \"19:00-07:00\""
    );
    assert_eq!(hint, "the default is `windows = []`");
    for wrong in [
        "windows = \"19:00-07:00\"",
        "windows = [7]",
        "time_zone = \"Berlin\"",
    ] {
        assert!(quota(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_share_is_a_part_and_leaves_something_to_work_with() {
    let share = |text: &str| parse(&format!("[quota]\nshare_to_leave_free = {text}\n"));
    for (text, wanted) in [("0", 0.0), ("0.25", 0.25), ("0.9", 0.9)] {
        let found = share(text).unwrap().quota.share_to_leave_free;
        assert!((found - wanted).abs() < 1e-9, "{text}");
    }
    for wrong in ["1", "0.91", "-0.1", "nan", "\"0.1\"", "10"] {
        assert!(share(wrong).is_err(), "{wrong}");
    }
}
