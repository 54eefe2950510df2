//! The options of choices: records draw from them, and `schema/picklist_options.csv` declares them.

pub const TIERS: &[&str] = &["Gold", "Silver", "Bronze", "Platinum"];
pub const SALES_REGIONS: &[&str] = &["North", "South", "East", "West"];
pub const LIFECYCLES: &[&str] = &["lead", "customer", "prospect", "Partner"];
pub const REGIONS: &[&str] = &["DACH", "Nordics", "Iberia", "Alps"];
pub const OTHER_REGIONS: &[&str] = &["North", "South"];
pub const SIZES: &[&str] = &["S", "M", "L"];
pub const LEAD_SOURCES: &[&str] = &["Web", "Referral", "Billboard"];
pub const LEAD_STATUSES: &[&str] = &["new", "contacted", "simmering"];
pub const COMPETITORS: &[&str] = &["Initech", "Globex", "Umbrella"];
pub const PARTS: &[&str] = &["Bolts", "Nuts", "Rings"];

// Some have what may stand between options inside.
pub const PRODUCTS: &[&str] = &[
    "CRM",
    "Helpdesk",
    "Small, Medium",
    "Mail; Chat",
    "Telephony",
];
pub const INTERESTS: &[&str] = &["Chess", "Sailing", "Reading", "R|D"];
pub const TOPICS: &[&str] = &["Cranes", "Pumps", "Service", "Price"];
pub const MODULES: &[&str] = &["Base", "Mobile", "Reports", "\"Pro\""];
