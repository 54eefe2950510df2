//! Words that people, companies and texts are made of. Every name is put together from lists: nobody is meant.

/// Names of one language; the first list is given names, the second family names, then the country and its dialling code.
pub struct Language {
    pub given: &'static [&'static str],
    pub family: &'static [&'static str],
    pub country: &'static str,
    pub dialling: &'static str,
    pub cities: &'static [&'static str],
    pub streets: &'static [&'static str],
}

/// Languages that Windows-1252 can write, the most frequent first.
pub const WESTERN: &[Language] = &[
    Language {
        given: &[
            "Zoë",
            "Jörg",
            "Käthe",
            "Björn",
            "Anneliese",
            "Günther",
            "Heike",
            "Ulf",
            "Sören",
            "Mia",
        ],
        family: &[
            "Müller",
            "Bäcker",
            "Groß",
            "Jäger",
            "Schröder",
            "Weiß",
            "Köhler",
            "von der Höh",
            "Lüdenscheidt",
            "Öhm",
        ],
        country: "DE",
        dialling: "+49",
        cities: &[
            "Köln",
            "Düsseldorf",
            "München",
            "Lübeck",
            "Görlitz",
            "Hamburg",
        ],
        streets: &["Hafenstraße", "Am Mühlgraben", "Rosenweg", "Königsallee"],
    },
    Language {
        given: &[
            "Ann", "Owen", "Grace", "Harvey", "Poppy", "Miles", "Ruth", "Niall",
        ],
        family: &[
            "Alder",
            "O'Brien",
            "Thornbury",
            "Ashdown",
            "Fairweather",
            "Lee-Marsh",
            "Quill",
            "Pennywell",
        ],
        country: "GB",
        dialling: "+44",
        cities: &["Leeds", "Ely", "Bath", "Truro", "King's Lynn"],
        streets: &["High Street", "Mill Lane", "St. Mary's Road"],
    },
    Language {
        given: &[
            "Hélène",
            "Noémie",
            "François",
            "Léo",
            "Anaïs",
            "Benoît",
            "Cécile",
            "Loïc",
        ],
        family: &[
            "Lefèvre",
            "Dubœuf",
            "Garçon",
            "D'Aubigné",
            "Forêt",
            "Lemaître",
            "Béranger",
            "Noël",
        ],
        country: "FR",
        dialling: "+33",
        cities: &["Orléans", "Besançon", "Nîmes", "Angoulême"],
        streets: &["rue de l'Église", "allée des Chênes", "quai du Marché"],
    },
    Language {
        given: &["Begoña", "Íñigo", "Lucía", "Andrés", "Núria", "Raúl"],
        family: &["Muñoz Íbero", "Castaño", "Peña", "Güell", "Ibáñez", "Núñez"],
        country: "ES",
        dialling: "+34",
        cities: &["Cádiz", "A Coruña", "Logroño", "León"],
        streets: &["Calle del Olmo", "Avenida de la Constitución"],
    },
    Language {
        given: &["Niccolò", "Chiara", "Mirò", "Giosuè", "Ilaria"],
        family: &["Dell'Orto", "Nicolò", "Pietrafesa", "Campanà", "Bellandi"],
        country: "IT",
        dialling: "+39",
        cities: &["Forlì", "Cefalù", "Trento", "L'Aquila"],
        streets: &["Via dell'Università", "Corso Libertà"],
    },
    Language {
        given: &["João", "Inês", "Conceição", "Antão", "Lúcia"],
        family: &["Magalhães", "Simões", "Brandão", "d'Ávila", "Conceição"],
        country: "PT",
        dialling: "+351",
        cities: &["Évora", "Guimarães", "Setúbal"],
        streets: &["Rua da Fundição", "Travessa de São João"],
    },
    Language {
        given: &["Daniëlle", "Joost", "Femke", "Ruben", "Noë"],
        family: &["van 't Hof", "de Wit", "Coöper", "Ter Meulen", "Bruïne"],
        country: "NL",
        dialling: "+31",
        cities: &["'s-Hertogenbosch", "Hoorn", "IJmuiden", "Coevorden"],
        streets: &["Oude Gracht", "Noorderkade"],
    },
    Language {
        given: &["Åsa", "Bjørn", "Søren", "Märta", "Øyvind"],
        family: &["Åkerström", "Sjøgren", "Lindqvist", "Ørsnes", "Håkansson"],
        country: "SE",
        dialling: "+46",
        cities: &["Malmö", "Västerås", "Örebro"],
        streets: &["Ängsvägen", "Storgatan"],
    },
];

/// Languages that need Unicode; a few people have such names.
pub const FARTHER: &[Language] = &[
    Language {
        given: &["Łucja", "Jiří", "Żaneta", "Oldřich", "Šimon"],
        family: &["Wójcikowska", "Hřebíček", "Ślusarz", "Kučera", "Gąsior"],
        country: "PL",
        dialling: "+48",
        cities: &["Łódź", "Kraków", "Gdańsk"],
        streets: &["ul. Źródlana", "ul. Młyńska"],
    },
    Language {
        given: &["Εύα", "Мария", "نور", "רות", "美咲"],
        family: &["Πεύκου", "Берёзкина", "النجار", "אלון", "小川"],
        country: "GR",
        dialling: "+30",
        cities: &["Πάτρα", "Βόλος"],
        streets: &["οδός Ελιάς", "οδός Πεύκων"],
    },
];

