//! Workbooks: their parts changed and packed again, so that the change gets past the archive; and the old kind.

use std::io::{Cursor, Read as _, Write as _};
use std::sync::OnceLock;

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::chance::{Chance, mutate};
use crate::judge::File;

/// What stands in the parts of a workbook, to be put elsewhere.
const PIECES: [&str; 26] = [
    "<c r=\"XFD1048576\"><v>1</v></c>",
    "<c r=\"A1\" t=\"s\"><v>99999</v></c>",
    "<c r=\"A1\" t=\"s\"><v>-1</v></c>",
    "<c r=\"A0\"><v>1</v></c>",
    "<c r=\"ZZZZZZZZ9\"><v>1</v></c>",
    "<c r=\"A99999999999\"><v>1</v></c>",
    "<c r=\"B2\" t=\"d\"><v>x</v></c>",
    "<c t=\"b\"><v>7</v></c>",
    "<row r=\"4294967295\">",
    "<row r=\"2\">",
    "</row>",
    "<c>",
    "</c>",
    "<is><t>x</t></is>",
    "<v>1e309</v>",
    "<v>-5</v>",
    "<v>2958466</v>",
    "<dimension ref=\"A1:XFD1048576\"/>",
    "<dimension ref=\"B2:A1\"/>",
    " uniqueCount=\"99999999999\"",
    "<si/>",
    "<sheetData>",
    "</sheetData>",
    "<!--",
    "<![CDATA[",
    "<!DOCTYPE a [<!ENTITY b \"c\">]>",
];

fn whole() -> Vec<u8> {
    let mut book = Workbook::new();
    let day = Format::new().set_num_format("dd.mm.yyyy");
    let hours = Format::new().set_num_format("[h]:mm:ss");
    let sheet = book.add_worksheet().set_name("Contacts").unwrap();
    for (column, name) in ["id", "name", "created_at", "score", "city"]
        .iter()
        .enumerate()
    {
        sheet
            .write(0, u16::try_from(column).unwrap(), *name)
            .unwrap();
    }
    let at = ExcelDateTime::parse_from_str("2026-03-04T09:15:30").unwrap();
    for row in 1..6_u32 {
        sheet.write(row, 0, row).unwrap();
        sheet.write(row, 1, format!("Zoë {row}")).unwrap();
        sheet
            .write_with_format(row, 2, &at, if row == 2 { &hours } else { &day })
            .unwrap();
        sheet.write(row, 3, f64::from(row) * 1.5).unwrap();
        sheet.write(row, 4, "a\nb").unwrap();
    }
    let sheet = book.add_worksheet().set_name("Teams").unwrap();
    sheet.write(2, 1, true).unwrap();
    sheet.write_formula(3, 1, "=1+1").unwrap();
    book.save_to_buffer().unwrap()
}

/// The parts of one, unpacked.
fn parts() -> &'static [(String, Vec<u8>)] {
    static PARTS: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    PARTS.get_or_init(|| {
        let mut zip = ZipArchive::new(Cursor::new(whole())).unwrap();
        let all = zip.len();
        let read = |place| {
            let mut part = zip.by_index(place).unwrap();
            let mut bytes = Vec::new();
            part.read_to_end(&mut bytes).unwrap();
            (part.name().unwrap().into_owned(), bytes)
        };
        (0..all).map(read).collect()
    })
}

/// A workbook of either kind.
pub fn any(chance: &mut Chance) -> Vec<File> {
    let bytes = match chance.below(4) {
        0 => old(chance),
        1 => {
            let mut book = packed(parts());
            let times = chance.size(4);
            mutate(chance, &mut book, times);
            book
        }
        _ => changed(chance),
    };
    vec![("contacts.xlsx".to_owned(), bytes)]
}

fn changed(chance: &mut Chance) -> Vec<u8> {
    let mut parts = parts().to_vec();
    for _ in 0..chance.size(3) {
        let place = chance.below(parts.len());
        let (_, bytes) = &mut parts[place];
        match chance.below(4) {
            0 => {
                let times = chance.size(4);
                mutate(chance, bytes, times);
            }
            1 => number(chance, bytes),
            _ => {
                let ends: Vec<usize> = (0..bytes.len())
                    .filter(|at| matches!(bytes[*at], b'>' | b' '))
                    .collect();
                let at = if ends.is_empty() {
                    0
                } else {
                    chance.one_of(&ends) + 1
                };
                let piece = chance.one_of(&PIECES).repeat(chance.size(3));
                bytes.splice(at..at, piece.into_bytes());
            }
        }
    }
    if chance.once_in(30) {
        let place = chance.below(parts.len());
        parts.remove(place);
    }
    packed(&parts)
}

/// Another number in place of one.
fn number(chance: &mut Chance, bytes: &mut Vec<u8>) {
    let digits: Vec<usize> = (0..bytes.len())
        .filter(|at| bytes[*at].is_ascii_digit())
        .collect();
    if !digits.is_empty() {
        let at = *chance.one_of(&digits);
        let numbers = [
            "0",
            "-1",
            "65536",
            "1048577",
            "4294967296",
            "99999999999999999999",
            "1e308",
            "",
        ];
        let number = chance.one_of(&numbers).bytes();
        bytes.splice(at..=at, number);
    }
}

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// One of the years before, with numbers that lie.
fn old(chance: &mut Chance) -> Vec<u8> {
    const OLD: &[u8] = include_bytes!("../../fixtures/fuzz/workbooks/an_old_one/contacts.xls");
    let mut bytes = OLD.to_vec();
    for _ in 0..chance.size(6) {
        let at = chance.below(bytes.len() - 4);
        let numbers = [
            0_u16,
            1,
            0xFF,
            0x100,
            0x7FFF,
            0xFFFE,
            0xFFFF,
            chance.next() as u16,
        ];
        match chance.below(3) {
            0 => bytes[at] ^= 1 << chance.below(8),
            1 => bytes[at..at + 2].copy_from_slice(&chance.one_of(&numbers).to_le_bytes()),
            _ => {
                let from = chance.below(bytes.len() - 64);
                let length = chance.below(64);
                let piece = bytes[from..from + length].to_vec();
                let at = at.min(bytes.len() - length);
                bytes[at..at + length].copy_from_slice(&piece);
            }
        }
    }
    bytes
}
