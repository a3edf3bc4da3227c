//! Sending to a local sink over kept connections, beside what the sink itself can take.
//!
//! `sink_ceiling` writes the same bytes with no client to speak of; `stock_lettre` is one of
//! `lettre`'s own connections, without `TCP_NODELAY`: each mail waits for a delayed
//! acknowledgement.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use application::model::{ComposedMail, MailKind, OutgoingMail};
use application::ports::MailSender;
use chrono::DateTime;
use divan::Bencher;
use divan::counter::ItemsCount;
use domain::{EmailAddress, Language, MailId, OrganisationId};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::extension::ClientId;
use resetd_mail_smtp::{SmtpSender, SmtpSettings};
use tokio::runtime::Runtime;

fn main() {
    divan::main();
}

/// A server that takes everything, one thread a connection.
fn sink() -> std::io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    Ok(address)
}

fn serve(stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut answers = stream.try_clone()?;
    let mut lines = BufReader::new(stream);
    answers.write_all(b"220 sink\r\n")?;
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        match line.first() {
            Some(b'D') => {
                answers.write_all(b"354 go\r\n")?;
                while line != b".\r\n" {
                    line.clear();
                    if lines.read_until(b'\n', &mut line)? == 0 {
                        return Ok(());
                    }
                }
                answers.write_all(b"250 2.0.0 Ok: queued\r\n")?;
            }
            _ => answers.write_all(b"250 ok\r\n")?,
        }
    }
}

/// A mail of the size of a real one.
fn mail() -> Option<OutgoingMail> {
    Some(OutgoingMail {
        id: MailId::from_parts(1_795_000_000_000, [7; 10]),
        organisation: OrganisationId::from_bytes([1; 16]),
        kind: MailKind::ResetPassword,
        from: None,
        reply_to: None,
        to: EmailAddress::parse("jan@barasek.com").ok()?,
        content: ComposedMail {
            subject: "Nastavení nového hesla – Květinářství U Tří růží".to_owned(),
            html: format!("<p>{}</p>\n", "<b>Dobrý den</b>, příliš žluťoučký kůň</p>\n<p>".repeat(120)),
            text: "Dobrý den,\n\npříliš žluťoučký kůň úpěl ďábelské ódy.\n".repeat(15),
            language: Language::CS,
        },
        link: None,
        date: DateTime::UNIX_EPOCH,
    })
}

fn sender(address: SocketAddr) -> Option<Arc<SmtpSender>> {
    let settings: SmtpSettings = format!("smtp://{address}?tls=none").parse().ok()?;
    SmtpSender::new(settings, "Shop <noreply@shop.example>", None).ok().map(Arc::new)
}

fn runtime() -> Option<Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().ok()
}

/// What the processor does for one message: headers, encoding of both parts.
#[divan::bench]
fn message(bencher: Bencher<'_, '_>) {
    let (Some(runtime), Some(mail)) = (runtime(), mail()) else { return };
    let Some(sender) = sender(SocketAddr::from(([127, 0, 0, 1], 1))) else { return };
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| runtime.block_on(sender.render(&mail)));
}

/// Mails one after the other on one connection.
#[divan::bench(sample_count = 20)]
fn one_connection(bencher: Bencher<'_, '_>) {
    in_flight(bencher, 1, 200);
}

/// As many in flight as the pool has permits.
#[divan::bench(sample_count = 20)]
fn twenty_five_in_flight(bencher: Bencher<'_, '_>) {
    in_flight(bencher, 25, 80);
}

fn in_flight(bencher: Bencher<'_, '_>, tasks: u32, each: u32) {
    let (Some(runtime), Some(mail), Ok(address)) = (runtime(), mail(), sink()) else { return };
    let Some(sender) = sender(address) else { return };
    let mail = Arc::new(mail);
    bencher.counter(ItemsCount::new(tasks * each)).bench_local(|| {
        runtime.block_on(async {
            let sending = (0..tasks).map(|_| {
                let (sender, mail) = (Arc::clone(&sender), Arc::clone(&mail));
                tokio::spawn(async move {
                    for _ in 0..each {
                        assert!(sender.send(&mail).await.is_ok());
                    }
                })
            });
            for sent in futures_util::future::join_all(sending).await {
                assert!(sent.is_ok());
            }
        });
    });
}

/// The same bytes from 25 threads that do nothing but write them and wait for the answers.
#[divan::bench(sample_count = 20)]
fn sink_ceiling(bencher: Bencher<'_, '_>) {
    let (Some(runtime), Some(mail), Ok(address)) = (runtime(), mail(), sink()) else { return };
    let Some(Ok(mut text)) = sender(address).map(|sender| runtime.block_on(sender.render(&mail))) else {
        return;
    };
    text.extend_from_slice(b"\r\n.\r\n");
    let text = Arc::new(text);
    let streams: Vec<TcpStream> = (0..25).filter_map(|_| dial(address).ok()).collect();
    bencher.counter(ItemsCount::new(25_u32 * 80)).bench_local(|| {
        std::thread::scope(|scope| {
            for stream in &streams {
                let text = Arc::clone(&text);
                scope.spawn(move || {
                    for _ in 0..80 {
                        assert!(write_mail(stream, &text).is_ok());
                    }
                });
            }
        });
    });
}

fn dial(address: SocketAddr) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    answer(&stream)?;
    step(&stream, b"EHLO bench\r\n")?;
    Ok(stream)
}

fn write_mail(stream: &TcpStream, text: &[u8]) -> std::io::Result<()> {
    step(stream, b"MAIL FROM:<noreply@shop.example>\r\n")?;
    step(stream, b"RCPT TO:<jan@barasek.com>\r\n")?;
    step(stream, b"DATA\r\n")?;
    step(stream, text)
}

fn step(mut stream: &TcpStream, command: &[u8]) -> std::io::Result<()> {
    stream.write_all(command)?;
    answer(stream)
}

fn answer(mut stream: &TcpStream) -> std::io::Result<()> {
    let mut reply = [0; 256];
    if stream.read(&mut reply)? == 0 { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
}

/// Ten mails on one of `lettre`'s own connections.
#[divan::bench(sample_count = 3)]
fn stock_lettre(bencher: Bencher<'_, '_>) {
    let (Some(runtime), Some(mail), Ok(address)) = (runtime(), mail(), sink()) else { return };
    let Some(Ok(text)) = sender(address).map(|sender| runtime.block_on(sender.render(&mail))) else { return };
    let hello = ClientId::Domain("bench".to_owned());
    let opened = runtime.block_on(AsyncSmtpConnection::connect_tokio1(address, None, &hello, None, None));
    let (Ok(mut connection), Ok(from), Ok(to)) =
        (opened, "noreply@shop.example".parse(), "jan@barasek.com".parse::<lettre::Address>())
    else {
        return;
    };
    let Ok(envelope) = lettre::address::Envelope::new(Some(from), vec![to]) else { return };
    bencher.counter(ItemsCount::new(10_u32)).bench_local(|| {
        runtime.block_on(async {
            for _ in 0..10 {
                assert!(connection.send(&envelope, &text).await.is_ok());
            }
        });
    });
}