/// First and second word of a company's name; together with a number every name is there once.
pub const COMPANY_FIRST: &[&str] = &[
    "Nordwind",
    "Blaubeer",
    "Säntis",
    "Kupfer",
    "Mistral",
    "Étoile",
    "Fjord",
    "Quarz",
    "Lumière",
    "Bergmann",
    "Ødegård",
    "Petit",
    "Grün",
    "Harbour",
    "Silver",
    "Meridian",
    "Cobalt",
    "Tulip",
    "Sierra",
    "Amber",
    "Basalt",
    "Canela",
    "Delta",
    "Erlen",
    "Falken",
    "Ginster",
    "Heron",
    "Ilex",
    "Juniper",
    "Kestrel",
];

/// See [`COMPANY_FIRST`].
pub const COMPANY_SECOND: &[&str] = &[
    "Werke",
    "Logistik",
    "Bäckerei",
    "Systems",
    "Foods",
    "Optik",
    "Maschinen",
    "Énergie",
    "Papier",
    "Textil",
    "Software",
    "Bau",
    "Möbel",
    "Instruments",
    "Yachts",
    "Glas",
    "Druck",
    "Brewing",
    "Pharma",
    "Keramik",
    "Travel",
    "Consult",
    "Saatgut",
    "Robotics",
    "Cycles",
    "Traders",
    "Labs",
];

/// What a company may be in law.
pub const LEGAL_FORMS: &[&str] = &[
    "GmbH",
    "AG",
    "Ltd",
    "SARL",
    "S.p.A.",
    "B.V.",
    "& Söhne KG",
    "Inc.",
    "AB",
    "S.L.",
];

/// What companies do.
pub const INDUSTRIES: &[&str] = &[
    "Manufacturing",
    "Retail",
    "Food & Beverage",
    "Software",
    "Logistics",
    "Health",
    "Energy",
    "Education",
];

/// What people are.
pub const JOB_TITLES: &[&str] = &[
    "Head of Buying",
    "CEO",
    "Geschäftsführerin",
    "Chargé d'affaires",
    "Engineer, R&D",
    "Office manager",
    "CFO",
    "Einkäufer",
];

/// Where people work.
pub const DEPARTMENTS: &[&str] = &["Buying", "Vertrieb", "R&D", "Finance", "Général"];

/// What deals are about.
pub const GOODS: &[&str] = &[
    "Rotor blades",
    "Wartungsvertrag",
    "Licences",
    "Pumpen",
    "Training",
    "Déménagement",
    "Retrofit \"Plus\"",
    "Pilot, phase 2",
];

/// Names of pipelines.
pub const PIPELINES: &[&str] = &[
    "New Business",
    "Renewals",
    "Partner / Wiederverkäufer",
    "Projekte",
];

/// Names of open stages, outside any standard set.
pub const STAGES: &[&str] = &[
    "Erstgespräch",
    "Proposal out",
    "🔥 Hot",
    "Waiting for legal",
    "Muster verschickt",
    "2nd visit",
    "À relancer",
];

/// What people write, a sentence each.
pub const SENTENCES: &[&str] = &[
    "She asked for an offer by Friday.",
    "Rückruf nächste Woche, bitte mit Preisliste.",
    "They compare us with two others, \"the blue ones\" lead.",
    "Il préfère un rendez-vous le matin ; pas de courriel.",
    "Budget is 12.500 for this year, more in spring.",
    "Sent the drawings; waiting for the answer of purchasing.",
    "Will decide after the fair – very interested 🎉",
    "Prefers paper.",
    "Größe 3 passt, Größe 4 nicht.",
    "Contract ends in March, ask again in January.",
];

/// What tasks and activities are called.
pub const SUBJECTS: &[&str] = &[
    "First call",
    "Angebot nachfassen",
    "Demo",
    "Quarterly review",
    "Compte rendu",
    "Send contract",
    "Visit, Halle 4",
    "Question about the invoice",
];

/// Words that records are marked with.
pub const TAGS: &[&str] = &[
    "VIP",
    "Key account",
    "Süd",
    "Beta 🚀",
    "Berlin, Mitte",
    "fair 2025",
    "reseller",
    "paper mail",
];

/// How campaigns are called; the year follows.
pub const CAMPAIGNS: &[&str] = &[
    "Spring fair",
    "Autumn webinar",
    "Hausmesse",
    "Newsletter",
    "Summer roadshow",
    "Rentrée",
];

/// What knowledge base articles are about.
pub const ARTICLES: &[&str] = &[
    "Oiling blades",
    "Rechnung ändern",
    "Reset the pump",
    "Choosing a size",
    "Garantie",
    "Opening hours",
];

/// Latin letters for the accented ones and for those that have other names; everything else is left out.
pub fn plain(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let mut plain = String::with_capacity(text.len());
    for c in text.nfd() {
        match c {
            'a'..='z' | '0'..='9' => plain.push(c),
            'A'..='Z' => plain.push(c.to_ascii_lowercase()),
            'ß' => plain.push_str("ss"),
            'æ' | 'Æ' => plain.push_str("ae"),
            'œ' | 'Œ' => plain.push_str("oe"),
            'ø' | 'Ø' => plain.push('o'),
            'ł' | 'Ł' => plain.push('l'),
            _ => {}
        }
    }
    plain
}
