//! The document around every page, and which page answers to which path.

use leptos::config::LeptosOptions;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use super::account::{AccountFactorPage, AccountPage};
use super::agents::{
    AddAgentPage, AgentPage, AgentsPage, ChangeAgentPage, NewTokenPage, RemoveAgentPage,
    RevokeTokenPage, RotateTokenPage, TokenMadePage,
};
use super::connections::{
    AddConnectionPage, ConnectionPage, ConnectionsPage, RemoveConnectionPage, RotateKeyPage,
};
use super::error::WebError;
use super::history::HistoryPage;
use super::join::JoinPage;
use super::pause::PausePage;
use super::profiles::{
    AddProfilePage, ProfilePage, ProfilesPage, RemoveProfilePage, SaveProfilePage,
};
use super::proposal::{
    ApprovePage, ConfirmEditPage, EditPage, ProposalPage, RejectPage, ResolvePage, RevertPage,
    SendBackPage,
};
use super::queue::QueuePage;
use super::recovery_codes::RecoveryCodesPage;
use super::restore::RestorePage;
use super::set_up::{
    AgentStepPage, ConnectionStepPage, FirstStepPage, FoundingPage, ProfileStepPage,
};
use super::settings::{LicensesPage, SettingsFormPage, SettingsPage};
use super::sign_in::{CodePage, FactorPage, SignInPage};
use super::ui::loaded;
use super::users::{InvitePage, UserActionPage, UserLinkPage, UserPage, UsersPage};
use super::{context, links};

/// The HTML document. The folder of its files is named after their contents, so `options` must be
/// those of `server::site`.
pub fn shell(options: &LeptosOptions) -> impl IntoView + use<> {
    let file = |name| format!("/{}/{name}", options.site_pkg_dir);
    let theme = context::preferences().theme;
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content=theme.color_scheme() />
                <link rel="icon" href=file("favicon.svg") type="image/svg+xml" />
                <link rel="stylesheet" href=file("countersign.css") />
                <HydrationScripts options=options.clone() islands=true />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The pages. Each is sent once it is complete: what it finds decides its status code.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| format!("{title} · Countersign") />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=path!("/") view=StartPage ssr=SsrMode::Async />
                <Route path=path!("/signin") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/signin/code") view=CodePage ssr=SsrMode::Async />
                <Route path=path!("/signin/factor") view=FactorPage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=FoundingPage ssr=SsrMode::Async />
                <Route path=path!("/setup/connection") view=ConnectionStepPage ssr=SsrMode::Async />
                <Route path=path!("/setup/profile") view=ProfileStepPage ssr=SsrMode::Async />
                <Route path=path!("/setup/agent") view=AgentStepPage ssr=SsrMode::Async />
                <Route path=path!("/setup/first") view=FirstStepPage ssr=SsrMode::Async />
                <Route path=path!("/join/:secret") view=JoinPage ssr=SsrMode::Async />
                <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                <Route path=path!("/account/factor") view=AccountFactorPage ssr=SsrMode::Async />
                <Route path=path!("/pause") view=PausePage ssr=SsrMode::Async />
                <Route path=path!("/restore") view=RestorePage ssr=SsrMode::Async />
                <Route path=path!("/users") view=UsersPage ssr=SsrMode::Async />
                <Route path=path!("/users/invite") view=InvitePage ssr=SsrMode::Async />
                <Route path=path!("/users/link") view=UserLinkPage ssr=SsrMode::Async />
                <Route path=path!("/users/:id") view=UserPage ssr=SsrMode::Async />
                <Route path=path!("/users/:id/:action") view=UserActionPage ssr=SsrMode::Async />
                <Route
                    path=path!("/account/recovery-codes")
                    view=RecoveryCodesPage
                    ssr=SsrMode::Async
                />
                <Route path=path!("/queue") view=QueuePage ssr=SsrMode::Async />
                <Route path=path!("/history") view=HistoryPage ssr=SsrMode::Async />
                <Route path=path!("/p/:number") view=ProposalPage ssr=SsrMode::Async />
                <Route path=path!("/p/:number/approve") view=ApprovePage ssr=SsrMode::Async />
                <Route path=path!("/p/:number/reject") view=RejectPage ssr=SsrMode::Async />
                <Route path=path!("/p/:number/send-back") view=SendBackPage ssr=SsrMode::Async />
                <Route path=path!("/p/:number/edit") view=EditPage ssr=SsrMode::Async />
                <Route
                    path=path!("/p/:number/edit/confirm")
                    view=ConfirmEditPage
                    ssr=SsrMode::Async
                />
                <Route path=path!("/p/:number/resolve") view=ResolvePage ssr=SsrMode::Async />
                <Route path=path!("/p/:number/revert") view=RevertPage ssr=SsrMode::Async />
                <Route path=path!("/connections") view=ConnectionsPage ssr=SsrMode::Async />
                <Route path=path!("/connections/new") view=AddConnectionPage ssr=SsrMode::Async />
                <Route path=path!("/connections/:id") view=ConnectionPage ssr=SsrMode::Async />
                <Route path=path!("/connections/:id/key") view=RotateKeyPage ssr=SsrMode::Async />
                <Route path=path!("/connections/:id/remove") view=RemoveConnectionPage ssr=SsrMode::Async />
                <Route path=path!("/agents") view=AgentsPage ssr=SsrMode::Async />
                <Route path=path!("/agents/new") view=AddAgentPage ssr=SsrMode::Async />
                <Route path=path!("/agents/:id") view=AgentPage ssr=SsrMode::Async />
                <Route path=path!("/agents/:id/change") view=ChangeAgentPage ssr=SsrMode::Async />
                <Route path=path!("/agents/:id/remove") view=RemoveAgentPage ssr=SsrMode::Async />
                <Route path=path!("/agents/:id/tokens/new") view=NewTokenPage ssr=SsrMode::Async />
                <Route path=path!("/agents/:id/tokens/made") view=TokenMadePage ssr=SsrMode::Async />
                <Route path=path!("/agents/:id/tokens/:token/rotate") view=RotateTokenPage ssr=SsrMode::Async />
                <Route path=path!("/agents/:id/tokens/:token/revoke") view=RevokeTokenPage ssr=SsrMode::Async />
                <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async />
                <Route path=path!("/settings/licenses") view=LicensesPage ssr=SsrMode::Async />
                <Route path=path!("/settings/:section") view=SettingsFormPage ssr=SsrMode::Async />
                <Route path=path!("/profiles") view=ProfilesPage ssr=SsrMode::Async />
                <Route path=path!("/profiles/new") view=AddProfilePage ssr=SsrMode::Async />
                <Route path=path!("/profiles/:id") view=ProfilePage ssr=SsrMode::Async />
                <Route path=path!("/profiles/:id/save") view=SaveProfilePage ssr=SsrMode::Async />
                <Route path=path!("/profiles/:id/remove") view=RemoveProfilePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

/// There is no start page: what waits is the start.
#[component]
fn StartPage() -> impl IntoView {
    loaded(async {
        match context::person().await {
            Ok(_) => context::go("/queue"),
            Err(WebError::SignedOut) if !context::is_set_up().await? => context::go("/setup"),
            Err(WebError::SignedOut) => context::go(&links::sign_in("/queue")),
            Err(error) => return Err(error),
        }
        Ok(().into_any())
    })
}

#[component]
fn NotFoundPage() -> impl IntoView {
    loaded(async { Err(WebError::NotFound) })
}
