//! Gates after a load are seen red, each by what somebody does to the account, and green after what they ask for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::support::{Middleman, Simulator, Workspace};

const FILES: [(&str, &str); 11] = [
    ("companies.csv", "id,name\ncom_1,Acme\n"),
    (
        "contacts.csv",
        "id,last_name,email\ncon_1,Berg,berg@people.example\ncon_2,Alder,alder@people.example\n",
    ),
    (
        "deals.csv",
        "id,title,value_amount,value_currency,pipeline_name,stage_name\n\
         dea_1,Sale,1200.50,EUR,New Business,First talk\n",
    ),
    (
        "deal_contacts.csv",
        "id,deal_id,contact_id\ndct_1,dea_1,con_1\n",
    ),
    ("tags.csv", "id,name\ntag_1,vip\n"),
    (
        "record_tags.csv",
        "id,tag_id,object,record_id\nrtg_1,tag_1,contact,con_1\n",
    ),
    ("campaigns.csv", "id,name\ncam_1,Spring\n"),
    (
        "campaign_members.csv",
        "campaign_id,member_type,member_id\ncam_1,contact,con_1\n",
    ),
    (
        "activities.csv",
        "id,type,body,parent_type,parent_id,created_at\n\
         act_1,note,She asked for the offer.,contact,con_1,2024-03-04T10:00:00Z\n",
    ),
    (
        "attachments.csv",
        "id,file_name,parent_type,parent_id\natt_1,plan.txt,company,com_1\n",
    ),
    ("attachments/att_1__plan.txt", "in March"),
];

/// An account after a load that went well.
struct Scene {
    simulator: Simulator,
    workspace: Workspace,
    /// Files are shown one byte shorter than they are.
    is_cut: Arc<AtomicBool>,
    _middleman: Middleman,
}

impl Scene {
    fn loaded() -> Self {
        let simulator = Simulator::start("seed.json");
        let is_cut = Arc::new(AtomicBool::new(false));
        let cut = Arc::clone(&is_cut);
        let change = move |method: &str, path: &str, answer: &mut Value| {
            if method == "GET" && path.contains("document") && cut.load(Ordering::SeqCst) {
                shorten(answer);
            }
        };
        let middleman = Middleman::changing_answers(&simulator.base_url, change);
        let workspace = Workspace::undecided(&middleman.base_url);
        workspace.land_files(&FILES);
        workspace.run(&["load"]).passed();
        Self {
            simulator,
            workspace,
            is_cut,
            _middleman: middleman,
        }
    }

    /// The only record of an object that holds this text.
    fn id(&self, object: &str, text: &str) -> i64 {
        let all = self.simulator.records(object);
        let mut found = all.iter().filter(|one| one.to_string().contains(text));
        let id = found.next().unwrap()["id"].as_i64().unwrap();
        assert!(found.next().is_none(), "{object} with {text}");
        id
    }

    /// What comes back is nothing, now and then.
    fn change(&self, path: &str, body: &Value) {
        self.simulator.caller().put(path, body);
    }

    /// Somebody works in the account where nobody should, or puts it right again.
    fn meddle(&self, is_wrong: bool) {
        let berg = self.id("contacts", "berg@people.example");
        let tags = if is_wrong { json!([]) } else { json!(["vip"]) };
        self.change(
            &format!("contacts/{berg}"),
            &json!({ "contact": { "tags": tags } }),
        );
        let deal = format!("deals/{}", self.id("deals", "dea_1"));
        let (people, amount) = match is_wrong {
            true => ("contacts_removed_list", 1.0),
            false => ("contacts_added_list", 1200.5),
        };
        self.change(
            &deal,
            &json!({ "deal": { people: [berg], "amount": amount } }),
        );
        let lists = self.workspace.sql("select id from raw_freshsales__lists");
        let list = lists[0]["id"].as_str().unwrap();
        let move_to = if is_wrong { "remove" } else { "add" };
        self.change(
            &format!("lists/{list}/{move_to}_contacts"),
            &json!({ "ids": [berg] }),
        );
        self.is_cut.store(is_wrong, Ordering::SeqCst);
    }

