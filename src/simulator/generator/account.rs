//! The account that is exported: how much of everything it has, its users and pipelines, and what happened to it later.
//!
//! Everything else about a record is worked out from seed, object and index when it is needed, so memory does not grow
//! with the account.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan as _};

use super::dice::Dice;
use super::row::Row;
use super::words::{FARTHER, Language, PIPELINES, STAGES, WESTERN, plain};

/// Name of the account's own domain.
pub const DOMAIN: &str = "acme.example";

/// The account at one of two moments.
pub struct Account {
    pub seed: u64,
    pub contacts: u64,
    /// After the changes of a delta.
    pub is_later: bool,
    pub users: Vec<User>,
    pub pipelines: Vec<Pipeline>,
    /// How many activities there are.
    pub activities: u64,
    /// How many contacts have a name. Names are put together from lists, so there are not more for more contacts.
    names: OnceCell<BTreeMap<(&'static str, &'static str), u64>>,
}

/// Somebody who works with the source.
pub struct User {
    pub id: String,
    pub given: &'static str,
    pub family: &'static str,
    pub email: String,
    pub is_active: bool,
}

impl User {
    pub fn name(&self) -> String {
        format!("{} {}", self.given, self.family)
    }
}

/// A way that deals go.
pub struct Pipeline {
    pub id: String,
    pub name: &'static str,
    pub currency: &'static str,
    pub stages: Vec<Stage>,
}

/// A step on it.
pub struct Stage {
    pub id: String,
    pub name: &'static str,
    pub kind: &'static str,
    pub probability: u64,
}

/// What becomes of a record between two exports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Keep,
    Edit,
    Delete,
    Merge(u64),
}

/// A person's name and where it is from.
pub struct Person {
    pub given: &'static str,
    pub family: &'static str,
    pub language: &'static Language,
}

impl Person {
    pub fn full_name(&self) -> String {
        match self.given {
            "" => self.family.to_owned(),
            given => format!("{given} {}", self.family),
        }
    }

    /// The part of an address before the `@`; `index` makes it the only one.
    pub fn mailbox(&self, index: u64) -> String {
        let words = [plain(self.given), plain(self.family), index.to_string()];
        let words: Vec<String> = words.into_iter().filter(|word| !word.is_empty()).collect();
        words.join(".")
    }
}

/// An id as the source makes them.
pub fn id(prefix: &str, index: u64) -> String {
    format!("{prefix}_{index:09}")
}

/// The id of a record that never was; `number` tells it from others. Marks of deletion name none so high.
pub fn nobody(prefix: &str, number: u64) -> String {
    id(prefix, 910_000_000 + number)
}

/// The number in an id of this kind.
pub fn number(id: &str, prefix: &str) -> Option<u64> {
    id.strip_prefix(prefix)?.strip_prefix('_')?.parse().ok()
}

