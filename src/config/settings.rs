//! Every setting there is, as one table: its place, its values, its default and its explanation.
//! The file that `init` writes, the checks and the hints all come from it.

use super::checks;

/// What a setting may hold.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A text that passes a check. The check says what is wrong; it must not repeat the text, which may be a
    /// secret in the wrong place.
    Text(fn(&str) -> Result<(), String>),
    /// A list of texts that each pass a check.
    Texts(fn(&str) -> Result<(), String>),
    /// A part of a whole, from 0 to 0.9.
    Share,
    /// A whole number from the first to the second.
    Count(u64, u64),
}

/// What holds when the file does not say.
#[derive(Clone, Copy)]
pub(super) enum Otherwise {
    /// This value, as TOML.
    Is(&'static str),
    /// Nothing; the value is an example, as TOML.
    Nothing(&'static str),
}

/// One line of `deskferry.toml`.
pub(super) struct Setting {
    pub(super) section: &'static str,
    pub(super) key: &'static str,
    pub(super) shape: Shape,
    pub(super) otherwise: Otherwise,
    pub(super) about: &'static str,
}

impl Setting {
    const fn new(place: (&'static str, &'static str), shape: Shape, otherwise: Otherwise) -> Self {
        Self {
            section: place.0,
            key: place.1,
            shape,
            otherwise,
            about: "",
        }
    }

    const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }
}

/// The sections in the order of the file, each with its heading.
pub(super) const SECTIONS: &[(&str, &str)] = &[
    ("source", "Where the data comes from."),
    ("destination", "Where the data goes."),
    (
        "quota",
        "The calls per hour are those of the whole account: people who work in it share them with a load.",
    ),
    (
        "warehouse",
        "The database that a run builds from the landed files, the SQL and the ledger.",
    ),
    (
        "policies",
        "Rules for whole groups of records. `queue` leaves a record for a person to decide.",
    ),
];

use Otherwise::{Is, Nothing};
use Shape::{Choice, Count, Share, Text, Texts};

/// All settings, in the order of the file.
pub(super) const SETTINGS: &[Setting] = &[
    Setting::new(("source", "system"), Text(checks::name), Is("\"smartdesk\""))
        .about("Name of the system the export was made by."),
    Setting::new(
        ("source", "kind"),
        Choice(&["files", "command", "api"]),
        Is("\"files\""),
    )
    .about(
        "What `deskferry land` reads where no PATH is given: a script's JSON lines (`command`), or the endpoints in \
         source.toml (`api`).",
    ),
    Setting::new(("source", "command"), Texts(checks::argument), Is("[]"))
        .about(
            "The script: program and arguments, run in the workspace without a shell, for example [\"./extract.sh\", \"--full\"]. \
             It does not see the destination's key.",
        ),
    Setting::new(
        ("source", "time_zone"),
        Text(checks::time_zone),
        Nothing("\"Europe/Berlin\""),
    )
    .about("Zone of times without an offset. Left out: the zone in the export's manifest."),
    Setting::new(
        ("source", "currency"),
        Text(checks::currency),
        Nothing("\"EUR\""),
    )
    .about("Currency of amounts without one. Left out: the currency in the export's manifest."),
    Setting::new(
        ("source", "date_order"),
        Choice(&["ymd", "dmy", "mdy"]),
        Is("\"ymd\""),
    )
    .about("How to read 03/04/2025. Dates that begin with the year need no help."),
    Setting::new(
        ("destination", "base_url"),
        Text(|text| checks::base_url(text).map(drop)),
        Is("\"http://127.0.0.1:8787/crm/sales/api\""),
    )
    .about(
        "Freshsales: https://<alias>.myfreshworks.com/crm/sales/api. \
         This one is the simulator that `deskferry simulate` starts.",
    ),
    Setting::new(
        ("destination", "edition"),
        Choice(&["suite", "classic"]),
        Is("\"suite\""),
    )
    .about("Edition of the account. Classic is at https://<domain>.freshsales.io/api and has leads of its own."),
    Setting::new(
        ("destination", "plan"),
        Choice(&["free", "growth", "pro", "enterprise"]),
        Is("\"growth\""),
    )
    .about("Plan of the account. It sets the calls per hour, which the API does not tell."),
    Setting::new(
        ("destination", "api_key_env"),
        Text(checks::variable),
        Is("\"FRESHSALES_API_KEY\""),
    )
    .about("Name of the environment variable that holds the API key. The key itself is never kept here."),
    Setting::new(("destination", "workers"), Count(1, 32), Is("4"))
        .about("Requests on their way at the same time."),
    Setting::new(("destination", "timeout_seconds"), Count(1, 600), Is("30"))
        .about("How long to wait for an answer."),
    Setting::new(("destination", "jobs_in_flight"), Count(1, 8), Is("4"))
        .about("Bulk jobs at work there at the same time. Freshsales takes ten for the whole account."),
    Setting::new(("destination", "index_wait_seconds"), Count(0, 600), Is("60"))
        .about("How long a record may be missing from lists and searches after it was written. Nothing in doubt is sent again before."),
    Setting::new(
        ("quota", "calls_per_hour"),
        Count(1, 100_000),
        Nothing("5000"),
    )
    .about("Where the account has another number than its plan. On loopback calls are not limited unless it is given."),
    Setting::new(("quota", "share_to_leave_free"), Share, Is("0.1"))
        .about("Part of them that is left to the people who work in the account."),
    Setting::new(
        ("quota", "minimum_gap_milliseconds"),
        Count(0, 60_000),
        Is("250"),
    )
    .about("Least time between two calls."),
    Setting::new(("quota", "burst"), Count(1, 100), Is("20"))
        .about("Calls that may follow each other so quickly; beyond them the pace is even."),
    Setting::new(("quota", "windows"), Texts(checks::window), Is("[]"))
        .about(
            "Hours of the day in which calls may leave, for example [\"19:00-07:00\"]. None: always. \
             A run waits for the next one.",
        ),
    Setting::new(
        ("quota", "time_zone"),
        Text(checks::time_zone),
        Nothing("\"Europe/Berlin\""),
    )
    .about("Zone of the windows, of `--until` and of the times that are shown. Left out: this machine's."),
    Setting::new(
        ("warehouse", "memory_megabytes"),
        Count(128, 1_000_000),
        Is("1024"),
    )
    .about("The most it may hold in memory for one statement; it takes 80 for all that go with so little, and the rest goes to disk."),
    Setting::new(
        ("policies", "leads_as"),
        Choice(&["contact_lifecycle", "lead"]),
        Is("\"contact_lifecycle\""),
    )
    .about(
        "The suite has no leads: they become contacts with the lifecycle stage Lead. \
         The classic edition has them: `lead`.",
    ),
    Setting::new(
        ("policies", "contacts_without_email"),
        Choice(&["queue", "create"]),
        Is("\"queue\""),
    )
    .about("`create` makes them without a key: found again only by their external id."),
    Setting::new(
        ("policies", "contacts_without_last_name"),
        Choice(&["queue", "use_first_name"]),
        Is("\"queue\""),
    )
    .about("Freshsales wants a last name. `use_first_name` puts the first name there."),
    Setting::new(
        ("policies", "duplicate_emails"),
        Choice(&["queue", "newest_wins"]),
        Is("\"queue\""),
    )
    .about("Contacts that share an e-mail would become one. `newest_wins` skips the older ones."),
    Setting::new(
        ("policies", "duplicate_names"),
        Choice(&["queue", "newest_wins"]),
        Is("\"queue\""),
    )
    .about("Freshsales has a company's name once. `newest_wins` skips the older ones of a name."),
    Setting::new(
        ("policies", "attachments_over_storage"),
        Choice(&["decide", "load"]),
        Is("\"decide\""),
    )
    .about("Files larger together than the plan's storage stop the load. `load` sends them all the same."),
    Setting::new(
        ("policies", "approval"),
        Choice(&["required", "not_on_loopback"]),
        Is("\"required\""),
    )
    .about("A load sends nothing that `deskferry approve` has not sealed. `not_on_loopback`: a simulator may be loaded without."),
    Setting::new(
        ("policies", "max_rejected"),
        Count(0, i64::MAX.unsigned_abs()),
        Is("0"),
    )
    .about("A load stops with exit code 8 when Freshsales has refused more records than this."),
];

/// The file that `init` writes: every setting with its default and its meaning.
pub(super) fn template() -> String {
    let mut text =
        String::from("# The workspace's settings. `deskferry` refuses what it does not know.\n");
    for (section, heading) in SECTIONS {
        text.push_str(&format!("\n# {heading}\n[{section}]\n"));
        for setting in SETTINGS
            .iter()
            .filter(|setting| setting.section == *section)
        {
            text.push_str(&documented(setting));
        }
    }
    text
}

fn documented(setting: &Setting) -> String {
    let Setting { key, about, .. } = setting;
    let values = match setting.shape {
        Choice([_]) | Text(_) | Texts(_) => String::new(),
        Share => " From 0 to 0.9.".to_owned(),
        Choice(words) => format!(" One of: {}.", words.join(", ")),
        Count(least, most) if most < 1_000_000 => format!(" From {least} to {most}."),
        Count(..) => String::new(),
    };
    match setting.otherwise {
        Is(value) => format!("# {about}{values}\n{key} = {value}\n"),
        Nothing(example) => format!("# {about}{values}\n# {key} = {example}\n"),
    }
}
