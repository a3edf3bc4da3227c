//! A collector of traces: takes OTLP/HTTP in protobuf and keeps every byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// What one export brought.
struct Export {
    head: String,
    body: Vec<u8>,
}

pub(crate) struct Collector {
    pub(crate) address: SocketAddr,
    exports: Arc<Mutex<Vec<Export>>>,
}

impl Collector {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let exports = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&exports);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(stream, &kept));
            }
        });
        Self { address, exports }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The spans so far, of the service that `service` names.
    pub(crate) fn spans(&self, service: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        for export in self.exports.lock().unwrap().iter() {
            let request = ExportTraceServiceRequest::decode(export.body.as_slice()).unwrap();
            for resource in request.resource_spans {
                let of = resource.resource.unwrap().attributes;
                let name = of.iter().find(|attribute| attribute.key == "service.name").unwrap();
                let value = name.value.clone().unwrap().value.unwrap();
                assert_eq!(value, Value::StringValue(service.to_owned()));
                spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        spans
    }

    /// The heads of the requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.exports.lock().unwrap().iter().map(|export| export.head.clone()).collect()
    }

    /// Everything that was sent, as it was sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.exports.lock().unwrap().iter().flat_map(|export| export.body.clone()).collect()
    }
}

/// The text of an attribute; numbers in figures.
pub(crate) fn attribute(span: &Span, name: &str) -> Option<String> {
    let value = &span.attributes.iter().find(|attribute| attribute.key == name)?.value;
    match value.clone()?.value? {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{name}: {other:?}"),
    }
}

fn serve(stream: TcpStream, kept: &Mutex<Vec<Export>>) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().unwrap())
        });
        let mut body = vec![0; length.unwrap()];
        reader.read_exact(&mut body).unwrap();
        kept.lock().unwrap().push(Export { head, body });
        let answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n";
        reader.get_mut().write_all(answer).unwrap();
    }
}
