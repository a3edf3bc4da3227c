//! How complex a template may be. The engine's parser, compiler and values recurse, as deep as an
//! expression is long, and an overflowing stack ends the process: so what could overflow it is
//! refused before the engine sees it.

use minijinja::machinery::{Span, Token, tokenize};

/// Words, operators, values and brackets of one `{{ … }}` or `{% … %}`.
const PARTS: usize = 200;
/// Brackets within brackets, in one expression.
const BRACKETS: usize = 24;
/// Blocks within blocks.
const BLOCKS: usize = 24;
/// `{% elif %}`s of one template: each is a block within the one before.
const BRANCHES: usize = 60;
/// `{% set %}`s and `{% with %}`s of one template: each may wrap the value of the one before.
const ASSIGNMENTS: usize = 60;

/// What has been counted.
#[derive(Default)]
struct Counts {
    parts: usize,
    brackets: usize,
    blocks: usize,
    branches: usize,
    assignments: usize,
    /// The first word of the block tag being read.
    keyword: Option<String>,
    /// The block tag being read has a `=`.
    assigns: bool,
}

/// Whether `source` stays within the bounds.
///
/// # Errors
/// What is too much, and where.
pub(crate) fn check(source: &str) -> Result<(), String> {
    let mut counts = Counts::default();
    // What is no token is reported by the parser.
    for (token, span) in tokenize(source, false, Default::default()).map_while(Result::ok) {
        counts.count(&token).map_err(|what| at(span, &what))?;
    }
    Ok(())
}

fn at(span: Span, what: &str) -> String {
    format!("line {}, column {}: {what}", span.start_line, span.start_col.saturating_add(1))
}

impl Counts {
    fn count(&mut self, token: &Token<'_>) -> Result<(), String> {
        match token {
            Token::TemplateData(_) => return Ok(()),
            Token::VariableStart | Token::BlockStart => {
                (self.parts, self.brackets, self.keyword, self.assigns) = (0, 0, None, false);
                return Ok(());
            }
            Token::VariableEnd => return Ok(()),
            Token::BlockEnd => return self.block(),
            Token::BracketOpen | Token::ParenOpen | Token::BraceOpen => {
                self.brackets = self.brackets.saturating_add(1);
            }
            Token::BracketClose | Token::ParenClose | Token::BraceClose => {
                self.brackets = self.brackets.saturating_sub(1);
            }
            Token::Assign => self.assigns = true,
            Token::Ident(word) if self.parts == 0 => self.keyword = Some((*word).to_owned()),
            _ => {}
        }
        self.parts = self.parts.saturating_add(1);
        within(self.parts, PARTS, "words, operators and values in one expression")?;
        within(self.brackets, BRACKETS, "brackets within brackets")
    }

    /// A block tag has been read.
    fn block(&mut self) -> Result<(), String> {
        match self.keyword.as_deref() {
            Some("elif") => self.branches = self.branches.saturating_add(1),
            Some("set" | "with") => {
                self.assignments = self.assignments.saturating_add(1);
                if !(self.assigns && self.keyword.as_deref() == Some("set")) {
                    self.blocks = self.blocks.saturating_add(1);
                }
            }
            Some("if" | "for" | "filter" | "autoescape" | "macro" | "call" | "block") => {
                self.blocks = self.blocks.saturating_add(1);
            }
            Some(end) if end.starts_with("end") => self.blocks = self.blocks.saturating_sub(1),
            _ => {}
        }
        within(self.blocks, BLOCKS, "blocks within blocks")?;
        within(self.branches, BRANCHES, "`elif` in one template")?;
        within(self.assignments, ASSIGNMENTS, "`set` and `with` in one template")
    }
}

fn within(count: usize, most: usize, what: &str) -> Result<(), String> {
    if count <= most { Ok(()) } else { Err(format!("too many {what}: at most {most}")) }
}

#[cfg(test)]
mod tests {
    use minijinja::Value;

    use super::*;
    use crate::engine::Engine;

