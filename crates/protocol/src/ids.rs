//! Ids. Each is a string on the wire and a type of its own in the code.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    };
}

id!(
    /// The office (customer) whose queue this is; part of every derived [`WaMessageId`].
    TenantId
);
id!(
    /// One sales rep, as the queue server names them.
    SdrId
);
id!(
    /// The person a message is for.
    LeadId
);
id!(
    /// One outreach text to one lead: the unit of the queue.
    MessageId
);
id!(
    /// A file at the queue server.
    FileId
);
id!(
    /// One text with variables for many leads.
    CampaignId
);
id!(
    /// A text with variables that is kept.
    TemplateId
);
id!(
    /// One installation of the app.
    DesktopId
);
id!(
    /// Proof that a desktop holds a message for now; opaque.
    LeaseToken
);
id!(
    /// WhatsApp's own message id (the bare part: `3EB0…`), chosen by us before the first attempt.
    WaMessageId
);
id!(
    /// A WhatsApp chat: `5511…@c.us` or `…@lid`.
    ChatId
);
id!(
    /// Hash over own WhatsApp id, device number and the profile's marker. "Not in the page" proves
    /// "not sent" only within one epoch.
    ProfileEpoch
);
id!(
    /// One load of a page. A result of an older generation says nothing about a send.
    PageGeneration
);
