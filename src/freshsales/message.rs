//! The destination's words: found in whatever shape an error has, and cleaned of people's data before anyone keeps them.

use serde_json::Value;

/// What stands where a value stood.
const GONE: &str = "…";
/// The longest reason kept, in characters.
const LONGEST_REASON: usize = 200;
/// The longest text looked at, in characters; an error page may be large.
const LONGEST_TEXT: usize = 2_000;
/// A shorter value is recognised only as a whole word: within words it would turn every message to dots.
const SHORTEST_PART: usize = 3;
/// Scripts from here on put no blanks between words: two signs of a name touch the next word.
const FIRST_WITHOUT_BLANKS: char = '\u{0E00}';
/// This many characters of a longer value are recognised alone: messages quote the beginning of a long text.
const SHORTEST_QUOTE: usize = 12;
/// Fewer digits than this in a row are a code or a count; more may be somebody's number.
const SHORTEST_NUMBER: usize = 6;

/// The words of an error body, in any of the shapes seen: `errors` as an object with `code` and `message` (text, list
/// or nested), `errors` as a list, messages as hashes (also as the text of one), top-level `message`, `error` or
/// `description`, plain text, an HTML page, nothing. An `error_code` is kept: it is the same in every language.
pub(super) fn words_of(parsed: Option<&Value>, body: &[u8]) -> String {
    let words = match parsed {
        Some(json) => words_of_json(json),
        None => words_of_text(&String::from_utf8_lossy(body)),
    };
    if words.is_empty() {
        return "no reason given".to_owned();
    }
    words.chars().take(LONGEST_TEXT).collect()
}

/// The words of a JSON error, or of one entry of a bulk job's failure report.
pub(super) fn words_of_json(json: &Value) -> String {
    const NAMES: [&str; 6] = [
        "errors",
        "error",
        "message",
        "messages",
        "reason",
        "description",
    ];
    let mut words = Vec::new();
    match json {
        Value::Object(fields) => {
            for field in NAMES.iter().filter_map(|name| fields.get(*name)) {
                collect(field, &mut words);
            }
        }
        other => collect(other, &mut words),
    }
    words.dedup();
    let words = words.join("; ");
    match json.get("error_code") {
        Some(code) if code.is_number() || code.is_string() => {
            let code = code.to_string();
            format!("{words} (error_code {})", code.trim_matches('"'))
                .trim_start()
                .to_owned()
        }
        _ => words,
    }
}

