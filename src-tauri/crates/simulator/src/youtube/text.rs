//! `textDisplay`: what was typed, as HTML unless plain text is asked for.

/// Escapes what HTML would read, breaks lines and links addresses.
pub fn html_of(text: &str) -> String {
    text.split('\n')
        .map(|line| line.split(' ').map(word).collect::<Vec<_>>().join(" "))
        .collect::<Vec<_>>()
        .join("<br>")
}

fn word(word: &str) -> String {
    let escaped = escape(word);
    if word.starts_with("http://") || word.starts_with("https://") {
        format!("<a href=\"{escaped}\">{escaped}</a>")
    } else {
        escaped
    }
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_is_shown_not_run() {
        assert_eq!(
            html_of("Lot's of <b>\nsee https://example.com/?a=1&b=2 & more"),
            "Lot&#39;s of &lt;b&gt;<br>see <a href=\"https://example.com/?a=1&amp;b=2\">\
             https://example.com/?a=1&amp;b=2</a> &amp; more"
        );
    }
}
