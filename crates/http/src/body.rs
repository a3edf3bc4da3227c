//! Reading a body: declared as what it should be, bounded, whole.

use axum::body::{Body, HttpBody};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use crate::schema::error::ApiError;
use crate::schema::error_code::ErrorCode;

/// The most a body may have, in bytes.
pub(crate) const MAX_BODY: usize = 16 * 1024;

/// Why a body cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyError {
    /// Another media type than the expected one, or none.
    MediaType,
    /// Compressed.
    Encoding,
    /// Over [`MAX_BODY`].
    TooLarge,
    /// It broke off, or took too long.
    Incomplete,
    /// A form that holds a name twice, or text that is not UTF-8.
    NotAForm,
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::MediaType => Self::new(ErrorCode::UnsupportedMediaType),
            BodyError::Encoding => Self::new(ErrorCode::UnsupportedMediaType)
                .with_message("The body is compressed. Send it without a Content-Encoding."),
            BodyError::TooLarge => Self::new(ErrorCode::PayloadTooLarge),
            BodyError::Incomplete => Self::bad_body("The body did not arrive in full."),
            BodyError::NotAForm => Self::bad_body("The body is not a form."),
        }
    }
}

impl IntoResponse for BodyError {
    fn into_response(self) -> Response {
        ApiError::from(self).into_response()
    }
}

/// Reads a body of type `media_type`. Nothing is read where the head alone rules it out.
pub(crate) async fn read(headers: &HeaderMap, body: Body, media_type: &str) -> Result<Bytes, BodyError> {
    if !is_declared(headers, media_type) {
        return Err(BodyError::MediaType);
    }
    if is_encoded(headers) {
        return Err(BodyError::Encoding);
    }
    read_bounded(body).await
}

/// Exactly one `Content-Type` of this type, in either case, with any parameters.
fn is_declared(headers: &HeaderMap, media_type: &str) -> bool {
    let mut declared = headers.get_all(CONTENT_TYPE).iter();
    let (Some(only), None) = (declared.next(), declared.next()) else { return false };
    let essence = only.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    essence.trim_ascii().eq_ignore_ascii_case(media_type.as_bytes())
}

fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

async fn read_bounded(mut body: Body) -> Result<Bytes, BodyError> {
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(BodyError::TooLarge);
    }
    let mut whole = Part::Nothing;
    while let Some(frame) = body.frame().await {
        // Trailers say nothing here.
        let Ok(data) = frame.map_err(|_| BodyError::Incomplete)?.into_data() else { continue };
        whole = whole.and(data);
        if whole.len() > MAX_BODY {
            return Err(BodyError::TooLarge);
        }
    }
    Ok(whole.into_bytes())
}

/// What has arrived. A body in one piece, as most are, is not copied.
enum Part {
    Nothing,
    One(Bytes),
    Many(BytesMut),
}

impl Part {
    fn and(self, data: Bytes) -> Self {
        match self {
            Self::Nothing => Self::One(data),
            Self::One(first) => {
                let mut many = BytesMut::from(first);
                many.extend_from_slice(&data);
                Self::Many(many)
            }
            Self::Many(mut many) => {
                many.extend_from_slice(&data);
                Self::Many(many)
            }
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::One(bytes) => bytes.len(),
            Self::Many(bytes) => bytes.len(),
        }
    }

    fn into_bytes(self) -> Bytes {
        match self {
            Self::Nothing => Bytes::new(),
            Self::One(bytes) => bytes,
            Self::Many(bytes) => bytes.freeze(),
        }
    }
}
