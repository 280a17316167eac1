//! Requirement T5 in the browser: which right each page and each form needs, and that it holds.
//!
//! A page or form that is in neither table fails, and so does a line for one that is gone. A form's
//! line has a body that its arguments can be read from; `{agent}`, `{connection}`, `{profile}`,
//! `{user}`, `{token}` and `{proposal}` in bodies and paths stand for ids of things that exist.

use countersign::access::ProvenAdministrator;
use countersign::admin::Ref;
use countersign::domain::{AuditAction, AuditFilter};
use countersign::web::App;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, StatusCode};

use crate::ground::{TestApp, new_title};

/// What a page or a form needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Right {
    /// Nothing: it is there for those who are not signed in.
    Anyone,
    /// Any session.
    SignedIn,
    /// The right to look.
    Reviewer,
    /// The right to decide.
    Technician,
    /// The right to look after everything.
    Administrator,
    /// The same, just proved. Forms alone: a page can be looked at without.
    Proven,
}

use Right::{Administrator, Anyone, Proven, Reviewer, SignedIn, Technician};

/// Path, right.
const PAGES: &[(&str, Right)] = &[
    ("/", SignedIn),
    ("/signin", Anyone),
    ("/signin/code", Anyone),
    ("/signin/factor", Anyone),
    ("/join/{secret}", Anyone),
    ("/setup", Anyone),
    ("/setup/connection", Administrator),
    ("/setup/profile", Administrator),
    ("/setup/agent", Administrator),
    ("/setup/first", Administrator),
    ("/account", SignedIn),
    ("/account/factor", SignedIn),
    ("/account/recovery-codes", SignedIn),
    ("/pause", Administrator),
    ("/restore", Administrator),
    ("/users", Administrator),
    ("/users/invite", Administrator),
    ("/users/link", Administrator),
    ("/users/{id}", Administrator),
    ("/users/{id}/{action}", Administrator),
    ("/queue", Reviewer),
    ("/history", Reviewer),
    ("/p/{number}", Reviewer),
    ("/p/{number}/approve", Technician),
    ("/p/{number}/reject", Technician),
    ("/p/{number}/send-back", Technician),
    ("/p/{number}/edit", Technician),
    ("/p/{number}/edit/confirm", Technician),
    ("/p/{number}/resolve", Technician),
    ("/p/{number}/revert", Technician),
    ("/connections", Administrator),
    ("/connections/new", Administrator),
    ("/connections/{id}", Administrator),
    ("/connections/{id}/key", Administrator),
    ("/connections/{id}/remove", Administrator),
    ("/agents", Administrator),
    ("/agents/new", Administrator),
    ("/agents/{id}", Administrator),
    ("/agents/{id}/change", Administrator),
    ("/agents/{id}/remove", Administrator),
    ("/agents/{id}/tokens/new", Administrator),
    ("/agents/{id}/tokens/made", Administrator),
    ("/agents/{id}/tokens/{token}/rotate", Administrator),
    ("/agents/{id}/tokens/{token}/revoke", Administrator),
    ("/profiles", Administrator),
    ("/profiles/new", Administrator),
    ("/profiles/{id}", Administrator),
    ("/profiles/{id}/save", Administrator),
    ("/profiles/{id}/remove", Administrator),
    ("/settings", Administrator),
    ("/settings/licenses", SignedIn),
    ("/settings/{section}", Administrator),
];

