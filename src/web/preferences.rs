//! How a person likes the pages: kept in the browser, applied by the server, so nothing flashes.

use leptos::prelude::*;

use super::error::WebError;
use super::{context, links};
use crate::domain::named_enum;

named_enum! {
    /// Light or dark.
    pub enum Theme {
        /// As the system says.
        System = "system",
        /// Dark ink on light ground.
        Light = "light",
        /// Light ink on dark ground.
        Dark = "dark",
    }
}

named_enum! {
    /// Whether single keys move the focus.
    pub enum Keys {
        /// They do.
        On = "on",
        /// They do nothing.
        Off = "off",
    }
}

impl Theme {
    /// The cookie it is kept in.
    pub const COOKIE: &str = "cs_theme";

    /// What people read.
    pub const fn words(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }

    /// What stands on `<html>`; nothing leaves it to the system.
    pub const fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light | Self::Dark => Some(self.as_str()),
        }
    }

    /// What browsers are told before any style has arrived.
    pub const fn color_scheme(self) -> &'static str {
        match self {
            Self::System => "light dark",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Keys {
    /// The cookie it is kept in.
    pub const COOKIE: &str = "cs_keys";

    /// What people read.
    pub const fn words(self) -> &'static str {
        match self {
            Self::On => "On",
            Self::Off => "Off",
        }
    }
}

/// How a person likes the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preferences {
    /// Light or dark.
    pub theme: Theme,
    /// Whether single keys do something.
    pub keys: Keys,
}

/// Keeps theme and keys in the browser. Open to everyone: it changes nothing here.
#[server(prefix = "/web", endpoint = "prefer")]
#[expect(clippy::unused_async, reason = "server functions are")]
pub async fn prefer(theme: Theme, keys: Keys, next: String) -> Result<(), WebError> {
    context::prefer(Theme::COOKIE, theme.as_str());
    context::prefer(Keys::COOKIE, keys.as_str());
    context::go(links::local(&next).unwrap_or("/"));
    Ok(())
}