fn collect(json: &Value, words: &mut Vec<String>) {
    match json {
        Value::String(text) => match hash_in(text) {
            Some(hash) => collect(&hash, words),
            None => words.push(text.trim().to_owned()),
        },
        Value::Array(items) => items.iter().for_each(|item| collect(item, words)),
        Value::Object(fields) => {
            let nested = words_of_json(json);
            if !nested.is_empty() {
                return words.push(nested);
            }
            // {"email": ["is not unique"]}: the field's name is half of the message.
            for (name, value) in fields.iter().filter(|(name, _)| *name != "code") {
                let mut inner = Vec::new();
                collect(value, &mut inner);
                if !inner.is_empty() {
                    words.push(format!("{name} {}", inner.join(", ")));
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    words.retain(|word| !word.is_empty());
}

/// An object that was printed into a text, as JSON or as Ruby does it: `{"message"=>"Email is not unique"}`.
fn hash_in(text: &str) -> Option<Value> {
    let text = text.trim();
    if !text.starts_with('{') || !text.ends_with('}') {
        return None;
    }
    let parsed = serde_json::from_str(text).ok();
    parsed.or_else(|| {
        let json = text.replace("=>", ":").replace(":nil", ":null");
        serde_json::from_str(&json).ok()
    })
}

fn words_of_text(text: &str) -> String {
    let text = text.trim();
    if !text.starts_with('<') {
        return text.to_owned();
    }
    let lower = text.to_ascii_lowercase();
    let title = lower
        .find("<title>")
        .map(|at| at + "<title>".len())
        .and_then(|from| Some(from..from + lower.get(from..)?.find('<')?))
        .and_then(|span| text.get(span))
        .map(str::trim)
        .filter(|title| !title.is_empty());
    match title {
        Some(title) => format!("an HTML page: {title}"),
        None => "an HTML page".to_owned(),
    }
}

/// Whether a (scrubbed) message says that the rate limit was met further inside.
pub(super) fn speaks_of_limit(message: &str) -> bool {
    let is_429 = message
        .split(|one: char| !one.is_alphanumeric())
        .any(|word| word == "429");
    is_429 || message.to_lowercase().contains("too many requests")
}

/// `text` without a secret, in whatever case.
pub(super) fn without_secret(text: &str, secret: &str) -> String {
    let text: Vec<char> = text.chars().collect();
    without(&text, secret).into_iter().collect()
}

/// `message` without people's data: every text of the sent `body` (one of one or two characters as a whole word, twelve characters of a longer
/// one), every number in it of three digits or more, every e-mail address and every number of six digits or more is replaced
/// by `…`; cut at 200 characters.
#[must_use]
pub fn scrub(message: &str, body: &Value) -> String {
    let mut values = Vec::new();
    collect_values(body, &mut values);
    // The longest first: a value that holds another one must not be broken up by it.
    values.sort_by_key(|value| std::cmp::Reverse(value.chars().count()));
    values.dedup();
    let mut text: Vec<char> = message.chars().take(LONGEST_TEXT).collect();
    for value in &values {
        text = without(&text, value);
    }
    let text = without_addresses(&text);
    let clean = without_numbers(&text);
    if clean.chars().count() <= LONGEST_REASON {
        return clean;
    }
    let mut short: String = clean.chars().take(LONGEST_REASON - 1).collect();
    short.push_str(GONE);
    short
}

fn collect_values(json: &Value, values: &mut Vec<String>) {
    match json {
        Value::String(text) => {
            let text = text.trim();
            if text.chars().any(char::is_alphanumeric) {
                values.push(text.to_owned());
            }
        }
        // Nobody is known by a shorter one, and messages count.
        Value::Number(number) => {
            let text = number.to_string();
            if text.len() >= SHORTEST_PART {
                values.push(text);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_values(item, values)),
        Value::Object(fields) => fields
            .values()
            .for_each(|value| collect_values(value, values)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// `text` with each occurrence of `value`, in upper or lower case, replaced; so is each longer piece of it.
fn without(text: &[char], value: &str) -> Vec<char> {
    let value: Vec<char> = value.chars().map(folded).collect();
    let folded_text: Vec<char> = text.iter().copied().map(folded).collect();
    let mut kept = Vec::with_capacity(text.len());
    let mut at = 0;
    while let (Some(rest), Some(one)) = (folded_text.get(at..), text.get(at)) {
        let before = at.checked_sub(1).and_then(|last| text.get(last));
        match quoted(before, rest, &value) {
            0 => {
                kept.push(*one);
                at += 1;
            }
            length => {
                kept.extend(GONE.chars());
                at += length;
            }
        }
    }
    kept
}

/// How many characters `text`, which follows on `before`, begins with that are all of `value`, or a recognisable piece of it.
fn quoted(before: Option<&char>, text: &[char], value: &[char]) -> usize {
    if text.starts_with(value) {
        let is_word =
            || is_apart(before, value.first()) && is_apart(text.get(value.len()), value.last());
        return match value.len() >= SHORTEST_PART || is_word() {
            true => value.len(),
            false => 0,
        };
    }
    let Some(first) = text.get(..SHORTEST_QUOTE) else {
        return 0;
    };
    value
        .windows(SHORTEST_QUOTE)
        .enumerate()
        .filter(|(_, piece)| *piece == first)
        .map(|(at, _)| common(text, value.get(at..).unwrap_or_default()))
        .max()
        .unwrap_or(0)
}

/// Whether a word ends between these two.
fn is_apart(outside: Option<&char>, inside: Option<&char>) -> bool {
    let goes_on =
        |one: &char| (one.is_alphanumeric() || *one == '_') && *one < FIRST_WITHOUT_BLANKS;
    inside.is_some_and(|one| *one >= FIRST_WITHOUT_BLANKS) || !outside.is_some_and(goes_on)
}

fn common(one: &[char], other: &[char]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// One character in lower case; the few that become two keep their first, which is enough to compare.
fn folded(one: char) -> char {
    one.to_lowercase().next().unwrap_or(one)
}

/// Whatever touches an `@` between two blanks or marks is taken for an address.
fn without_addresses(text: &[char]) -> Vec<char> {
    let is_part = |one: &char| one.is_alphanumeric() || "._%+-@…".contains(*one);
    let mut kept = Vec::with_capacity(text.len());
    for run in text.chunk_by(|one, other| is_part(one) == is_part(other)) {
        if run.contains(&'@') {
            kept.extend(GONE.chars());
        } else {
            kept.extend(run);
        }
    }
    kept
}

/// Digits with single blanks or marks between them are one number: `+49 (151) 234-567`.
fn without_numbers(text: &[char]) -> String {
    let mut kept = String::new();
    let mut number: Vec<char> = Vec::new();
    for one in text {
        if one.is_numeric() || (!number.is_empty() && is_joint(*one, &number)) {
            number.push(*one);
        } else {
            flush(&mut number, &mut kept);
            kept.push(*one);
        }
    }
    flush(&mut number, &mut kept);
    kept
}

fn is_joint(one: char, number: &[char]) -> bool {
    const AT_MOST: usize = 2;
    let marks = number
        .iter()
        .rev()
        .take_while(|one| !one.is_numeric())
        .count();
    " -./()".contains(one) && marks < AT_MOST
}

fn flush(number: &mut Vec<char>, kept: &mut String) {
    let digits = number.iter().filter(|one| one.is_numeric()).count();
    if digits < SHORTEST_NUMBER {
        kept.extend(number.drain(..));
        return;
    }
    let after_last_digit = number
        .iter()
        .rposition(|one| one.is_numeric())
        .map_or(0, |at| at + 1);
    kept.push_str(GONE);
    kept.extend(number.drain(..).skip(after_last_digit));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use super::*;
    use serde_json::json;

    #[test]
    fn words_are_found_in_every_shape_of_an_error() {
        let cases = [
            (
                r#"{"errors":{"code":400,"message":["Email is not unique"]}}"#,
                "Email is not unique",
            ),
            (
                r#"{"errors":{"code":400,"message":["One","Two"]}}"#,
                "One; Two",
            ),
            (
                r#"{"errors":{"message":"Email is not unique"}}"#,
                "Email is not unique",
            ),
            (
                r#"{"errors":[{"message":"One"},{"message":"Two"}]}"#,
                "One; Two",
            ),
            (r#"{"errors":["One"]}"#, "One"),
            (
                r#"{"errors":{"message":[{"message":"One","error_code":3002}]}}"#,
                "One (error_code 3002)",
            ),
            (
                r#"{"errors":{"message":["{\"message\"=>\"One\", \"error_code\"=>3002, \"field\"=>nil}"]}}"#,
                "One (error_code 3002)",
            ),
            (r#"{"errors":{"message":["{\"message\":\"One\"}"]}}"#, "One"),
            (r#"{"errors":{"message":["{broken=>"]}}"#, "{broken=>"),
            (r#"{"errors":{"error_code":3002}}"#, "(error_code 3002)"),
            (
                r#"{"errors":{"code":400,"message":["El correo ya existe"]}}"#,
                "El correo ya existe",
            ),
            (
                r#"{"errors":{"email":["is not unique"]}}"#,
                "email is not unique",
            ),
            (r#"{"message":"Limit","code":429}"#, "Limit"),
            (r#"{"description":"Wrong"}"#, "Wrong"),
            (r#"{"error":"unauthorized"}"#, "unauthorized"),
            (r#""only text""#, "only text"),
            ("plain text", "plain text"),
            (
                "<html><head><title>502 Bad Gateway</title></head></html>",
                "an HTML page: 502 Bad Gateway",
            ),
            ("<!doctype html><p>x</p>", "an HTML page"),
            ("", "no reason given"),
            ("{}", "no reason given"),
            ("null", "no reason given"),
        ];
        for (body, wanted) in cases {
            let parsed = serde_json::from_str::<Value>(body).ok();
            assert_eq!(words_of(parsed.as_ref(), body.as_bytes()), wanted, "{body}");
        }
    }

    #[test]
    fn a_limit_inside_a_message_is_seen_and_a_number_that_holds_429_is_not() {
        assert!(speaks_of_limit(
            "UCR contact fetch failure :: response_code :: 429 ..."
        ));
        assert!(speaks_of_limit("Too Many Requests"));
        assert!(!speaks_of_limit("field 14290 is wrong"));
        assert!(!speaks_of_limit("Email is not unique"));
    }

    #[test]
    fn scrub_takes_sent_values_out_in_any_case_and_depth() {
        let body = json!({
            "last_name": "Möller", "city": "Ulm", "state": "BY", "amount": 1250,
            "custom_field": {"cf_nick": "Jo"}, "tags": ["Secret Club"], "is_new": true,
        });
        assert_eq!(
            scrub(
                "Last name MÖLLER of ulm, BY: Jo, amount 1250, secret club is true",
                &body
            ),
            "Last name … of …, …: …, amount …, … is true"
        );
    }

    #[test]
    fn scrub_takes_a_short_name_as_a_whole_word_only() {
        let body =
            json!({"first_name": "Li", "initial": "O", "name": "李明", "mark": "-", "stage": 7});
        let cases = [
            ("Li is not valid", "… is not valid"),
            ("'LI' exists; O. Li, (o)", "'…' exists; …. …, (…)"),
            (
                "line: the limit of li_fi is 7 - all",
                "line: the limit of li_fi is 7 - all",
            ),
            ("李明已存在", "…已存在"),
            ("Olli and Lilo", "Olli and Lilo"),
        ];
        for (message, wanted) in cases {
            assert_eq!(scrub(message, &body), wanted);
        }
    }

    #[test]
    fn scrub_takes_the_longest_value_first_and_pieces_of_long_ones() {
        let body = json!({"name": "Anna", "display_name": "Anna Bell", "note": "She said that the price was far too high"});
        assert_eq!(scrub("Anna Bell exists", &body), "… exists");
        assert_eq!(
            scrub("Note 'She said that the price...' is too long", &body),
            "Note '…...' is too long"
        );
    }

    #[test]
    fn scrub_takes_addresses_and_long_numbers_that_were_never_sent() {
        let clean = |text: &str| scrub(text, &Value::Null);
        assert_eq!(
            clean("taken by <o.b+x@mail.example.org>, sorry"),
            "taken by <…>, sorry"
        );
        assert_eq!(clean("belongs to jörg@büro.test"), "belongs to …");
        assert_eq!(clean("phone +49 (151) 234-567 exists"), "phone +… exists");
        assert_eq!(clean("number 70000000012."), "number ….");
        assert_eq!(
            clean("code 12345, 429, max of 10 jobs"),
            "code 12345, 429, max of 10 jobs"
        );
    }

    #[test]
    fn scrub_cuts_at_two_hundred_characters() {
        let clean = scrub(&"word ".repeat(100), &Value::Null);
        assert_eq!(clean.chars().count(), LONGEST_REASON);
        assert!(clean.ends_with('…'));
    }
}