/// Endpoint, right, a body.
#[rustfmt::skip]
const FORMS: &[(&str, Right, &str)] = &[
    ("/web/sign_in", Anyone, "email=nobody%40example.com&password=wrong"),
    ("/web/sign_out", Anyone, ""),
    ("/web/give_code", Anyone, "code=123456"),
    ("/web/confirm_factor", Anyone, "code=123456"),
    ("/web/join", Anyone, "secret=made-up&password=a+long+enough+pass+phrase"),
    ("/web/found", Anyone, "code=made-up&name=Eve&email=eve%40example.com&password=a+long+enough+pass+phrase"),
    ("/web/codes_stored", Anyone, ""),
    ("/web/setup_test_key", Administrator, "name=other&region=us&api_key=ITG.0123456789abcdef"),
    ("/web/setup_connect", Proven, "name=other&region=us&held=made-up&no_test=true"),
    ("/web/setup_profile", Proven, "name=other&preset=full-access"),
    ("/web/setup_agent", Proven, "name=other&profile={profile}&connection={connection}&days=30"),
    ("/web/setup_sample", Administrator, "held=made-up"),
    ("/web/account_name", SignedIn, "name=Mallory"),
    ("/web/account_password", SignedIn, "current=wrong&password=another+long+pass+phrase"),
    ("/web/account_end_session", SignedIn, "session={agent}"),
    ("/web/account_end_others", SignedIn, ""),
    ("/web/account_prove", SignedIn, "proof=wrong"),
    ("/web/account_factor", SignedIn, "code=123456"),
    ("/web/account_remove_factor", SignedIn, ""),
    ("/web/account_revoke_token", SignedIn, "token=x"),
    ("/web/account_recovery_codes", SignedIn, ""),
    ("/web/pause_all", Administrator, "reason=why"),
    ("/web/resume_all", Proven, "reason=why"),
    ("/web/accept_restore", Proven, ""),
    ("/web/user_invite", Proven, "email=eve%40example.com&name=Eve&role=administrator&clients=all"),
    ("/web/user_change", Proven, "id={user}&name=Eve&role=administrator&clients=all"),
    ("/web/user_act", Proven, "id={user}&action=disable"),
    ("/web/prefer", Anyone, "theme=dark&keys=on&next=%2Fqueue"),
    ("/web/approve", Technician, "number=1&fingerprint={fingerprint}&reason=why"),
    ("/web/reject", Technician, "number=1&id={proposal}&fingerprint={fingerprint}&reason=why"),
    ("/web/send_back", Technician, "number=1&id={proposal}&fingerprint={fingerprint}&reason=why"),
    ("/web/edit", Technician, "number=1&fingerprint={fingerprint}&at%5B0%5D=x&way%5B0%5D=write&value%5B0%5D=x"),
    ("/web/approve_edited", Technician, "number=1&fingerprint={fingerprint}&edited={fingerprint}&at%5B0%5D=x&way%5B0%5D=write&value%5B0%5D=x"),
    ("/web/claim", Technician, "number=1&id={proposal}"),
    ("/web/release_claim", Technician, "number=1&id={proposal}"),
    ("/web/comment", Technician, "number=1&id={proposal}&text=why"),
    ("/web/undo", Technician, "number=1&id={proposal}"),
    ("/web/seen", Technician, "number=1&id={proposal}"),
    ("/web/resolve", Technician, "number=1&id={proposal}&item=0&resolution=applied&reason=why"),
    ("/web/revert", Technician, "number=1&id={proposal}&reason=why"),
    ("/web/add_connection", Proven, "name=other&region=us&api_key=ITG.0123456789abcdef"),
    ("/web/try_key", Administrator, "name=other&region=us&api_key=ITG.0123456789abcdef"),
    ("/web/test_connection", Administrator, "id={connection}"),
    ("/web/pause_connection", Administrator, "id={connection}&reason=why"),
    ("/web/resume_connection", Proven, "id={connection}"),
    ("/web/rotate_key", Proven, "id={connection}&api_key=ITG.0123456789abcdef&no_test=true"),
    ("/web/remove_connection", Proven, "id={connection}"),
    ("/web/add_agent", Proven, "name=other&profile=Everything&connection=main&reach=all"),
    ("/web/change_agent", Proven, "id={agent}&name=other&profile=Everything&connection=main&reach=all"),
    ("/web/pause_agent", Administrator, "id={agent}&reason=why"),
    ("/web/resume_agent", Proven, "id={agent}"),
    ("/web/remove_agent", Proven, "id={agent}"),
    ("/web/make_token", Proven, "id={agent}&name=other&days=30"),
    ("/web/rotate_token", Proven, "id={agent}&token={token}&hours=1"),
    ("/web/revoke_token", Proven, "id={agent}&token={token}"),
    ("/web/add_profile", Proven, "name=other&preset=full-access"),
    ("/web/save_profile", Proven, MORE_FREEDOM),
    ("/web/remove_profile", Proven, "id={profile}"),
    ("/web/change_settings", Proven, "section=sessions&shown%5B0%5D=session_hours&session_hours=8"),
];

/// Everything, and nobody is asked: what a profile says after this takes a proof.
const MORE_FREEDOM: &str = concat!(
    "id={profile}&version=1&name=Everything&preset=full-access&reason=why&is_confirmed=true",
    "&rules%5Borganizations%5D=read-write",
    "&rules%5Bcontacts%5D=read-write",
    "&rules%5Bdocuments%5D=read-write",
    "&rules%5Bflexible_assets%5D=read-write",
    "&rules%5Bflexible_asset_types%5D=read-write",
    "&rules%5Bconfigurations%5D=read-write",
    "&rules%5Bpasswords%5D=read-write",
);

/// What refusals may leave in the audit; every change leaves another row.
const NO_CHANGE: &[AuditAction] = &[
    AuditAction::SignInFailed,
    AuditAction::SetUpCodeRefused,
    AuditAction::Refused,
    AuditAction::Viewed,
    AuditAction::Rebuilt,
];

