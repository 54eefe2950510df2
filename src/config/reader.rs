//! `deskferry.toml` as text → the checked value of every setting, or what is wrong and on which line.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::settings::{Otherwise, SECTIONS, SETTINGS, Setting, Shape};

/// What is left must be worth a run.
const LARGEST_SHARE: f64 = 0.9;

/// A value that has passed its check.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Text(String),
    Texts(Vec<String>),
    Count(u64),
    Share(f64),
}

/// What is wrong, at which byte, and what to write instead.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) message: String,
    pub(super) hint: String,
}

/// Checked values by section and key. A setting that has no value is absent.
pub(super) type Values = BTreeMap<(&'static str, &'static str), Value>;

/// Reads a file: defaults first, then what it says.
pub(super) fn read(text: &str) -> Result<Values, Fault> {
    let mut values = defaults()?;
    let document = DeTable::parse(text).map_err(|error| Fault {
        at: error.span().map_or(0, |span| span.start),
        message: error.message().to_owned(),
        hint: "the file is TOML: sections in brackets, `key = \"text\"` or `key = 4` below them"
            .into(),
    })?;
    for (name, content) in document.get_ref() {
        let section = known_section(name)?;
        let table = content.get_ref().as_table().ok_or_else(|| Fault {
            at: content.span().start,
            message: format!("`{section}` is a section, not a value"),
            hint: format!("write [{section}] on a line of its own and its keys below it"),
        })?;
        for (key, value) in table {
            let setting = known_setting(section, key)?;
            let value = checked(setting, value.get_ref(), value.span())?;
            values.insert((setting.section, setting.key), value);
        }
    }
    Ok(values)
}

fn defaults() -> Result<Values, Fault> {
    let mut values = Values::new();
    for setting in SETTINGS {
        if let Otherwise::Is(default) = setting.otherwise {
            let value = DeValue::parse(default).map_err(|error| Fault {
                at: 0,
                message: format!("the default of `{}` is not TOML", setting.key),
                hint: error.to_string(),
            })?;
            let value = checked(setting, value.get_ref(), 0..0)?;
            values.insert((setting.section, setting.key), value);
        }
    }
    Ok(values)
}

fn known_section(name: &Spanned<std::borrow::Cow<'_, str>>) -> Result<&'static str, Fault> {
    let word = name.get_ref().as_ref();
    let names = || SECTIONS.iter().map(|(section, _)| *section);
    names().find(|section| *section == word).ok_or_else(|| {
        let home = SETTINGS.iter().find(|setting| setting.key == word);
        Fault {
            at: name.span().start,
            message: format!("unknown section or key `{word}`"),
            hint: home.map_or_else(|| advice(word, names()), belongs),
        }
    })
}

fn known_setting(
    section: &'static str,
    key: &Spanned<std::borrow::Cow<'_, str>>,
) -> Result<&'static Setting, Fault> {
    let word = key.get_ref().as_ref();
    let here = || SETTINGS.iter().filter(|setting| setting.section == section);
    here().find(|setting| setting.key == word).ok_or_else(|| {
        let home = SETTINGS.iter().find(|setting| setting.key == word);
        Fault {
            at: key.span().start,
            message: format!("unknown key `{word}` in [{section}]"),
            hint: home.map_or_else(|| advice(word, here().map(|setting| setting.key)), belongs),
        }
    })
}

fn belongs(setting: &Setting) -> String {
    format!("`{}` belongs under [{}]", setting.key, setting.section)
}

/// The known word that was probably meant, or all of them.
fn advice<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    let nearest = known
        .iter()
        .map(|other| (strsim::jaro_winkler(word, other), other))
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    match nearest {
        Some((likeness, other)) if likeness > 0.85 => format!("did you mean `{other}`?"),
        _ => format!("known here: {}", known.join(", ")),
    }
}

fn checked(setting: &Setting, value: &DeValue<'_>, span: Range<usize>) -> Result<Value, Fault> {
    let key = setting.key;
    let fault = |message: String, hint: String| Fault {
        at: span.start,
        message,
        hint,
    };
    match setting.shape {
        Shape::Count(least, most) => whole_number(value)
            .filter(|count| (least..=most).contains(count))
            .map(Value::Count)
            .ok_or_else(|| {
                let message = format!("`{key}` must be a whole number from {least} to {most}");
                fault(message, instead(setting))
            }),
        Shape::Share => share(value).map(Value::Share).ok_or_else(|| {
            let message = format!("`{key}` must be a number from 0 to {LARGEST_SHARE}");
            fault(message, instead(setting))
        }),
        Shape::Choice(words) => {
            let text = string(setting, value, &span)?;
            if words.contains(&text) {
                return Ok(Value::Text(text.to_owned()));
            }
            let message = format!("`{key}` cannot be \"{text}\"");
            Err(fault(message, format!("one of: {}", words.join(", "))))
        }
        Shape::Text(check) => text(setting, check, value, &span).map(Value::Text),
        Shape::Texts(check) => {
            let items = value.as_array().ok_or_else(|| {
                let message = format!("`{key}` must be a list of texts in quotes");
                fault(message, instead(setting))
            })?;
            let texts = items
                .iter()
                .map(|item| text(setting, check, item.get_ref(), &item.span()));
            texts.collect::<Result<_, _>>().map(Value::Texts)
        }
    }
}

fn text(
    setting: &Setting,
    check: fn(&str) -> Result<(), String>,
    value: &DeValue<'_>,
    span: &Range<usize>,
) -> Result<String, Fault> {
    let text = string(setting, value, span)?;
    check(text).map_err(|why| Fault {
        at: span.start,
        message: format!("`{}` {why}", setting.key),
        hint: instead(setting),
    })?;
    Ok(text.to_owned())
}

fn string<'a>(
    setting: &Setting,
    value: &'a DeValue<'_>,
    span: &Range<usize>,
) -> Result<&'a str, Fault> {
    value.as_str().ok_or_else(|| Fault {
        at: span.start,
        message: format!("`{}` must be a text in quotes", setting.key),
        hint: instead(setting),
    })
}

fn whole_number(value: &DeValue<'_>) -> Option<u64> {
    let number = value.as_integer()?;
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn share(value: &DeValue<'_>) -> Option<f64> {
    let text = match value {
        DeValue::Float(number) => number.as_str(),
        DeValue::Integer(number) => number.as_str(),
        _ => return None,
    };
    let share = text.parse::<f64>().ok()?;
    (0.0..=LARGEST_SHARE).contains(&share).then_some(share)
}

fn instead(setting: &Setting) -> String {
    match setting.otherwise {
        Otherwise::Is(value) => format!("the default is `{} = {value}`", setting.key),
        Otherwise::Nothing(example) => {
            format!("write `{} = {example}`, or leave it out", setting.key)
        }
    }
}
