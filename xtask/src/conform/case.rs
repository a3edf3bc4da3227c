//! The vectors: what a port is asked, and what it has to answer.
#![expect(clippy::indexing_slicing, reason = "of a JSON value: null for what is not there")]

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::Result;

/// The files, each of which has the name of what it is about.
const FILES: [&str; 5] = ["email", "same-mailbox", "ip", "expiry", "api-key"];

/// One vector.
#[derive(Debug, Clone)]
pub struct Case {
    /// Of the vector.
    pub id: String,
    /// The file it is from.
    pub rule: &'static str,
    /// What a port needs beside ASCII.
    pub needs: Vec<String>,
    /// Where the answer comes from.
    pub because: String,
    /// What the port is asked: one question, or two for a pair.
    pub requests: Vec<Value>,
    required: Vec<String>,
    expected: Expected,
}

#[derive(Debug, Clone)]
enum Expected {
    Gives(Map<String, Value>),
    Refused(Map<String, Value>),
    SameMailbox(bool),
}

/// Every vector of a folder.
///
/// # Errors
/// When a file is missing or not of the known format.
pub fn load(folder: &Path) -> Result<Vec<Case>> {
    let mut cases = Vec::new();
    for rule in FILES {
        let path = folder.join(format!("{rule}.json"));
        let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let file: Value = serde_json::from_str(&text)?;
        if file["format"] != 1 {
            return Err(format!("{}: format {} is not known here", path.display(), file["format"]).into());
        }
        let required = texts(&file["required"]);
        for vector in file["vectors"].as_array().into_iter().flatten() {
            let case = case(rule, &required, vector);
            cases.push(case.ok_or_else(|| format!("{}: not a vector: {vector}", path.display()))?);
        }
    }
    Ok(cases)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn case(rule: &'static str, required: &[String], vector: &Value) -> Option<Case> {
    let id = vector["id"].as_str()?.to_owned();
    let expected = match (&vector["gives"], &vector["refused"]) {
        (Value::Object(gives), Value::Null) if rule == "same-mailbox" => {
            Expected::SameMailbox(gives.get("same")?.as_bool()?)
        }
        (Value::Object(gives), Value::Null) => Expected::Gives(gives.clone()),
        (Value::Null, Value::Object(refused)) => Expected::Refused(refused.clone()),
        _ => return None,
    };
    let asked_of = if rule == "same-mailbox" { "email" } else { rule };
    let request = |input: &Value| {
        let mut request = json!({ "id": id, "rule": asked_of, "input": input });
        if let (Some(options), Some(members)) = (vector.get("options"), request.as_object_mut()) {
            members.insert("options".to_owned(), options.clone());
        }
        request
    };
    let requests = match &vector["input"] {
        Value::Array(pair) => pair.iter().map(request).collect(),
        input => vec![request(input)],
    };
    Some(Case {
        rule,
        needs: texts(&vector["needs"]),
        because: vector["because"].as_str()?.to_owned(),
        requests,
        required: required.to_vec(),
        expected,
        id,
    })
}

impl Case {
    /// What is wrong with a port's answers to the requests.
    ///
    /// # Errors
    /// The difference, for a person to read.
    pub fn judge(&self, answers: &[Value]) -> std::result::Result<(), String> {
        if let Some(other) =
            answers.iter().map(|answer| &answer["id"]).find(|id| !id.is_null() && *id != &self.id)
        {
            return Err(format!("answered with the id {other}"));
        }
        match (&self.expected, answers) {
            (Expected::Gives(gives), [answer]) => self.gives(gives, answer),
            (Expected::Refused(refused), [answer]) => is_refused(refused, answer),
            (Expected::SameMailbox(same), [one, other]) => {
                match (one["canonical"].as_str(), other["canonical"].as_str()) {
                    (Some(one), Some(other)) if (one == other) == *same => Ok(()),
                    (Some(one), Some(other)) => Err(format!(
                        "{one:?} and {other:?}: expected {} mailbox",
                        if *same { "one" } else { "not one" }
                    )),
                    _ => Err(format!("no canonical form in {one} or {other}")),
                }
            }
            _ => Err("unanswered".to_owned()),
        }
    }

    fn gives(&self, gives: &Map<String, Value>, answer: &Value) -> std::result::Result<(), String> {
        if answer["ok"] != true {
            return Err(format!(
                "refused with {}, expected {}",
                answer["error"],
                Value::Object(gives.clone())
            ));
        }
        for (name, expected) in gives {
            match answer.get(name) {
                Some(answered) if answered == expected => {}
                Some(answered) => return Err(format!("{name} is {answered}, expected {expected}")),
                None if self.required.contains(name) => {
                    return Err(format!("{name} is missing, expected {expected}"));
                }
                None => {}
            }
        }
        Ok(())
    }
}

/// The code has to be right; a position where there is one.
fn is_refused(refused: &Map<String, Value>, answer: &Value) -> std::result::Result<(), String> {
    if answer["ok"] != false {
        return Err(format!("taken as {answer}, expected the error {}", refused["code"]));
    }
    for (name, expected) in refused {
        match answer["error"].get(name) {
            Some(answered) if answered == expected => {}
            Some(answered) => return Err(format!("{name} is {answered}, expected {expected}")),
            None if name == "code" => return Err(format!("no code, expected {expected}")),
            None => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    fn of(vector: Value) -> Case {
        case("email", &["normalized".to_owned(), "canonical".to_owned()], &vector).unwrap()
    }

    #[test]
    fn every_vector_is_read() {
        let cases = load(&workspace::root().join("conformance")).unwrap();
        assert!(cases.len() > 1_000, "{}", cases.len());
        assert!(FILES.iter().all(|rule| cases.iter().any(|case| case.rule == *rule)));
        assert!(cases.iter().all(|case| !case.because.is_empty()));
    }

    #[test]
    fn what_is_answered_has_to_be_right_and_what_is_required_has_to_be_there() {
        let case = of(json!({"id": "email-1", "input": "a", "needs": [], "because": "x",
            "gives": {"normalized": "a@b.cz", "canonical": "a@b.cz", "masked": "a***@b.cz"}}));
        let judge = |answer| case.judge(&[answer]);
        assert_eq!(judge(json!({"ok": true, "normalized": "a@b.cz", "canonical": "a@b.cz"})), Ok(()));
        assert!(judge(json!({"ok": true, "normalized": "a@b.cz"})).is_err());
        assert!(
            judge(json!({"ok": true, "normalized": "a@b.cz", "canonical": "a@b.cz", "masked": "a"})).is_err()
        );
        assert!(judge(json!({"ok": false, "error": {"code": "empty"}})).is_err());
        assert!(
            judge(json!({"id": "email-2", "ok": true, "normalized": "a@b.cz", "canonical": "a@b.cz"}))
                .is_err()
        );
        assert!(case.judge(&[]).is_err());
    }

    #[test]
    fn a_refusal_needs_its_code_and_may_leave_out_its_position() {
        let case = of(json!({"id": "email-1", "input": "a", "needs": [], "because": "x",
            "refused": {"code": "missing-at", "position": 1, "utf16": 1}}));
        let judge = |answer| case.judge(&[answer]);
        assert_eq!(judge(json!({"ok": false, "error": {"code": "missing-at"}})), Ok(()));
        assert_eq!(judge(json!({"ok": false, "error": {"code": "missing-at", "position": 1}})), Ok(()));
        assert!(judge(json!({"ok": false, "error": {"code": "missing-at", "utf16": 0}})).is_err());
        assert!(judge(json!({"ok": false, "error": {"code": "empty", "position": 1}})).is_err());
        assert!(judge(json!({"ok": false})).is_err());
        assert!(judge(json!({"ok": true, "normalized": "a"})).is_err());
    }
}