/// Somebody in front of a browser, and what they have the right to. An administrator who has not
/// just proved who they are has all but the last.
struct Visitor {
    called: &'static str,
    cookie: Option<String>,
    rights: &'static [Right],
}

impl Visitor {
    fn may(&self, right: Right) -> bool {
        right == Anyone || self.rights.contains(&right)
    }
}

/// A server with a proposal, and browsers in front of it.
struct Browsers {
    app: TestApp,
    http: Client,
    values: Vec<(&'static str, String)>,
}

impl Browsers {
    async fn start() -> Self {
        let app = TestApp::start().await;
        let proposal = app.agent().has_proposed(new_title("One")).await;
        let fingerprint = app.technician().opens(&proposal).await["fingerprint"].clone();
        let operator = ProvenAdministrator::operator();
        let admin = &app.server().state().admin;
        let agent = admin.list_agents(&operator).await.unwrap().swap_remove(0);
        let user = admin.list_users(&operator).await.unwrap().swap_remove(0);
        let agent_id = agent.agent.id.to_string();
        let reference = Ref::Id(agent.agent.id);
        let tokens = admin.agent_tokens(&operator, &reference).await;
        let token = tokens.unwrap().swap_remove(0);
        let values = vec![
            ("{number}", "1".to_owned()),
            ("{proposal}", proposal),
            ("{fingerprint}", fingerprint.as_str().unwrap().to_owned()),
            ("{agent}", agent_id),
            ("{connection}", agent.connection.id.to_string()),
            ("{profile}", agent.profile.id.to_string()),
            ("{user}", user.id.to_string()),
            ("{token}", token.id.to_string()),
            ("{secret}", "made-up".to_owned()),
            ("{action}", "disable".to_owned()),
            ("{section}", "sessions".to_owned()),
        ];
        let http = Client::builder().no_proxy().redirect(Policy::none());
        Self {
            app,
            http: http.build().unwrap(),
            values,
        }
    }

    fn filled(&self, text: &str) -> String {
        let fill = |text: String, (name, value): &(&str, String)| text.replace(name, value);
        self.values.iter().fold(text.to_owned(), fill)
    }

    /// A page about something that exists.
    fn page(&self, path: &str) -> String {
        let of = |kind: &str| match kind {
            "agents" => "{agent}",
            "connections" => "{connection}",
            "profiles" => "{profile}",
            "users" => "{user}",
            _ => "{proposal}",
        };
        let kind = path.split('/').nth(1).unwrap_or_default();
        self.filled(&path.replace("{id}", of(kind)))
    }

    fn request(&self, method: Method, path: &str, visitor: &Visitor) -> RequestBuilder {
        let url = format!("http://{}{path}", self.app.server().address());
        let request = self.http.request(method, url).header(ACCEPT, "text/html");
        match &visitor.cookie {
            Some(cookie) => request.header(COOKIE, cookie),
            None => request,
        }
    }

    fn form(&self, path: &str, body: &str, visitor: &Visitor) -> RequestBuilder {
        self.request(Method::POST, path, visitor)
            .header("sec-fetch-site", "same-origin")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(self.filled(body))
    }

    async fn signs_in(&self, email: &str) -> String {
        let body = format!(
            "email={}&password=a+long+enough+pass+phrase&next=%2Fqueue",
            email.replace('@', "%40")
        );
        let answer = self.form("/web/sign_in", &body, &stranger(None)).send();
        let answer = answer.await.unwrap();
        let cookies = answer.headers().get_all(SET_COOKIE);
        let session = cookies
            .iter()
            .filter_map(|cookie| cookie.to_str().unwrap().split(';').next())
            .find(|cookie| cookie.starts_with("cs_dev="));
        session.unwrap().to_owned()
    }

    /// Everyone, from nobody to an administrator.
    async fn visitors(&self) -> Vec<Visitor> {
        let ended = self.signs_in("cas@example.com").await;
        let gone = Visitor {
            called: "somebody who has signed out",
            ..stranger(Some(ended))
        };
        let signs_out = self.form("/web/sign_out", "", &gone).send();
        signs_out.await.unwrap();
        let known = async |called, email, rights| Visitor {
            called,
            cookie: Some(self.signs_in(email).await),
            rights,
        };
        vec![
            stranger(None),
            stranger(Some("cs_dev=made-up".to_owned())),
            gone,
            known("an auditor", "ada@example.com", &[SignedIn, Reviewer]).await,
            known(
                "a technician",
                "sam@example.com",
                &[SignedIn, Reviewer, Technician],
            )
            .await,
            known(
                "an administrator without a fresh proof",
                "max@example.com",
                &[SignedIn, Reviewer, Technician, Administrator],
            )
            .await,
        ]
    }

