//! Explaining texts: paragraphs, with `code` between backticks.

/// A stretch of a paragraph.
#[derive(Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// Stood between backticks.
    pub is_code: bool,
    /// What it says.
    pub text: &'a str,
}

/// The paragraphs of a text, each as its stretches.
pub fn paragraphs(text: &str) -> Vec<Vec<Span<'_>>> {
    let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.is_empty());
    paragraphs.map(spans).collect()
}

/// Every second stretch is code; a backtick without another one opens nothing.
fn spans(paragraph: &str) -> Vec<Span<'_>> {
    let is_whole = paragraph.matches('`').count().is_multiple_of(2);
    if !is_whole {
        return vec![Span {
            is_code: false,
            text: paragraph,
        }];
    }
    let stretches = paragraph.split('`').enumerate();
    let spans = stretches.map(|(place, text)| Span {
        is_code: place % 2 == 1,
        text,
    });
    spans.filter(|span| !span.text.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_make_code_where_they_come_in_pairs() {
        let span = |is_code, text| Span { is_code, text };
        assert_eq!(
            paragraphs("See `map`.\n\nOr ` this"),
            [
                vec![span(false, "See "), span(true, "map"), span(false, ".")],
                vec![span(false, "Or ` this")],
            ]
        );
    }
}
