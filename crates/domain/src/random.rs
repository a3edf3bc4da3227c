//! Uniform alphanumeric text from a source of random bytes.

/// The 62 characters of tokens and keys.
const ALPHABET: [u8; 62] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The largest multiple of 62 that a byte can hold: bytes from here on are drawn again, so that no
/// character is likelier than another.
const FAIR: u8 = 248;

/// Fills `out` with characters of `[A-Za-z0-9]`, each equally likely as long as `fill` is uniform.
///
/// `fill` is called until enough fair bytes came out of it; one that yields nothing below 248 for
/// ever never ends.
pub(crate) fn alphanumerics(out: &mut [u8], fill: &mut dyn FnMut(&mut [u8])) {
    let mut pool = [0_u8; 40];
    let mut slots = out.iter_mut();
    let mut slot = slots.next();
    while slot.is_some() {
        fill(&mut pool);
        for byte in pool.iter().copied().filter(|byte| *byte < FAIR) {
            let Some(target) = slot.take() else { break };
            if let Some(character) = ALPHABET.get(usize::from(byte % 62)) {
                *target = *character;
            }
            slot = slots.next();
        }
    }
    wipe(&mut pool);
}

/// Overwrites a secret with zeros, as surely as safe code can: the optimiser is told that the zeros
/// are looked at.
pub(crate) fn wipe(secret: &mut [u8]) {
    secret.fill(0);
    core::hint::black_box(&*secret);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_is_equally_likely() {
        // Each of the 256 byte values once: 62 characters, four times each, eight bytes dropped.
        let mut counts = [0_u32; 128];
        let mut next = 0_u8;
        let mut out = [0_u8; 248];
        alphanumerics(&mut out, &mut |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        });
        for character in out {
            counts[usize::from(character)] += 1;
        }
        for character in ALPHABET {
            assert_eq!(counts[usize::from(character)], 4, "{}", char::from(character));
        }
    }

    #[test]
    fn unfair_bytes_are_drawn_again() {
        let mut calls = 0;
        let mut out = [0_u8; 3];
        alphanumerics(&mut out, &mut |bytes| {
            calls += 1;
            bytes.fill(if calls < 3 { 248 } else { 61 });
        });
        assert_eq!((calls, &out), (3, b"999"));
    }
}
