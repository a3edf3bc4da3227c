//! The vectors of `conformance` through the functions that C calls, and what a wrong call gets.
#![expect(unsafe_code, reason = "it calls the library as C does")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "whatever is not there fails the test")]

use std::{
    ffi::{CStr, CString},
    fs,
    path::Path,
    ptr,
};

use resetd_rules::{resetd_free, resetd_rule, resetd_rules_version};
use serde_json::{Value, json};

/// As C calls it.
fn call(rule: &str, input: &[u8], options: Option<&str>) -> Value {
    let rule = CString::new(rule).unwrap();
    let options = options.map(|options| CString::new(options).unwrap());
    let options = options.as_deref().map_or(ptr::null(), CStr::as_ptr);
    // SAFETY: the texts end with a NUL, the input is as long as said, and the answer is freed once.
    unsafe {
        let answer = resetd_rule(rule.as_ptr(), input.as_ptr().cast(), input.len(), options);
        let value = serde_json::from_slice(CStr::from_ptr(answer).to_bytes()).unwrap();
        resetd_free(answer);
        value
    }
}

/// What a vector expects, as an answer without its message.
fn expected(vector: &Value) -> Value {
    match vector.get("gives") {
        Some(gives) => {
            let mut answer = gives.clone();
            answer["ok"] = json!(true);
            answer
        }
        None => json!({"ok": false, "error": vector["refused"]}),
    }
}

fn vectors(rule: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../conformance/{rule}.json"));
    let document: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let vectors = document["vectors"].as_array().unwrap();
    assert!(vectors.len() > 20);
    // SAFETY: the text ends with a NUL and stays.
    let version = unsafe { CStr::from_ptr(resetd_rules_version()) };
    assert_eq!(document["rules"], version.to_str().unwrap());
    vectors.clone()
}

fn check(rule: &str) {
    for vector in &vectors(rule) {
        let options = vector.get("options").map(Value::to_string);
        let mut answer = call(rule, vector["input"].as_str().unwrap().as_bytes(), options.as_deref());
        if let Some(error) = answer.get_mut("error") {
            assert!(error.as_object_mut().unwrap().remove("message").is_some());
        }
        assert_eq!(answer, expected(vector), "{vector}");
    }
}

#[test]
fn same_mailbox() {
    for vector in vectors("same-mailbox") {
        let canonical = |which: usize| {
            call("email", vector["input"][which].as_str().unwrap().as_bytes(), None)["canonical"].clone()
        };
        assert_eq!(json!(canonical(0) == canonical(1)), vector["gives"]["same"], "{vector}");
    }
}

#[test]
fn email() {
    check("email");
}

#[test]
fn ip() {
    check("ip");
}

#[test]
fn expiry() {
    check("expiry");
}

#[test]
fn api_key() {
    check("api-key");
}

#[test]
fn a_wrong_call_has_a_code_and_no_position() {
    let of = |rule, options| call(rule, b"jan@example.com", options)["error"].clone();
    assert_eq!(
        of("phone", None),
        json!({"code": "unknown-rule", "message": "no such rule: expected email, ip, expiry or api-key"})
    );
    let provider = r#"{"providers":[{"name":"Bad","source":"","domains":["a..b"]}]}"#;
    for options in ["", "[1]", r#"{"provider":[]}"#, r#"{"providers":[{"name":"x"}]}"#, provider] {
        let error = of("email", Some(options));
        assert_eq!(error["code"], "invalid-options", "{error}");
        assert!(error.get("position").is_none(), "{error}");
    }
}

#[test]
fn what_is_no_utf8_is_refused_where_it_begins() {
    let error = call("email", b"\xc3\xa9\xf0\x9f\x98\x80\xff@example.com", None)["error"].clone();
    assert_eq!(
        error,
        json!({"code": "not-unicode", "message": "the input is no UTF-8", "position": 6, "utf16": 3})
    );
}

#[test]
fn null_is_no_text() {
    // SAFETY: null is allowed for each of them.
    unsafe {
        let ip = resetd_rule(c"ip".as_ptr(), ptr::null(), 0, ptr::null());
        assert!(CStr::from_ptr(ip).to_str().unwrap().starts_with(r#"{"ok":true,"normalized":"127.0.0.1""#));
        resetd_free(ip);
        let no_rule = resetd_rule(ptr::null(), ptr::null(), 0, ptr::null());
        assert!(CStr::from_ptr(no_rule).to_str().unwrap().contains("unknown-rule"));
        resetd_free(no_rule);
        resetd_free(ptr::null_mut());
    }
}
