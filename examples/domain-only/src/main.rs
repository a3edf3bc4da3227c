//! What the front page of the domain crate shows, from outside.

use domain::{CustomerIp, EmailAddress, Expiry};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let email = EmailAddress::parse("J.Novak+shop@Gmail.com")?;
    assert_eq!(email.normalized(), "j.novak+shop@gmail.com");
    assert_eq!(email.canonical(), "jnovak@gmail.com");
    let expiry = Expiry::parse("3h 20m")?;
    assert_eq!(expiry.as_seconds(), 12_000);
    let ip = CustomerIp::parse("::ffff:1.1.1.1")?;
    println!("{} asks from {ip} for {expiry}", email.masked());
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_front_page_runs() {
        super::main().unwrap();
    }
}