    async fn audit_head(&self) -> i64 {
        let store = &self.app.server().state().store;
        store.audit_head().await.unwrap().number
    }

    /// What was done since, as the audit tells it.
    async fn done_since(&self, number: i64) -> Vec<AuditAction> {
        let by = ProvenAdministrator::operator();
        let filter = AuditFilter::default();
        let admin = &self.app.server().state().admin;
        let page = admin.audit(&by, &filter, None, 200).await.unwrap();
        let rows = page.items.into_iter();
        rows.take_while(|row| row.number > number)
            .map(|row| row.action)
            .collect()
    }
}

fn stranger(cookie: Option<String>) -> Visitor {
    Visitor {
        called: "a stranger",
        cookie,
        rights: &[],
    }
}

#[tokio::test]
async fn t5_every_page_and_every_form_declares_its_right() {
    let browsers = Browsers::start().await;
    let mut pages: Vec<String> = leptos_axum::generate_route_list(App)
        .iter()
        .map(|route| route.path().to_owned())
        .collect();
    pages.sort();
    let mut declared: Vec<String> = PAGES.iter().map(|(path, _)| (*path).to_owned()).collect();
    declared.sort();
    assert_eq!(pages, declared, "pages, and those in the table");

    let mut forms: Vec<&str> = server_fn_paths().map(|(path, _)| path).collect();
    forms.sort_unstable();
    let mut declared: Vec<&str> = FORMS.iter().map(|(path, ..)| *path).collect();
    declared.sort_unstable();
    assert_eq!(forms, declared, "forms, and those in the table");
    assert!(server_fn_paths().all(|(_, method)| method == Method::POST));
    drop(browsers);
}

#[tokio::test]
async fn t5_each_page_is_shown_to_whom_it_declares_and_nobody_else() {
    let browsers = Browsers::start().await;
    for visitor in browsers.visitors().await {
        for (path, right) in PAGES {
            let path = browsers.page(path);
            let request = browsers.request(Method::GET, &path, &visitor);
            let answer = request.send().await.unwrap();
            let status = answer.status();
            let on = answer.headers().get(LOCATION);
            let on = on.map_or("", |on| on.to_str().unwrap());
            let what = format!("{path} ({right:?}) for {}: {status} {on}", visitor.called);
            let is_known = visitor.may(SignedIn);
            if visitor.may(*right) {
                assert!(!status.is_server_error(), "{what}");
                assert_ne!(status, StatusCode::FORBIDDEN, "{what}");
                assert_ne!(status, StatusCode::UNAUTHORIZED, "{what}");
                assert!(*right == Anyone || !on.starts_with("/signin"), "{what}");
            } else if is_known {
                assert_eq!(status, StatusCode::FORBIDDEN, "{what}");
            } else {
                assert!(on.starts_with("/signin"), "{what}");
            }
        }
    }
}

#[tokio::test]
async fn t5_a_form_without_the_right_changes_nothing() {
    let browsers = Browsers::start().await;
    for visitor in browsers.visitors().await {
        let before = browsers.audit_head().await;
        for (path, right, body) in FORMS {
            if visitor.may(*right) {
                continue;
            }
            let what = format!("{path} ({right:?}) by {}", visitor.called);
            let answer = browsers.form(path, body, &visitor).send().await.unwrap();
            let status = answer.status();
            assert!(!status.is_success(), "{what}: {status}");
            assert!(!status.is_server_error(), "{what}: {status}");
            assert_ne!(status, StatusCode::BAD_REQUEST, "{what}: {status}");
            let on = answer.headers().get(LOCATION);
            let on = on.map_or("", |on| on.to_str().unwrap());
            assert!(!on.contains("__err"), "{what}: the body cannot be read");
            assert!(!on.contains("done="), "{what}: {on}");
            let done = browsers.done_since(before).await;
            let changes = done.iter().filter(|action| !NO_CHANGE.contains(action));
            assert_eq!(changes.count(), 0, "{what}: {done:?}");
        }
    }
}

/// The bodies of the table can be read, so a refusal above is one of the right.
#[tokio::test]
async fn t5_the_forms_of_the_table_can_be_read() {
    let browsers = Browsers::start().await;
    for (path, _, body) in FORMS {
        let visitor = stranger(None);
        let answer = browsers.form(path, body, &visitor).send().await.unwrap();
        let on = answer.headers().get(LOCATION);
        let on = on.map_or("", |on| on.to_str().unwrap());
        assert!(!on.contains("__err"), "{path}: the body cannot be read");
        assert!(
            answer.status().is_redirection(),
            "{path}: {}",
            answer.status()
        );
        assert!(!browsers.filled(body).contains('{'), "{path}");
    }
}
