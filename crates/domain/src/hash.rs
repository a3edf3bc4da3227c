//! Hashes of secrets: what stores keep.

/// A SHA-256 in a type of its own, opaque in `Debug`.
macro_rules! hash_type {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        ///
        /// ```
        #[doc = concat!("use resetd_domain::", stringify!($name), ";")]
        ///
        #[doc = concat!("let stored = ", stringify!($name), "::from_bytes([0xab; 32]);")]
        #[doc = concat!("assert_eq!(format!(\"{stored:?}\"), \"", stringify!($name), "(abababab…)\");")]
        /// assert_eq!(stored.as_bytes(), &[0xab; 32]);
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The hash as a store gave it back.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The hash as a store keeps it.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl core::fmt::Debug for $name {
            /// The first four bytes in hex: enough to tell two rows apart in a log, too little to
            /// look one up.
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(concat!(stringify!($name), "("))?;
                for byte in self.0.iter().take(4) {
                    write!(f, "{byte:02x}")?;
                }
                f.write_str("…)")
            }
        }

        impl From<[u8; 32]> for $name {
            fn from(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }
        }
    };
}

pub(crate) use hash_type;