/// When the first export was made, when the account was opened, and when the second export was made.
pub fn exported_at() -> Timestamp {
    Timestamp::from_second(1_788_300_900).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub fn opened_at() -> Timestamp {
    Timestamp::from_second(1_598_945_400).unwrap_or(Timestamp::UNIX_EPOCH)
}

pub fn exported_again_at() -> Timestamp {
    exported_at() + (14 * 24).hours()
}

impl Account {
    pub fn new(seed: u64, contacts: u64, is_later: bool) -> Self {
        let mut account = Self {
            seed,
            contacts,
            is_later,
            users: Vec::new(),
            pipelines: Vec::new(),
            activities: 0,
            names: OnceCell::new(),
        };
        account.users = (1..=account.size("user"))
            .map(|index| account.user_at(index))
            .collect();
        account.pipelines = account.drawn_pipelines();
        account.activities = (1..=contacts)
            .map(|contact| account.activities_of(contact))
            .sum();
        account
    }

    pub fn dice(&self, what: &str, index: u64) -> Dice {
        Dice::new(self.seed, what, index)
    }

    /// How many records of an object the first export has.
    pub fn size(&self, object: &str) -> u64 {
        let contacts = self.contacts;
        match object {
            "user" => (4 + contacts / 400).min(120),
            "team" => (1 + contacts / 2_000).clamp(2, 12),
            "contact" => contacts,
            "company" | "deal" => contacts / 3 + 4,
            "lead" => contacts / 4 + 4,
            "task" => contacts / 2 + 4,
            "campaign" => (4 + contacts / 500).min(60),
            "campaign_member" => contacts / 5 + 3,
            "email_template" => 8,
            "tag" => 8,
            "record_tag" => contacts / 4 + 3,
            "ticket" => contacts / 10 + 2,
            "kb_article" => 6,
            "attachment" => (contacts / 20).clamp(20, 2_000),
            "deleted" => contacts / 50 + 2,
            _ => 0,
        }
    }

    /// How many records there are now: some are made between the exports.
    pub fn size_now(&self, object: &str) -> u64 {
        let size = self.size(object);
        match object {
            "contact" | "company" | "lead" | "deal" | "task" if self.is_later => {
                size + size / 25 + 1
            }
            _ => size,
        }
    }

    /// How many records of an object an export has at most.
    pub fn most(&self, object: &str) -> u64 {
        match object {
            "activity_participant" => 2 * self.activities,
            "deal_contact" => 2 * self.size("deal"),
            "deal_stage_history" => self.size("deal"),
            "ticket_message" => 3 * self.size("ticket"),
            "pipeline" | "stage" => PIPELINES.len() as u64 * (STAGES.len() as u64 + 2),
            "activity" => self.activities + if self.is_later { self.contacts } else { 0 },
            "deleted" if self.is_later => {
                let gone = ["company", "contact", "lead", "deal", "task"];
                let records: u64 = gone.iter().map(|object| self.size(object)).sum();
                records + self.activities
            }
            object => self.size_now(object),
        }
    }

    /// How many activities a contact has.
    pub fn activities_of(&self, contact: u64) -> u64 {
        self.dice("activities of", contact).log_normal(6.7, 400)
    }

    /// What happens to a record between the exports.
    pub fn fate(&self, object: &str, index: u64) -> Fate {
        if index > self.size(object) {
            return Fate::Keep;
        }
        // The first ones are those that everything hangs on.
        match Dice::new(self.seed ^ 0xfa7e, object, index).below(1_000) {
            0..50 => Fate::Edit,
            50..65 if index > 5 => Fate::Delete,
            65..75 if index > 5 && matches!(object, "contact" | "company") => {
                self.merged(object, index)
            }
            _ => Fate::Keep,
        }
    }

    /// It is merged into the nearest older record that stays.
    fn merged(&self, object: &str, index: u64) -> Fate {
        let stays = |other: &u64| matches!(self.fate(object, *other), Fate::Keep | Fate::Edit);
        (1..index).rev().find(stays).map_or(Fate::Keep, Fate::Merge)
    }

    /// Which record now stands for one that another record points at.
    pub fn present(&self, object: &str, index: u64) -> Option<u64> {
        match self.fate(object, index) {
            _ if !self.is_later => Some(index),
            Fate::Delete => None,
            Fate::Merge(into) => Some(into),
            Fate::Keep | Fate::Edit => Some(index),
        }
    }

    /// Whether a record was edited since the first export.
    pub fn is_edited(&self, object: &str, index: u64) -> bool {
        self.is_later && self.fate(object, index) == Fate::Edit
    }

    pub fn person(&self, what: &str, index: u64) -> Person {
        let mut dice = self.dice(what, index);
        let languages = if dice.percent(4) { FARTHER } else { WESTERN };
        let place = dice.zipf(languages.len() as u64) - 1;
        let place = usize::try_from(place).unwrap_or(0);
        let language = languages.get(place).unwrap_or(&WESTERN[0]);
        let given = match what == "contact" && dice.percent(2) {
            true => "",
            false => dice.pick(language.given),
        };
        Person {
            given,
            family: dice.pick(language.family),
            language,
        }
    }

    /// How many contacts are called so.
    pub fn namesakes(&self, person: &Person) -> u64 {
        let counted = || {
            let mut names: BTreeMap<_, u64> = BTreeMap::new();
            for contact in 1..=self.size_now("contact") {
                let person = self.person("contact", contact);
                *names.entry((person.given, person.family)).or_default() += 1;
            }
            names
        };
        let names = self.names.get_or_init(counted);
        let count = names.get(&(person.given, person.family));
        count.copied().unwrap_or(0)
    }

    fn user_at(&self, index: u64) -> User {
        let person = self.person("user", index);
        // The last one has always left, so that there is somebody to decide about.
        let is_last = index == self.size("user");
        let has_left = is_last || (index > 2 && self.dice("has left", index).percent(8));
        User {
            id: id("usr", index),
            given: person.given,
            family: person.family,
            email: format!("{}@{DOMAIN}", person.mailbox(index)),
            is_active: !has_left,
        }
    }

    /// One of the users; the first ones more often.
    pub fn user(&self, dice: &mut Dice) -> Option<&User> {
        let place = dice.zipf(self.users.len() as u64) - 1;
        self.users.get(usize::try_from(place).unwrap_or(0))
    }

    fn drawn_pipelines(&self) -> Vec<Pipeline> {
        let mut dice = self.dice("pipelines", 0);
        let count = dice.between(1, 4);
        let mut stages = 0;
        let numbered = (1..=count).zip(PIPELINES);
        numbered
            .map(|(index, name)| {
                let stages = self.drawn_stages(index, &mut stages);
                Pipeline {
                    id: id("pip", index),
                    name,
                    currency: if index == 3 { "CHF" } else { "EUR" },
                    stages,
                }
            })
            .collect()
    }

    fn drawn_stages(&self, pipeline: u64, before: &mut u64) -> Vec<Stage> {
        let open = self.dice("stages", pipeline).between(1, 7);
        let mut names: Vec<(&'static str, &'static str, u64)> = (1..=open)
            .zip(STAGES)
            .map(|(place, name)| (*name, "open", place * 90 / (open + 1)))
            .collect();
        names.push(("Signed ✓", "won", 100));
        names.push(("Verloren", "lost", 0));
        let stage = |(name, kind, probability)| {
            *before += 1;
            Stage {
                id: id("stg", *before),
                name,
                kind,
                probability,
            }
        };
        names.into_iter().map(stage).collect()
    }

    /// The columns that every record has. `has_owner` is false for what belongs to nobody.
    pub fn stamp(&self, row: &mut Row, dice: &mut Dice, has_owner: bool) {
        let month_before = exported_at() - (30 * 24).hours();
        let created = dice.moment(opened_at(), month_before);
        let updated = dice.moment(created, exported_at() - 1.hours());
        let owner = self.user(dice).filter(|_| has_owner);
        row.set_some("owner_id", owner.map(|user| user.id.as_str()))
            .set_some("owner_email", owner.map(|user| user.email.as_str()))
            .set("created_at", created.to_string())
            .set_some(
                "created_by_id",
                self.user(dice).map(|user| user.id.as_str()),
            )
            .set("updated_at", updated.to_string())
            .set_some(
                "updated_by_id",
                self.user(dice).map(|user| user.id.as_str()),
            )
            .set("is_deleted", "false");
    }
}
