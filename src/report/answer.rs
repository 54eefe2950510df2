//! A query's answer as a table, CSV or JSON.

use arrow::array::RecordBatch;
use arrow::json::writer::{JsonArray, WriterBuilder};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

use super::{print_text, unprintable};
use crate::error::Result;
use crate::warehouse::Answer;

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Shape {
    /// For people.
    Table,
    /// For spreadsheets and scripts.
    Csv,
    /// For machines: an array of objects.
    Json,
}

/// Prints an answer.
///
/// # Errors
/// [`crate::error::Kind::Bug`] when it cannot be formatted or printed.
pub fn print_answer(answer: &Answer, shape: Shape) -> Result<()> {
    let text = match shape {
        Shape::Table => as_table(answer),
        Shape::Csv => as_csv(answer),
        Shape::Json => as_json(answer),
    };
    print_text(text?.trim_end_matches('\n'))
}

fn as_table(answer: &Answer) -> Result<String> {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_FULL_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(names(answer));
    for row in texts(answer)? {
        table.add_row(row.into_iter().map(|cell| cell.unwrap_or_default()));
    }
    for (index, field) in answer.schema.fields().iter().enumerate() {
        if field.data_type().is_numeric()
            && let Some(column) = table.column_mut(index)
        {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    Ok(table.to_string())
}

/// Null is an empty cell.
fn as_csv(answer: &Answer) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(names(answer)).map_err(unprintable)?;
    for row in texts(answer)? {
        let cells = row.iter().map(|cell| cell.as_deref().unwrap_or_default());
        writer.write_record(cells).map_err(unprintable)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|e| unprintable(e.into_error()))?;
    String::from_utf8(bytes).map_err(unprintable)
}

/// Every row has every key, also where it holds null.
pub(super) fn as_json(answer: &Answer) -> Result<String> {
    let builder = WriterBuilder::new().with_explicit_nulls(true);
    let mut writer = builder.build::<_, JsonArray>(Vec::new());
    for batch in &answer.batches {
        writer.write(batch).map_err(unprintable)?;
    }
    writer.finish().map_err(unprintable)?;
    let text = String::from_utf8(writer.into_inner()).map_err(unprintable)?;
    Ok(if text.is_empty() {
        "[]".to_owned()
    } else {
        text
    })
}

fn names(answer: &Answer) -> impl Iterator<Item = &str> {
    let fields = answer.schema.fields().iter();
    fields.map(|field| field.name().as_str())
}

/// Every cell as text; null is `None`.
pub(super) fn texts(answer: &Answer) -> Result<Vec<Vec<Option<String>>>> {
    let mut rows = Vec::with_capacity(answer.rows());
    for batch in &answer.batches {
        batch_texts(batch, &mut rows)?;
    }
    Ok(rows)
}

fn batch_texts(batch: &RecordBatch, rows: &mut Vec<Vec<Option<String>>>) -> Result<()> {
    let options = FormatOptions::default().with_display_error(true);
    let columns = batch.columns();
    let formatters = columns
        .iter()
        .map(|column| ArrayFormatter::try_new(column, &options));
    let formatters = formatters
        .collect::<std::result::Result<Vec<_>, _>>()
        .map_err(unprintable)?;
    for index in 0..batch.num_rows() {
        let cells = formatters.iter().zip(columns);
        rows.push(
            cells
                .map(|(text, column)| {
                    column
                        .is_valid(index)
                        .then(|| text.value(index).to_string())
                })
                .collect(),
        );
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::warehouse::Warehouse;

    fn answer(sql: &str) -> Answer {
        Warehouse::in_memory().unwrap().query(sql).unwrap()
    }

    const ROWS: &str = "select * from (values (1, 'a,\"b\"', null), (20, null, true)) as t(n, text, flag) order by n";

    #[test]
    fn csv_quotes_what_needs_it_and_leaves_null_empty() {
        let text = as_csv(&answer(ROWS)).unwrap();
        assert_eq!(text, "n,text,flag\n1,\"a,\"\"b\"\"\",\n20,,true\n");
        assert_eq!(as_csv(&answer("select 1 as n where false")).unwrap(), "n\n");
    }

    #[test]
    fn json_is_an_array_of_rows_that_all_have_all_keys() {
        let text = as_json(&answer(ROWS)).unwrap();
        let rows: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            rows,
            serde_json::json!([
                { "n": 1, "text": "a,\"b\"", "flag": null },
                { "n": 20, "text": null, "flag": true },
            ])
        );
        assert_eq!(as_json(&answer("select 1 as n where false")).unwrap(), "[]");
    }

    #[test]
    fn every_type_that_a_query_may_answer_can_be_printed() {
        let sql = "select sum(1) as huge, 1.50::decimal(18, 2) as amount, timestamp '2026-03-04 08:00:00' as instant, \
            date '2026-03-04' as day, [1, 2] as list, {'a': 1} as struct, '{\"a\": 1}'::json as json, \
            time '09:15:00' as time, uuid '00000000-0000-0000-0000-000000000001' as uuid, 1.5::double as number, \
            map {'a': 1} as map, interval 1 day as span, null as nothing";
        let answer = answer(sql);
        let line = as_csv(&answer).unwrap();
        assert!(
            line.contains("\n1,1.50,2026-03-04T08:00:00,2026-03-04,\"[1, 2]\""),
            "{line}"
        );
        let rows: serde_json::Value = serde_json::from_str(&as_json(&answer).unwrap()).unwrap();
        assert_eq!(rows[0]["day"], "2026-03-04");
        assert_eq!(rows[0]["list"], serde_json::json!([1, 2]));
    }

    #[test]
    fn a_table_sets_numbers_right_and_nulls_blank() {
        let text = as_table(&answer(
            "select 1 as number, null::varchar as text union all select 2000, 'x' order by 1",
        ))
        .unwrap();
        assert!(text.contains("│      1 ┆      │"), "{text}");
        assert!(text.contains("│   2000 ┆ x    │"), "{text}");
    }
}
