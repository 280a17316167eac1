//! Every kind of problem that a route answers with: its slug, its status, when it comes.

/// One kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind {
    /// The HTTP status.
    pub status: u16,
    /// The end of its `type`.
    pub slug: &'static str,
    /// Its title.
    pub title: &'static str,
    /// When it comes.
    pub when: &'static str,
}

macro_rules! kinds {
    ($($name:ident = $status:literal $slug:literal, $title:literal, $when:literal;)+) => {
        $(
            #[doc = $when]
            pub const $name: Kind = Kind {
                status: $status,
                slug: $slug,
                title: $title,
                when: $when,
            };
        )+

        /// All of them.
        pub const ALL: &[Kind] = &[$($name),+];
    };
}

kinds! {
    MALFORMED = 400 "malformed", "Malformed",
        "The body is no JSON object, or could mean two things; or a token stands in the address.";
    UNAUTHENTICATED = 401 "unauthenticated", "Unauthenticated",
        "No, unknown, expired or revoked token.";
    FORBIDDEN = 403 "forbidden", "Forbidden",
        "The token is of another kind, or its role or scopes do not reach this.";
    AGENT_PAUSED = 403 "agent-paused", "Agent paused",
        "An administrator has paused this agent. What waits is kept.";
    STEP_UP_REQUIRED = 403 "step-up-required", "Step-up required",
        "The token lacks the scope that stands for a fresh proof.";
    REFUSED_BY_POLICY = 403 "refused-by-policy", "Refused by policy",
        "The access profile or a floor says no; `rule` names which, `needed` what would be needed.";
    NOT_FOUND = 404 "not-found", "Not found",
        "There is nothing of this id or name for whoever asks.";
    UNKNOWN_ENDPOINT = 404 "unknown-endpoint", "Unknown endpoint",
        "The path is none of IT Glue's that are known, or plays tricks.";
    METHOD_NOT_ALLOWED = 405 "method-not-allowed", "Method not allowed",
        "The address takes other methods, which `Allow` names.";
    TIMED_OUT_SENDING = 408 "timed-out", "Timed out",
        "The request was not sent to its end within 30 seconds.";
    WRONG_STATE = 409 "wrong-state", "Wrong state",
        "It is too late, or too early, for this.";
    IN_PROGRESS = 409 "in-progress", "In progress",
        "The first request with this Idempotency-Key has not been answered yet.";
    DUPLICATE_PENDING = 409 "duplicate-pending", "Duplicate pending",
        "An open proposal of the agent asks for this value already; `number` and `links` say which.";
    CHANGED_SINCE_SHOWN = 409 "changed-since-shown", "Changed since shown",
        "The fingerprint is no longer true. Read the proposal again.";
    NOTHING_TO_REVERT = 409 "nothing-to-revert", "Nothing to revert",
        "There is nothing that a proposal could take back.";
    NAME_TAKEN = 409 "name-taken", "Name taken",
        "There is one of this name or address already.";
    CHANGED = 409 "changed", "Changed",
        "Somebody else changed it meanwhile; of a profile, `now` is what it is now.";
    IN_USE = 409 "in-use", "In use",
        "Something still needs it: `waiting` proposals, `agents`.";
    LAST_ADMINISTRATOR = 409 "last-administrator", "Last administrator",
        "Nobody would be left who can administrate.";
    DISABLED = 409 "disabled", "Switched off",
        "The person is switched off.";
    HAS_JOINED = 409 "has-joined", "Has joined",
        "The person needs no invitation any more.";
    TOKEN_ENDED = 409 "token-ended", "Token ended",
        "The token works no more.";
    SETTING_FIXED = 409 "setting-fixed", "Setting fixed",
        "The operator set it when the server was started.";
    KEY_UNREADABLE = 409 "key-unreadable", "Key unreadable",
        "The kept key does not open with this master key.";
    TOO_LARGE = 413 "too-large", "Too large",
        "The body has more than 10 MB; below `/admin`, more than 1 MB.";
    UNSUPPORTED_MEDIA_TYPE = 415 "unsupported-media-type", "Unsupported media type",
        "The body is not said to be JSON, or is compressed.";
    INVALID_PROPOSAL = 422 "invalid-proposal", "Invalid proposal",
        "Members or parameters that do not fit; `errors` names each.";
    INVALID_REQUEST = 422 "invalid-request", "Invalid request",
        "Members or parameters that do not fit; `errors` names each.";
    IDEMPOTENCY_KEY_REUSED = 422 "idempotency-key-reused", "Idempotency key reused",
        "This Idempotency-Key came with other content before.";
    TEST_FAILED = 422 "test-failed", "Test failed",
        "The key was tried and does not work; `test` says why.";
    TOO_MANY_REQUESTS = 429 "too-many-requests", "Too many requests",
        "The token has sent too much, or has too much waiting.";
    INTERNAL = 500 "internal", "Internal error",
        "A mistake of the server. The log has it under the `x-request-id`.";
    KEYS_IN_USE = 409 "keys-in-use", "Keys in use",
        "Older master keys are still needed.";
    BUSY = 503 "busy", "Busy",
        "Too many passwords are being hashed.";
    CONNECTION_UNAVAILABLE = 503 "connection-unavailable", "Connection unavailable",
        "IT Glue cannot be read at the moment. Nothing was stored.";
    TIMED_OUT = 503 "timed-out", "Timed out",
        "The answer took too long. What was begun may still take effect.";
}

/// What the front of the server says at any address.
pub const ANYWHERE: &[Kind] = &[
    MALFORMED,
    TIMED_OUT_SENDING,
    TOO_LARGE,
    UNSUPPORTED_MEDIA_TYPE,
    INTERNAL,
    TIMED_OUT,
];

impl Kind {
    /// The whole `type`.
    pub fn uri(&self) -> String {
        format!("urn:countersign:problem:{}", self.slug)
    }
}
