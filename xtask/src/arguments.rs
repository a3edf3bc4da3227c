//! The few options the commands take. Four commands do not need a parser of their own.

use crate::Result;

/// Words of a command line that have not been understood yet.
#[derive(Debug)]
pub struct Arguments(Vec<String>);

impl Arguments {
    /// The words after the command.
    #[must_use]
    pub fn new(words: &[String]) -> Self {
        Self(words.to_vec())
    }

    /// Whether `--name` is there; takes it.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != name);
        self.0.len() != before
    }

    /// The word after `--name`, or the one in `--name=word`; takes both.
    ///
    /// # Errors
    /// When nothing follows `--name`.
    pub fn option(&mut self, name: &str) -> Result<Option<String>> {
        if let Some(at) = self.0.iter().position(|word| word == name) {
            self.0.remove(at);
            if at >= self.0.len() {
                return Err(format!("{name} needs a value").into());
            }
            return Ok(Some(self.0.remove(at)));
        }
        let prefix = format!("{name}=");
        let Some(at) = self.0.iter().position(|word| word.starts_with(&prefix)) else { return Ok(None) };
        Ok(Some(self.0.remove(at).split_off(prefix.len())))
    }

    /// The number after `--name`, or `default`.
    ///
    /// # Errors
    /// When what follows is no whole number from 1.
    pub fn number(&mut self, name: &str, default: u32) -> Result<u32> {
        let Some(word) = self.option(name)? else { return Ok(default) };
        match word.parse() {
            Ok(0) | Err(_) => Err(format!("{name} needs a whole number from 1, not {word:?}").into()),
            Ok(number) => Ok(number),
        }
    }

    /// What is left: the positional words.
    ///
    /// # Errors
    /// When an option is left that no one asked for.
    pub fn rest(self) -> Result<Vec<String>> {
        match self.0.iter().find(|word| word.starts_with("--")) {
            Some(unknown) => Err(format!("there is no option {unknown}").into()),
            None => Ok(self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Arguments {
        Arguments::new(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_taken_in_both_spellings_and_the_rest_is_left() {
        let mut arguments = words("accept --seconds 7 --store=postgres --require-services more");
        assert_eq!(arguments.number("--seconds", 1).unwrap(), 7);
        assert_eq!(arguments.number("--rate", 500).unwrap(), 500);
        assert_eq!(arguments.option("--store").unwrap().as_deref(), Some("postgres"));
        assert!(arguments.flag("--require-services"));
        assert!(!arguments.flag("--require-services"));
        assert_eq!(arguments.rest().unwrap(), ["accept", "more"]);
    }

    #[test]
    fn what_no_one_asked_for_is_refused() {
        assert!(words("accept --sceonds 7").rest().is_err());
        assert!(words("--seconds").number("--seconds", 1).is_err());
        assert!(words("--seconds ten").number("--seconds", 1).is_err());
        assert!(words("--seconds 0").number("--seconds", 1).is_err());
    }
}