    /// Expressions of `length` links, of each shape that a parser or a value may recurse over.
    fn expressions(length: usize) -> Vec<String> {
        let binary = ["+", "-", "*", "/", "~", "%", "//", "**", "==", "<", "and", "or", "in", "not in"];
        let mut shapes: Vec<String> =
            binary.iter().map(|operator| format!("1{}", format!(" {operator} 1").repeat(length))).collect();
        shapes.push(format!("{}1", "not ".repeat(length)));
        shapes.push(format!("{}1", "-".repeat(length)));
        shapes.push(format!("{}1", "- ".repeat(length)));
        shapes.push(format!("x{}", "|upper".repeat(length)));
        shapes.push(format!("x{}", "|default(1)".repeat(length)));
        shapes.push(format!("x{}", " is defined".repeat(length)));
        shapes.push(format!("{}1", "1 if 1 else ".repeat(length)));
        shapes.push(format!("1{}", " if 1".repeat(length)));
        shapes.push(format!("x{}", ".a".repeat(length)));
        shapes.push(format!("x{}", "[0]".repeat(length)));
        shapes.push(format!("x{}", "[0:1]".repeat(length)));
        shapes.push(format!("x{}", "()".repeat(length)));
        for (open, close) in [("[", "]"), ("(", ")"), ("{1:", "}"), ("(1,", ")"), ("x(", ")"), ("x[", "]")] {
            shapes.push(format!("{}1{}", open.repeat(length), close.repeat(length)));
            shapes.push(open.repeat(length));
        }
        shapes
    }

    fn templates(length: usize) -> Vec<String> {
        let mut templates: Vec<String> = Vec::new();
        for shape in expressions(length) {
            templates.push(format!("{{{{ {shape} }}}}"));
            templates.push(format!("{{% if {shape} %}}a{{% endif %}}"));
            templates.push(format!("{{% for a in {shape} %}}a{{% endfor %}}"));
            templates.push(format!("{{% set a = {shape} %}}"));
            // What would lead a reader astray that does not read as the engine does.
            templates.push(format!("{{# {{{{ \" #}}{{{{ {shape} }}}} \" }}}}"));
            templates.push(format!("{{% raw %}}{{{{ ' {{% endraw %}}{{{{ {shape} }}}} '"));
            templates.push(format!("{{{{ \"}}}}\" ~ {shape} }}}}"));
        }
        for (open, close) in [
            ("{% if 1 %}", "{% endif %}"),
            ("{% for a in [1] %}", "{% endfor %}"),
            ("{% with a = 1 %}", "{% endwith %}"),
            ("{% set a %}", "{% endset %}"),
            ("{% filter upper %}", "{% endfilter %}"),
            ("{% autoescape true %}", "{% endautoescape %}"),
        ] {
            templates.push(format!("{}x{}", open.repeat(length), close.repeat(length)));
            templates.push(open.repeat(length));
        }
        templates.push(format!("{{% if 1 %}}{}{{% endif %}}", "{% elif 1 %}a".repeat(length)));
        templates.push(format!("{{% if 1 %}}a{{% else %}}{}", "{% if 1 %}a{% else %}".repeat(length)));
        for wrap in ["[a]", "{1: a}", "(a,)"] {
            let set = format!("{{% set a = {wrap} %}}");
            templates.push(format!("{{% set a = 1 %}}{}{{{{ a }}}}", set.repeat(length)));
        }
        templates
    }

    #[test]
    fn what_could_overflow_a_stack_is_refused() {
        for length in [300, 12_000] {
            for template in templates(length) {
                for name in ["x html.html", "x text.txt"] {
                    let refused = Engine::new().add(name, &template);
                    assert!(refused.is_err(), "{length}: {}…", template.chars().take(60).collect::<String>());
                }
            }
        }
        assert!(check(&format!("{{{{ {}1 }}}}", "-".repeat(100_000))).is_err());
    }

    /// As deep as is allowed, on a quarter of what a thread has by default.
    #[test]
    fn what_is_allowed_overflows_no_stack() {
        let everything = || {
            for length in [1, 8, 20, 23, 24, 45, 49, 59, 60, 66, 98, 99, 190, 197, 198, 199, 200] {
                for template in templates(length) {
                    let mut engine = Engine::new();
                    if engine.add("x html.html", &template).is_ok() {
                        let _ = engine.wanted("x html.html");
                        let _ = engine.render("x html.html", Value::from_iter([("x", "a")]));
                    }
                }
            }
        };
        std::thread::Builder::new().stack_size(512 * 1024).spawn(everything).unwrap().join().unwrap();
    }

    #[test]
    fn the_place_is_named() {
        let long = format!("<p>\n  {{{{ {}1 }}}}", "1 + ".repeat(PARTS));
        let refused = check(&long).unwrap_err();
        assert!(refused.starts_with("line 2, column "), "{refused}");
        assert!(refused.ends_with("too many words, operators and values in one expression: at most 200"));
    }

    #[test]
    fn what_people_write_is_allowed() {
        for template in [
            "{{ customerName or 'you' }} {% if requestedFrom %}from {{ requestedFrom }}{% elif x %}-{% endif %}",
            &"{{ organisationName }}: {{ resetUrl }}\n".repeat(2_000),
            &"{% if 1 %}a{% endif %}".repeat(2_000),
        ] {
            assert_eq!(check(template), Ok(()));
        }
    }
}
