//! The functions that C calls; everything unsafe is here.
#![expect(unsafe_code, reason = "C hands over pointers, and takes one back")]

use std::{
    ffi::{CStr, CString, c_char},
    ptr, slice,
    sync::LazyLock,
};

/// Applies a rule to an input. See `include/resetd_rules.h`.
///
/// # Safety
///
/// `rule` and `options` are null or point to texts that end with a NUL; `input` points to `input_length` bytes, or is null and
/// `input_length` 0.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn resetd_rule(
    rule: *const c_char,
    input: *const c_char,
    input_length: usize,
    options: *const c_char,
) -> *mut c_char {
    // SAFETY: as the caller promises.
    let (rule, options) = unsafe { (text(rule), text(options)) };
    let input = if input.is_null() {
        &[]
    } else {
        // SAFETY: not null, and as long as the caller promises.
        unsafe { slice::from_raw_parts(input.cast::<u8>(), input_length) }
    };
    let answer = crate::apply(rule.unwrap_or_default(), input, options);
    // JSON escapes every control character: there is no NUL within.
    CString::new(answer).map_or(ptr::null_mut(), CString::into_raw)
}

/// Frees an answer of [`resetd_rule`].
///
/// # Safety
///
/// `answer` is null or came from [`resetd_rule`], and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn resetd_free(answer: *mut c_char) {
    if !answer.is_null() {
        // SAFETY: it came from `CString::into_raw`, as the caller promises, and comes here once.
        drop(unsafe { CString::from_raw(answer) });
    }
}

/// The version of the rules, a text that stays where it is.
#[unsafe(no_mangle)]
pub extern "C" fn resetd_rules_version() -> *const c_char {
    static VERSION: LazyLock<CString> =
        LazyLock::new(|| CString::new(domain::RULES_VERSION).unwrap_or_default());
    VERSION.as_ptr()
}

/// The bytes of a text of C, without its NUL; nothing for null.
///
/// # Safety
///
/// `text` is null or points to bytes that end with a NUL and stay as they are.
unsafe fn text<'a>(text: *const c_char) -> Option<&'a [u8]> {
    // SAFETY: not null, and ended by a NUL, as the caller promises.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes())
}
