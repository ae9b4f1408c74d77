//! What opens something: a token, a password, a key.

use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

/// A value that opens something. It is read by [`Secret::expose`] alone, whose few callers are a
/// header, a keyring, a body on its way out and the encrypted store; it is wiped when it is let go.
/// What such a caller makes of it, a request's buffer for one, is not wiped.
///
/// ```
/// let secret = hotdesk_agent::secret::Secret::new("a token".to_owned());
/// assert_eq!(secret.expose(), "a token");
/// ```
///
/// It cannot be printed for a person,
///
/// ```compile_fail,E0277
/// let secret = hotdesk_agent::secret::Secret::new("a token".to_owned());
/// println!("{secret}");
/// ```
///
/// nor for a programmer,
///
/// ```compile_fail,E0277
/// let secret = hotdesk_agent::secret::Secret::new("a token".to_owned());
/// println!("{secret:?}");
/// ```
///
/// nor serialised,
///
/// ```compile_fail,E0277
/// let secret = hotdesk_agent::secret::Secret::new("a token".to_owned());
/// let _ = serde_json::to_string(&secret);
/// ```
///
/// nor copied.
///
/// ```compile_fail,E0599
/// let secret = hotdesk_agent::secret::Secret::new("a token".to_owned());
/// let _ = secret.clone();
/// ```
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Whoever has the value gives it away.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for what it opens and for nothing else.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl From<&str> for Secret<String> {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;
    use std::cell::Cell;
    use std::rc::Rc;
    use zeroize::Zeroize;

    struct Watched(Rc<Cell<bool>>);

    impl Zeroize for Watched {
        fn zeroize(&mut self) {
            self.0.set(true);
        }
    }

    #[test]
    fn a_secret_is_wiped_when_it_is_let_go() {
        let wiped = Rc::new(Cell::new(false));
        let secret = Secret::new(Watched(Rc::clone(&wiped)));
        assert!(!wiped.get(), "not while somebody holds it");
        drop(secret);
        assert!(wiped.get(), "nothing readable stays in memory");
    }
}
