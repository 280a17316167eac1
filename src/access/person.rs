//! A person who has signed in or shown a token, and the rights that follow.

use super::error::Forbidden;
use crate::domain::{
    Actor, OrganizationScope, Role, Scope, ScopeSet, SessionId, Timestamp, TokenId, UserId,
};

/// How long a proof of who one is counts as fresh.
const STEP_UP_MILLIS: i64 = 5 * 60 * 1000;

/// Proof that a person is who they say. Rights are derived from it, one type each.
#[derive(Clone, Debug)]
pub struct Person {
    pub(super) id: UserId,
    pub(super) email: String,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) organizations: OrganizationScope,
    pub(super) has_factor: bool,
    pub(super) credential: Credential,
    pub(super) address: Option<String>,
}

/// What a person came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A browser session.
    Session {
        /// Which.
        id: SessionId,
        /// When the password was last given again.
        step_up_at: Option<Timestamp>,
        /// Until when it lasts at the latest.
        expires_at: Timestamp,
    },
    /// A personal token.
    Token {
        /// Which.
        id: TokenId,
        /// What it may be used for.
        scopes: ScopeSet,
    },
}

/// Whether a person has just proved again who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepUp {
    /// Yes, at this time; for tokens with the scope, at the time they are used.
    Fresh(Timestamp),
    /// No.
    Missing,
}

impl Person {
    /// Who.
    pub const fn id(&self) -> UserId {
        self.id
    }

    /// The address they sign in with.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// What colleagues call them.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What they are to Countersign.
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The clients whose proposals they see and decide.
    pub const fn organizations(&self) -> &OrganizationScope {
        &self.organizations
    }

    /// Whether they prove who they are with a second factor.
    pub const fn has_factor(&self) -> bool {
        self.has_factor
    }

    /// What they came with.
    pub const fn credential(&self) -> Credential {
        self.credential
    }

    /// From where.
    pub const fn address(&self) -> Option<&String> {
        self.address.as_ref()
    }

    /// Whether they have just proved again who they are, in this browser. A token never has.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        match self.credential {
            Credential::Session {
                step_up_at: Some(at),
                ..
            } => now.millis_since(at) <= STEP_UP_MILLIS,
            Credential::Session { .. } | Credential::Token { .. } => false,
        }
    }

    /// Who acts, for the audit.
    pub const fn actor(&self) -> Actor {
        let (session, token) = match self.credential {
            Credential::Session { id, .. } => (Some(id), None),
            Credential::Token { id, .. } => (None, Some(id)),
        };
        Actor::Person {
            id: self.id,
            session,
            token,
        }
    }

    /// The right to see queue, history and audit.
    ///
    /// # Errors
    /// What is missing for it.
    pub fn reviewer(self) -> Result<Reviewer, Forbidden> {
        if !self.role.may_review() {
            return Err(Forbidden::Role(Role::Auditor));
        }
        self.needs_scope(Scope::Read)?;
        Ok(Reviewer(self))
    }

    /// The right to decide.
    ///
    /// # Errors
    /// What is missing for it.
    pub fn technician(self) -> Result<Technician, Forbidden> {
        if !self.role.may_decide() {
            return Err(Forbidden::Role(Role::Technician));
        }
        self.needs_scope(Scope::Decide)?;
        Ok(Technician(self))
    }

    /// The right to look after connections, profiles, agents and people, and to stop them. Most
    /// changes need a [`ProvenAdministrator`].
    ///
    /// # Errors
    /// What is missing for it.
    pub fn administrator(self) -> Result<Administrator, Forbidden> {
        if !self.role.may_administer() {
            return Err(Forbidden::Role(Role::Administrator));
        }
        self.needs_scope(Scope::Admin)?;
        Ok(Administrator(Some(self)))
    }

    fn needs_scope(&self, scope: Scope) -> Result<(), Forbidden> {
        match self.credential {
            Credential::Token { scopes, .. } if !scopes.contains(scope) => {
                Err(Forbidden::Scope(scope))
            }
            Credential::Token { .. } | Credential::Session { .. } => Ok(()),
        }
    }

    /// For a token, the scope stands for the step-up.
    fn step_up(&self, scope: Scope, now: Timestamp) -> StepUp {
        match self.credential {
            Credential::Token { scopes, .. } if scopes.contains(scope) => StepUp::Fresh(now),
            Credential::Session {
                step_up_at: Some(at),
                ..
            } if now.millis_since(at) <= STEP_UP_MILLIS => StepUp::Fresh(at),
            Credential::Token { .. } | Credential::Session { .. } => StepUp::Missing,
        }
    }
}

/// The right to see queue, history and audit.
#[derive(Clone, Debug)]
pub struct Reviewer(Person);

impl Reviewer {
    /// Who looks.
    pub const fn person(&self) -> &Person {
        &self.0
    }
}

/// The right to decide, undo and resolve.
#[derive(Clone, Debug)]
pub struct Technician(Person);

impl Technician {
    /// Who decides.
    pub const fn person(&self) -> &Person {
        &self.0
    }

    /// Whether they have just proved who they are, as critical decisions need.
    pub fn step_up(&self, now: Timestamp) -> StepUp {
        self.0.step_up(Scope::DecideCritical, now)
    }

    /// Whether what they came with could ever decide a critical proposal.
    pub const fn may_decide_critical(&self) -> bool {
        match self.0.credential {
            Credential::Token { scopes, .. } => scopes.contains(Scope::DecideCritical),
            Credential::Session { .. } => true,
        }
    }

    /// Whether they came with a token instead of a browser.
    pub const fn has_token(&self) -> bool {
        matches!(self.0.credential, Credential::Token { .. })
    }

    /// The right to look, which everyone who may decide has.
    pub fn reviewer(&self) -> Reviewer {
        Reviewer(self.0.clone())
    }
}

/// The right to look after connections, profiles, agents and people, and to stop them.
#[derive(Clone, Debug)]
pub struct Administrator(Option<Person>);

impl Administrator {
    /// The operator of the machine: whoever can run the program on its data needs no other proof.
    pub const fn operator() -> Self {
        Self(None)
    }

    /// The right to change what gives freedom, if they have just proved who they are.
    ///
    /// # Errors
    /// [`Forbidden::StepUp`] if they have not.
    pub fn proven(&self, now: Timestamp) -> Result<ProvenAdministrator, Forbidden> {
        let is_fresh = self
            .0
            .as_ref()
            .is_none_or(|person| person.step_up(Scope::Admin, now) != StepUp::Missing);
        is_fresh
            .then(|| ProvenAdministrator(self.clone()))
            .ok_or(Forbidden::StepUp)
    }

    /// Who acts, for the audit.
    pub const fn actor(&self) -> Actor {
        match &self.0 {
            Some(person) => person.actor(),
            None => Actor::Operator,
        }
    }

    /// From where.
    pub fn address(&self) -> Option<String> {
        self.0.as_ref().and_then(|person| person.address.clone())
    }

    /// The person, if it is not the operator.
    pub const fn person(&self) -> Option<&Person> {
        self.0.as_ref()
    }
}

/// An administrator who has proved within the last minutes who they are: the right to change what
/// gives freedom. It is an [`Administrator`] with more to it, and goes wherever one is asked for.
#[derive(Clone, Debug)]
pub struct ProvenAdministrator(Administrator);

impl ProvenAdministrator {
    /// The operator of the machine, who needs no other proof.
    pub const fn operator() -> Self {
        Self(Administrator::operator())
    }
}

impl std::ops::Deref for ProvenAdministrator {
    type Target = Administrator;

    fn deref(&self) -> &Administrator {
        &self.0
    }
}
