//! The vocabulary in which a resource of IT Glue is described; `resources` holds the descriptions.

/// One resource: its routes, its attributes and what may be asked of a list of it.
#[derive(Debug)]
pub(super) struct Resource {
    /// Name in `Control` and, but for sections, the segment in the path.
    pub kind: &'static str,
    pub segment: &'static str,
    /// `type` in answers.
    pub wire: &'static str,
    /// Singular model name, as in "bulk action not allowed for Flexible Asset".
    pub label: &'static str,
    pub flat: &'static [Verb],
    pub nested: &'static [Nested],
    pub attributes: &'static [Attribute],
    pub sorts: &'static [&'static str],
    pub filters: &'static [&'static str],
    pub list_includes: &'static [&'static str],
    pub show_includes: &'static [&'static str],
    pub special: Special,
}

/// A natural parent and what its nested route allows.
#[derive(Debug)]
pub(super) struct Nested {
    pub parent: &'static str,
    /// The attribute that holds the parent's id.
    pub via: &'static str,
    pub verbs: &'static [Verb],
}

/// What a route allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    List,
    Show,
    Create,
    CreateMany,
    Update,
    UpdateMany,
    Delete,
    DeleteMany,
}

/// Resources whose writes follow rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Special {
    Plain,
    Organization,
    Contact,
    Document,
    Section,
    DocumentImage,
    DocumentFolder,
    FlexibleAsset,
    FlexibleAssetType,
    FlexibleAssetField,
    Password,
    PasswordFolder,
    /// Configuration types and their like: entries that come from a PSA refuse changes.
    Category,
    Attachment,
    RelatedItem,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Attribute {
    pub name: &'static str,
    pub form: Form,
    pub required: bool,
    pub read_only: bool,
}

/// What an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Number,
    Flag,
    Date,
    Time,
    /// The id of another record and the read-only attribute that carries its name.
    Link {
        to: &'static str,
        twin: Option<&'static str>,
    },
    /// E-mail addresses or phone numbers of a contact.
    Channels,
    /// Anything; the rules are in the file of the resource.
    Free,
}

impl Attribute {
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub const fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }
}

const fn attribute(name: &'static str, form: Form) -> Attribute {
    Attribute {
        name,
        form,
        required: false,
        read_only: false,
    }
}

pub(super) const fn text(name: &'static str) -> Attribute {
    attribute(name, Form::Text)
}

pub(super) const fn number(name: &'static str) -> Attribute {
    attribute(name, Form::Number)
}

pub(super) const fn flag(name: &'static str) -> Attribute {
    attribute(name, Form::Flag)
}

pub(super) const fn date(name: &'static str) -> Attribute {
    attribute(name, Form::Date)
}

pub(super) const fn time(name: &'static str) -> Attribute {
    attribute(name, Form::Time)
}

pub(super) const fn free(name: &'static str) -> Attribute {
    attribute(name, Form::Free)
}

pub(super) const fn channels(name: &'static str) -> Attribute {
    attribute(name, Form::Channels)
}

/// A link without a name beside it.
pub(super) const fn bare_link(name: &'static str, to: &'static str) -> Attribute {
    attribute(name, Form::Link { to, twin: None })
}

pub(super) const fn link(name: &'static str, to: &'static str, twin: &'static str) -> Attribute {
    attribute(
        name,
        Form::Link {
            to,
            twin: Some(twin),
        },
    )
}

pub(super) const CREATED: Attribute = time("created-at").read_only();
pub(super) const UPDATED: Attribute = time("updated-at").read_only();
pub(super) const URL: Attribute = text("resource-url").read_only();
pub(super) const MY_GLUE: Attribute = flag("my-glue").read_only();
pub(super) const PSA: Attribute = text("psa-integration").read_only();
pub(super) const ORGANIZATION: Attribute =
    link("organization-id", "organizations", "organization-name").required();

pub(super) const READ: &[Verb] = &[Verb::List, Verb::Show];
pub(super) const CATEGORY: &[Verb] = &[Verb::List, Verb::Show, Verb::Create, Verb::Update];
/// Everything, one by one and in bulk.
pub(super) const FULL: &[Verb] = &[
    Verb::List,
    Verb::Show,
    Verb::Create,
    Verb::CreateMany,
    Verb::Update,
    Verb::UpdateMany,
    Verb::Delete,
    Verb::DeleteMany,
];

impl Resource {
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }

    /// Whether records of this kind belong to one organization.
    pub fn is_of_an_organization(&self) -> bool {
        self.attribute("organization-id").is_some()
    }
}

/// The description most resources start from.
pub(super) const fn resource(
    kind: &'static str,
    wire: &'static str,
    label: &'static str,
) -> Resource {
    Resource {
        kind,
        segment: kind,
        wire,
        label,
        flat: READ,
        nested: &[],
        attributes: &[],
        sorts: &["name", "id", "created_at", "updated_at"],
        filters: &["id", "name"],
        list_includes: &[],
        show_includes: &[],
        special: Special::Plain,
    }
}
