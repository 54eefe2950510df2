//! An export made for the test: some of every object that is sent, clean, so that every row has to arrive.

use std::fs;
use std::path::Path;

/// Column and cell.
type Row = Vec<(&'static str, String)>;

/// How much of everything it holds, and in which edition.
#[derive(Clone, Copy, Debug)]
pub struct Export {
    /// Companies, of which every third belongs to another one.
    pub companies: usize,
    /// Contacts; more of them than of deals, tasks, activities or members.
    pub contacts: usize,
    /// Leads, which become contacts.
    pub leads: usize,
    /// Deals, one call each.
    pub deals: usize,
    /// Tasks, one call each and no key there.
    pub tasks: usize,
    /// Activities: calls, e-mails, meetings and notes in turn.
    pub activities: usize,
    /// Campaigns, which become lists.
    pub campaigns: usize,
    /// Members of campaigns.
    pub members: usize,
    /// Files on companies, each of its own length.
    pub files: usize,
    /// Stands in a field of every record that is sent, so that another edition is a change of every record.
    pub edition: &'static str,
}

/// What most tests load: contacts are two bulk calls and a bit.
pub const USUAL: Export = Export {
    companies: 30,
    contacts: 130,
    leads: 10,
    deals: 60,
    tasks: 20,
    activities: 48,
    campaigns: 14,
    members: 28,
    files: 8,
    edition: "",
};

impl Export {
    /// Writes the export's files into `folder`.
    pub fn write(&self, folder: &Path) {
        fs::create_dir(folder.join("attachments")).unwrap();
        for number in 1..=self.files {
            let name = format!("attachments/{}__{}", id("att", number), file_name(number));
            fs::write(folder.join(name), vec![b'x'; 10 * number]).unwrap();
        }
        for (name, rows) in self.tables() {
            let names: Vec<&str> = rows[0].iter().map(|(name, _)| *name).collect();
            let mut text = names.join(",") + "\n";
            for row in rows {
                let cells: Vec<String> = row.into_iter().map(|(_, cell)| cell).collect();
                text.push_str(&(cells.join(",") + "\n"));
            }
            fs::write(folder.join(format!("{name}.csv")), text).unwrap();
        }
    }

    /// A table's name and its rows; every row of a table names the same columns.
    fn tables(&self) -> Vec<(&'static str, Vec<Row>)> {
        let rows =
            |count, row: fn(&Self, usize) -> Row| (1..=count).map(|n| row(self, n)).collect();
        let mut tables: Vec<(&str, Vec<Row>)> = vec![
            ("users", (1..=2).map(user).collect()),
            ("companies", rows(self.companies, Self::company)),
            ("contacts", rows(self.contacts, Self::contact)),
            ("leads", rows(self.leads, Self::lead)),
            ("deals", rows(self.deals, Self::deal)),
            (
                "deal_contacts",
                (1..=self.deals).map(deal_contact).collect(),
            ),
            ("tasks", rows(self.tasks, Self::task)),
            ("activities", rows(self.activities, Self::activity)),
            ("campaigns", (1..=self.campaigns).map(campaign).collect()),
            ("campaign_members", rows(self.members, Self::member)),
            ("email_templates", (1..=2).map(template).collect()),
            ("attachments", rows(self.files, Self::file)),
        ];
        for (name, rows) in &mut tables {
            for row in rows {
                row.push(("is_deleted", "false".to_owned()));
                if !matches!(*name, "users" | "email_templates") {
                    row.push(("owner_id", "usr_000000001".to_owned()));
                    row.push(("created_at", "2024-03-04T09:15:00Z".to_owned()));
                }
            }
        }
        tables
    }

    fn company_of(&self, number: usize) -> String {
        id("com", number % self.companies + 1)
    }

    /// Contact, deal and company in turn.
    fn parent(&self, number: usize) -> [(&'static str, String); 2] {
        let (kind, parent) = match number % 3 {
            0 => ("contact", id("con", number)),
            1 => ("deal", id("dea", (number - 1) % self.deals + 1)),
            _ => ("company", self.company_of(number)),
        };
        [("parent_type", kind.to_owned()), ("parent_id", parent)]
    }

    fn company(&self, number: usize) -> Row {
        let has_parent = number.is_multiple_of(3);
        vec![
            ("id", id("com", number)),
            ("name", format!("Company {number}{}", self.edition)),
            (
                "parent_company_id",
                if has_parent {
                    id("com", number - 1)
                } else {
                    String::new()
                },
            ),
        ]
    }

    fn contact(&self, number: usize) -> Row {
        vec![
            ("id", id("con", number)),
            ("last_name", format!("Person {number}{}", self.edition)),
            ("email", format!("person-{number}@people.example")),
            ("company_id", self.company_of(number)),
        ]
    }

    fn lead(&self, number: usize) -> Row {
        vec![
            ("id", id("lea", number)),
            ("last_name", format!("Lead {number}{}", self.edition)),
            ("email", format!("lead-{number}@people.example")),
        ]
    }

    fn deal(&self, number: usize) -> Row {
        let stage = ["First talk", "Proposal out", "Won", "Lost"][number % 4];
        vec![
            ("id", id("dea", number)),
            ("name", format!("Deal {number}{}", self.edition)),
            ("value_amount", format!("{number}.25")),
            ("value_currency", "EUR".to_owned()),
            ("pipeline_name", "New Business".to_owned()),
            ("stage_name", stage.to_owned()),
            ("company_id", self.company_of(number)),
            ("primary_contact_id", id("con", number)),
        ]
    }

    fn task(&self, number: usize) -> Row {
        let mut row = vec![
            ("id", id("tsk", number)),
            ("subject", format!("Task {number}{}", self.edition)),
            ("status", "open".to_owned()),
            ("due_at", "2026-10-01T07:00:00Z".to_owned()),
        ];
        row.extend(self.parent(number));
        row
    }

    fn member(&self, number: usize) -> Row {
        vec![
            ("campaign_id", id("cam", number % self.campaigns + 1)),
            ("member_type", "contact".to_owned()),
            ("member_id", id("con", number)),
        ]
    }

    fn file(&self, number: usize) -> Row {
        vec![
            ("id", id("att", number)),
            ("file_name", file_name(number)),
            ("parent_type", "company".to_owned()),
            ("parent_id", self.company_of(number)),
        ]
    }

    fn activity(&self, number: usize) -> Row {
        let kind = ["call", "email", "meeting", "note"][number % 4];
        let mut row = vec![
            ("id", id("act", number)),
            ("type", kind.to_owned()),
            ("subject", format!("Activity {number}")),
            ("body", format!("What was said in {number}{}", self.edition)),
            ("started_at", "2024-04-01T08:00:00Z".to_owned()),
            ("ended_at", "2024-04-01T09:00:00Z".to_owned()),
        ];
        row.extend(self.parent(number));
        row
    }
}

fn id(prefix: &str, number: usize) -> String {
    format!("{prefix}_{number:09}")
}

fn file_name(number: usize) -> String {
    format!("file-{number}.bin")
}

fn user(number: usize) -> Row {
    let (email, name) = [
        ("ines@acme.example", "Ines Berg"),
        ("yuki@acme.example", "Yuki Sato"),
    ][number - 1];
    vec![
        ("id", id("usr", number)),
        ("email", email.to_owned()),
        ("full_name", name.to_owned()),
        ("is_active", "true".to_owned()),
    ]
}

fn deal_contact(number: usize) -> Row {
    vec![
        ("deal_id", id("dea", number)),
        ("contact_id", id("con", number + 1)),
        ("is_primary", "false".to_owned()),
    ]
}

fn campaign(number: usize) -> Row {
    vec![
        ("id", id("cam", number)),
        ("name", format!("Campaign {number}")),
    ]
}

fn template(number: usize) -> Row {
    vec![
        ("id", id("tpl", number)),
        ("name", format!("Template {number}")),
        ("subject", "Hello".to_owned()),
        ("body_html", "<p>Hello</p>".to_owned()),
    ]
}
