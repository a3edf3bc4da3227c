use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use super::*;

/// A client as plain as they come: says a line, reads the reply's last line.
struct Client(BufReader<TcpStream>);

impl Client {
    fn open(sink: &Sink) -> Self {
        let stream = TcpStream::connect(sink.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        Self(BufReader::new(stream))
    }

    fn reply(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    fn say(&mut self, line: &str) -> String {
        write!(self.0.get_mut(), "{line}\r\n").unwrap();
        self.reply()
    }

    fn mail(&mut self, recipient: &str) -> String {
        self.say("MAIL FROM:<a@resetd.example>");
        let taken = self.say(&format!("RCPT TO:<{recipient}>"));
        if !taken.starts_with("250") {
            return taken;
        }
        assert!(self.say("DATA").starts_with("354"));
        self.say("Subject: x\r\nMessage-ID: <1@x>\r\n\r\nhttp://127.0.0.1/reset/abc\r\n.")
    }

    fn greeted(sink: &Sink) -> Self {
        let mut client = Self::open(sink);
        assert!(client.reply().starts_with("220"));
        assert!(client.say("EHLO client.example").starts_with("250 "));
        client
    }

    fn is_cut(&mut self) -> bool {
        matches!(self.0.read(&mut [0; 8]), Ok(0) | Err(_))
    }
}

#[test]
fn commands_sent_together_are_answered_together_and_in_their_order() {
    let sink = Sink::start(Keep::Totals).unwrap();
    let mut client = Client::greeted(&sink);
    let envelope = "MAIL FROM:<a@resetd.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n";
    client.0.get_mut().write_all(envelope.as_bytes()).unwrap();
    let replies = [client.reply(), client.reply(), client.reply()];
    assert!(replies[0].starts_with("250 2.1.0") && replies[1].starts_with("250 2.1.5"), "{replies:?}");
    assert!(replies[2].starts_with("354"), "{replies:?}");
    // The next mail's envelope comes with the end of the one before.
    let text = format!("Subject: x\r\n\r\ntext\r\n.\r\n{envelope}");
    client.0.get_mut().write_all(text.as_bytes()).unwrap();
    let replies = [client.reply(), client.reply(), client.reply(), client.reply()];
    assert!(replies[0].starts_with("250 2.0.0") && replies[3].starts_with("354"), "{replies:?}");
    assert!(client.say("second\r\n.").starts_with("250 2.0.0"));
    assert_eq!(sink.record().mails(), 2);
}

#[test]
fn mails_are_taken_one_after_the_other_and_counted_by_recipient() {
    let sink = Sink::start(Keep::Links).unwrap();
    let mut client = Client::greeted(&sink);
    for _ in 0..2 {
        assert!(client.mail("k1@x.example").starts_with("250"));
    }
    assert!(client.mail("k2@x.example").starts_with("250"));
    assert!(client.say("QUIT").starts_with("221"));
    assert_eq!(sink.record().mails(), 3);
    let first = sink.record().of("k1@x.example");
    assert_eq!(first.len(), 2);
    assert_eq!(first[0].link.as_deref(), Some("http://127.0.0.1/reset/abc"));
    assert_eq!(first[0].message_id.as_deref(), Some("<1@x>"));
}

#[test]
fn a_busy_sink_says_421_and_hangs_up_on_old_and_new_clients() {
    let sink = Sink::start(Keep::Arrivals).unwrap();
    let mut old = Client::greeted(&sink);
    sink.behave(Behaviour::Busy);
    assert!(old.say("MAIL FROM:<a@x.example>").starts_with("421"));
    assert!(old.is_cut());
    let mut new = Client::open(&sink);
    assert!(new.reply().starts_with("421"));
    assert!(new.is_cut());
    assert_eq!(sink.record().mails(), 0);
}

#[test]
fn a_greylisting_sink_says_450_to_recipients_and_stays() {
    let sink = Sink::start(Keep::Arrivals).unwrap();
    let mut client = Client::greeted(&sink);
    sink.behave(Behaviour::Greylist);
    assert!(client.mail("k1@x.example").starts_with("450"));
    sink.behave(Behaviour::Accept);
    assert!(client.mail("k1@x.example").starts_with("250"));
}

#[test]
fn a_sink_that_is_away_cuts_its_clients_and_comes_back_on_its_address() {
    let sink = Sink::start(Keep::Arrivals).unwrap();
    let mut client = Client::greeted(&sink);
    sink.behave(Behaviour::Away);
    assert!(client.is_cut());
    let deadline = Instant::now() + Duration::from_secs(5);
    while TcpStream::connect(sink.address()).is_ok() {
        assert!(Instant::now() < deadline, "still there");
        thread::sleep(Duration::from_millis(5));
    }
    sink.behave(Behaviour::Accept);
    while TcpStream::connect(sink.address()).is_err() {
        assert!(Instant::now() < deadline, "not back");
        thread::sleep(Duration::from_millis(5));
    }
    assert!(Client::greeted(&sink).mail("k1@x.example").starts_with("250"));
}

#[test]
fn a_slow_sink_takes_its_time_for_each_mail() {
    let sink = Sink::start(Keep::Arrivals).unwrap();
    sink.behave(Behaviour::Delay(Duration::from_millis(60)));
    let mut client = Client::greeted(&sink);
    let start = Instant::now();
    assert!(client.mail("k1@x.example").starts_with("250"));
    assert!(start.elapsed() >= Duration::from_millis(60));
}