    /// A second note with the text of the first; its id.
    fn repeat_note(&self) -> i64 {
        let notes = self.simulator.records("notes");
        let note = notes.iter().find(|note| note.to_string().contains("act_1"));
        let body = json!({ "note": {
            "description": note.unwrap()["description"],
            "targetable_type": "Contact",
            "targetable_id": self.id("contacts", "berg@people.example"),
        } });
        let twin = self.simulator.caller().post("notes", &body).unwrap();
        twin["note"]["id"].as_i64().unwrap()
    }
}

/// A verification that was stopped.
struct Stopped<'a> {
    workspace: &'a Workspace,
    said: String,
}

impl<'a> Stopped<'a> {
    #[track_caller]
    fn verifying(workspace: &'a Workspace) -> Self {
        let said = workspace.run(&["verify"]).ended(7).stderr;
        assert!(said.contains("hint: `deskferry sql"), "{said}");
        Self { workspace, said }
    }

    /// The check is named with the way out, and lists its rows.
    #[track_caller]
    fn by(&self, check: &str, fix: &str) -> Vec<Value> {
        let begin = format!("recon_after_load__{check}");
        let mut lines = self.said.lines();
        let line = lines.find(|line| line.starts_with(&begin));
        let line = line.unwrap_or_else(|| panic!("{check} does not stop:\n{}", self.said));
        assert!(line.contains(fix), "{line}");
        let name = line.split(':').next().unwrap();
        let rows = self.workspace.sql(&format!("select * from {name}"));
        assert!(!rows.is_empty(), "{name} lists nothing");
        rows
    }
}

#[test]
fn what_somebody_changed_there_is_named_each_with_its_way_out() {
    let scene = Scene::loaded();
    scene.meddle(true);
    let twin = scene.repeat_note();
    let stopped = Stopped::verifying(&scene.workspace);
    for (check, fix) in [
        ("tags_missing", "add the tags at the destination"),
        ("deal_contacts_unlinked", "add these people to the deals"),
        ("list_members_missing", "add these people to the lists"),
        ("fields_differ__contacts", "mend the fields"),
    ] {
        assert_eq!(stopped.by(check, fix).len(), 1, "{check}");
    }
    let sums = stopped.by("deal_sums", "put them right");
    assert_eq!(sums[0]["accepted_deals"], sums[0]["stored_deals"]);
    let fields = stopped.by("fields_differ__deals", "mend the fields");
    assert_eq!(fields[0]["source_id"], "dea_1");
    let files = stopped.by("file_sizes_differ", "upload these files by hand");
    assert_eq!(files[0]["source_id"], "att_1");
    let twins = stopped.by("twins__notes", "keep one of each");
    assert_eq!(
        (&twins[0]["source_id"], &twins[0]["records"]),
        (&json!("act_1"), &json!(2))
    );

    scene.meddle(false);
    scene.simulator.caller().delete(&format!("notes/{twin}"));
    scene.workspace.run(&["verify"]).passed();

    let alder = scene.id("contacts", "alder@people.example");
    scene
        .simulator
        .caller()
        .delete(&format!("contacts/{alder}"));
    let stopped = Stopped::verifying(&scene.workspace);
    let missing = stopped.by("records_missing__contacts", "restore them");
    assert_eq!(missing[0]["source_id"], "con_2");
    scene.simulator.restore("contacts", alder);
    scene.workspace.run(&["verify"]).passed();
}

#[test]
fn rows_that_a_load_did_not_come_to() {
    let simulator = Simulator::start("seed.json");
    let workspace = Workspace::undecided(&simulator.base_url);
    workspace.land_files(&FILES);
    workspace.run(&["load", "--limit", "1"]).ended(9);
    let fix = "`deskferry load` goes on with them";
    Stopped::verifying(&workspace).by("rows_unfinished__contacts", fix);
    workspace.run(&["load"]).passed();
    workspace.run(&["verify"]).passed();
}

/// Every size in an answer is one byte less.
fn shorten(answer: &mut Value) {
    match answer {
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value.as_i64().filter(|_| name == "size") {
                    Some(size) => *value = (size - 1).into(),
                    None => shorten(value),
                }
            }
        }
        _ => {}
    }
}
