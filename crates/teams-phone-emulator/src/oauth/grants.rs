//! Owns what was begun and not yet redeemed: device codes, authorization codes, refresh tokens.
//! Kept in memory only: after a restart users sign in again.

use std::collections::VecDeque;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use uuid::Uuid;

/// How many of each kind are kept; the oldest are forgotten first.
const MOST: usize = 1024;
/// Letters of user codes; those easily taken for another are left out.
const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";

/// A user who let an application act for them.
#[derive(Debug, Clone)]
pub(crate) struct SignIn {
    pub(crate) client: Uuid,
    pub(crate) user: Uuid,
    pub(crate) scope: String,
    pub(crate) nonce: Option<String>,
}

#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) device_code: String,
    pub(crate) user_code: String,
    pub(crate) client: Uuid,
    pub(crate) scope: String,
    pub(crate) expires: Timestamp,
    pub(crate) polled: Option<Timestamp>,
    pub(crate) decision: Decision,
}

/// What became of a device code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Pending,
    /// By this user.
    Approved(Uuid),
    Declined,
    Redeemed,
}

#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) code: String,
    pub(crate) sign_in: SignIn,
    pub(crate) redirect_uri: String,
    /// Base64url of the SHA-256 of the verifier.
    pub(crate) challenge: String,
    pub(crate) expires: Timestamp,
    pub(crate) redeemed: bool,
}

#[derive(Debug, Clone)]
struct Refresh {
    token: String,
    sign_in: SignIn,
}

#[derive(Debug, Default)]
pub(crate) struct Grants {
    pub(crate) devices: VecDeque<Device>,
    codes: VecDeque<Code>,
    refreshes: VecDeque<Refresh>,
}

impl Grants {
    pub(crate) fn add_device(&mut self, device: Device) {
        push(&mut self.devices, device);
    }

    pub(crate) fn device(&mut self, device_code: &str) -> Option<&mut Device> {
        self.devices
            .iter_mut()
            .find(|device| device.device_code == device_code)
    }

    /// The device code a user code stands for; hyphens and case do not matter.
    pub(crate) fn device_by_user_code(&mut self, user_code: &str) -> Option<&mut Device> {
        let plain = user_code.replace('-', "");
        self.devices
            .iter_mut()
            .find(|device| device.user_code.eq_ignore_ascii_case(&plain))
    }

    pub(crate) fn add_code(&mut self, code: Code) {
        push(&mut self.codes, code);
    }

    pub(crate) fn code(&mut self, text: &str) -> Option<&mut Code> {
        self.codes.iter_mut().find(|code| code.code == text)
    }

    /// Keeps a sign-in and returns the refresh token for it.
    pub(crate) fn refreshable(&mut self, sign_in: SignIn) -> String {
        let token = secret("1.emu");
        push(
            &mut self.refreshes,
            Refresh {
                token: token.clone(),
                sign_in,
            },
        );
        token
    }

    pub(crate) fn refreshed(&self, token: &str) -> Option<&SignIn> {
        self.refreshes
            .iter()
            .find(|known| known.token == token)
            .map(|known| &known.sign_in)
    }
}

fn push<T>(kept: &mut VecDeque<T>, new: T) {
    if kept.len() >= MOST {
        kept.pop_front();
    }
    kept.push_back(new);
}

/// A text nobody can guess.
pub(crate) fn secret(prefix: &str) -> String {
    let bytes = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
    format!("{prefix}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// A code of nine letters to type.
pub(crate) fn user_code() -> String {
    let bytes = Uuid::new_v4().into_bytes();
    // Without the bytes that hold a version 4 UUID's fixed bits.
    let random = bytes.iter().take(6).chain(bytes.iter().skip(10).take(3));
    random
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect()
}
