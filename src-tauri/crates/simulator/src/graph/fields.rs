//! The `fields` parameter: `id,text,replies.limit(5){id,from}`.

use std::fmt;

use super::error::GraphError;

// Deep enough for media → comments → replies → media, shallow enough for any stack.
const MAX_DEPTH: usize = 8;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub limit: Option<usize>,
    pub after: Option<String>,
    /// Further modifiers and their arguments, as `summary(true)`.
    pub modifiers: Vec<(String, String)>,
    /// `None` when no braces were given.
    pub fields: Option<Vec<Field>>,
}

impl Field {
    /// The argument of a modifier such as `order`.
    pub fn modifier(&self, name: &str) -> Option<&str> {
        let found = self.modifiers.iter().find(|(key, _)| key == name);
        found.map(|(_, argument)| argument.as_str())
    }

    pub fn plain(name: &str) -> Self {
        Self {
            name: name.into(),
            limit: None,
            after: None,
            modifiers: Vec::new(),
            fields: None,
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name)?;
        if let Some(limit) = self.limit {
            write!(out, ".limit({limit})")?;
        }
        for (name, argument) in &self.modifiers {
            write!(out, ".{name}({argument})")?;
        }
        match &self.fields {
            Some(fields) => write!(out, "{{{}}}", write_fields(fields)),
            None => Ok(()),
        }
    }
}

pub fn write_fields(fields: &[Field]) -> String {
    fields.iter().map(Field::to_string).collect::<Vec<_>>().join(",")
}

pub fn parse_fields(text: &str) -> Result<Vec<Field>, GraphError> {
    let mut reader = Reader { text, at: 0 };
    let fields = reader.list(0)?;
    match reader.peek() {
        None => Ok(fields),
        Some(found) => Err(reader.unexpected("end of string", Some(found))),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn list(&mut self, depth: usize) -> Result<Vec<Field>, GraphError> {
        if depth > MAX_DEPTH {
            return Err(GraphError::invalid_parameter("The fields are nested too deeply"));
        }
        let mut fields = Vec::new();
        loop {
            fields.push(self.field(depth)?);
            if self.peek() != Some(',') {
                return Ok(fields);
            }
            self.at += 1;
        }
    }

    fn field(&mut self, depth: usize) -> Result<Field, GraphError> {
        let mut field = Field::plain(&self.word()?);
        while self.peek() == Some('.') {
            self.at += 1;
            let modifier = self.word()?;
            self.expect('(')?;
            let argument = self.argument()?;
            match modifier.as_str() {
                "limit" => {
                    let limit = argument
                        .parse()
                        .map_err(|_| GraphError::invalid_parameter("Param limit must be an integer"))?;
                    field.limit = Some(limit);
                }
                "after" => field.after = Some(argument),
                _ => field.modifiers.push((modifier, argument)),
            }
        }
        if self.peek() == Some('{') {
            self.at += 1;
            field.fields = Some(self.list(depth + 1)?);
            self.expect('}')?;
        }
        Ok(field)
    }

    fn word(&mut self) -> Result<String, GraphError> {
        let found = self.take_while(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if found.is_empty() {
            let letter = self.peek();
            return Err(self.unexpected("a field name", letter));
        }
        Ok(found)
    }

    fn argument(&mut self) -> Result<String, GraphError> {
        let found = self.take_while(|letter| letter != ')');
        self.expect(')')?;
        Ok(found.trim().to_owned())
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        self.skip_spaces();
        let rest = &self.text[self.at..];
        let length = rest.find(|letter| !wanted(letter)).unwrap_or(rest.len());
        self.at += length;
        rest[..length].to_owned()
    }

    fn expect(&mut self, wanted: char) -> Result<(), GraphError> {
        match self.peek() {
            Some(found) if found == wanted => {
                self.at += found.len_utf8();
                Ok(())
            }
            found => Err(self.unexpected(&format!("\"{wanted}\""), found)),
        }
    }

    fn peek(&mut self) -> Option<char> {
        self.skip_spaces();
        self.text[self.at..].chars().next()
    }

    fn skip_spaces(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn unexpected(&self, wanted: &str, found: Option<char>) -> GraphError {
        let found = found.map_or_else(|| "end of string".to_owned(), |letter| format!("\"{letter}\""));
        let (at, text) = (self.at, self.text);
        GraphError::new(
            2500,
            format!("Syntax error \"Expected {wanted} instead of {found}.\" at character {at}: {text}"),
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nested_fields_with_their_own_limit_are_read_and_written_back() {
        let text = "id,text,replies.limit(5).order(reverse_chronological){id,from,media{id}},like_count";
        let fields = parse_fields(text).unwrap();
        assert_eq!(fields.len(), 4);
        assert_eq!(fields[2].modifier("order"), Some("reverse_chronological"));
        assert_eq!(fields[2].limit, Some(5));
        assert_eq!(write_fields(&fields), text);
    }

    #[test]
    fn a_brace_too_many_and_a_brace_too_few_are_syntax_errors() {
        for text in ["id}", "replies{id", "id,,text", "", "replies.limit(x){id}", "é"] {
            assert!(parse_fields(text).is_err(), "{text:?} must be refused");
        }
    }

    #[test]
    fn endless_nesting_is_refused_before_the_stack_is() {
        let text = "replies{".repeat(100_000);
        assert_eq!(parse_fields(&text).unwrap_err().code, 100);
    }
}
