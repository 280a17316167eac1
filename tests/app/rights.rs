//! Requirement T5: who may call what. Every route that is declared, by everyone there is, in every
//! state a token can be in: the answer is the one that the declared right implies.

use countersign::access::ProvenAdministrator;
use countersign::admin::{CreatedToken, PersonRequest, TokenReference, TokenRequest};
use countersign::api::{DeclaredRoute, Needs, routes};
use countersign::domain::{Role, Scope, ScopeSet, Timestamp, UserId};
use countersign::server::clock::ManualClock;
use reqwest::{Method, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::ground::{Answer, TestApp, answer};

const NOON: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const DAY_SECONDS: i64 = 24 * 60 * 60;
const ANY_ID: &str = "01981f6e-0000-7000-8000-00000000abcd";

/// What a caller must be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// 401.
    Unknown,
    /// 403.
    Forbidden,
    /// Anything else that comes from behind the right.
    LetIn,
}

/// Somebody, and the rights that they have.
struct Who {
    called: &'static str,
    /// Nothing: no header at all.
    token: Option<String>,
    standing: Standing,
}

/// What is known of somebody before their rights are looked at.
enum Standing {
    /// Nobody knows them.
    Unknown,
    /// They are known, with these rights.
    Known(&'static [Needs]),
}

impl Who {
    fn expects(&self, needs: Needs) -> Class {
        match (&self.standing, needs) {
            (_, Needs::Nobody) => Class::LetIn,
            (Standing::Unknown, _) => Class::Unknown,
            (Standing::Known(rights), needs) if rights.contains(&needs) => Class::LetIn,
            (Standing::Known(_), _) => Class::Forbidden,
        }
    }

    async fn calls(&self, app: &TestApp, route: &DeclaredRoute) -> Answer {
        let mut request = app.request(route.method.clone(), &path_of(route));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        if route.method != Method::GET {
            request = request.json(&json!({}));
        }
        answer(request).await
    }
}

/// Where a route is, with an id that names nothing.
fn path_of(route: &DeclaredRoute) -> String {
    let named = |part: &str| part.starts_with('{').then_some(ANY_ID);
    let parts = route.path.split('/');
    let parts: Vec<&str> = parts.map(|part| named(part).unwrap_or(part)).collect();
    parts.join("/")
}

/// An answer's class; that nothing is there, or that something broke, is none.
fn class(answer: &Answer) -> Class {
    let nothing_is_there = answer.body["detail"] == "There is nothing at this address.";
    assert!(!nothing_is_there, "{:#}", answer.body);
    assert!(!answer.status.is_server_error(), "{:#}", answer.body);
    assert_ne!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    match answer.status {
        StatusCode::UNAUTHORIZED => Class::Unknown,
        StatusCode::FORBIDDEN => Class::Forbidden,
        _ => Class::LetIn,
    }
}

/// Makes people and tokens in every state.
struct Cast<'a> {
    app: &'a TestApp,
    operator: ProvenAdministrator,
}

impl<'a> Cast<'a> {
    fn of(app: &'a TestApp) -> Self {
        let operator = ProvenAdministrator::operator();
        Self { app, operator }
    }

    async fn agent_token(&self, agent: &str, days: u32) -> CreatedToken {
        let admin = &self.app.server().state().admin;
        let agent = agent.parse().unwrap();
        let request = TokenRequest {
            days,
            ..TokenRequest::default()
        };
        let token = admin.create_agent_token(&self.operator, &agent, request);
        token.await.unwrap()
    }

    async fn person(&self, email: &str, role: Role) -> UserId {
        let request = PersonRequest {
            email: email.parse().unwrap(),
            name: "One of the cast".parse().unwrap(),
            role,
            password: Some("granite plover tangent".into()),
        };
        let admin = &self.app.server().state().admin;
        let made = admin.create_user(&self.operator, request).await.unwrap();
        made.user.id
    }

    async fn personal(&self, email: &str, scopes: &[Scope], days: u32) -> CreatedToken {
        let email = email.parse().unwrap();
        let request = TokenRequest {
            name: Some("matrix".parse().unwrap()),
            days,
            ..TokenRequest::default()
        };
        let scopes: ScopeSet = scopes.iter().copied().collect();
        let admin = &self.app.server().state().admin;
        let token = admin.create_user_token(&self.operator, &email, Some(scopes), request);
        token.await.unwrap()
    }

    async fn revoke(&self, token: &CreatedToken) {
        let admin = &self.app.server().state().admin;
        let reference = TokenReference::Id(token.id);
        admin
            .revoke_token(&self.operator, &reference)
            .await
            .unwrap();
    }
}

fn who(called: &'static str, token: &CreatedToken, standing: Standing) -> Who {
    let token = Some(token.token.expose_secret().to_owned());
    Who {
        called,
        token,
        standing,
    }
}

/// Those whom nobody knows: without a token, or with one that opens nothing.
async fn strangers(cast: &Cast<'_>) -> Vec<Who> {
    let expired_agent = cast.agent_token("triage-bot", 1).await;
    let revoked_agent = cast.agent_token("triage-bot", 90).await;
    cast.revoke(&revoked_agent).await;
    let all = Scope::ALL;
    cast.person("root@example.com", Role::Administrator).await;
    let expired = cast.personal("root@example.com", all, 1).await;
    let revoked = cast.personal("root@example.com", all, 90).await;
    cast.revoke(&revoked).await;
    let gone = cast.person("gone@example.com", Role::Administrator).await;
    let disabled = cast.personal("gone@example.com", all, 90).await;
    let admin = &cast.app.server().state().admin;
    admin.disable_user(&cast.operator, gone).await.unwrap();
    let bare = |called, token: Option<&str>| Who {
        called,
        token: token.map(str::to_owned),
        standing: Standing::Unknown,
    };
    vec![
        bare("nobody", None),
        bare("no token at all", Some("")),
        bare("a made-up token", Some("cs_user_aaaaaaaa_bbbbbbbb")),
        bare("an IT Glue key", Some("ITG.0123456789abcdef")),
        who("an expired agent", &expired_agent, Standing::Unknown),
        who("a revoked agent", &revoked_agent, Standing::Unknown),
        who("an expired administrator", &expired, Standing::Unknown),
        who("a revoked administrator", &revoked, Standing::Unknown),
        who("a disabled administrator", &disabled, Standing::Unknown),
    ]
}

/// Those who are known, each with the rights that follow.
async fn known(cast: &Cast<'_>) -> Vec<Who> {
    use Needs::{Administrator, Agent, ProvenAdministrator, Reviewer, Technician};
    use Scope::{Admin, Decide, DecideCritical, Read};

    let agent = cast.agent_token("triage-bot", 90).await;
    let paused = cast.agent_token("onboard-bot", 90).await;
    let onboard = "onboard-bot".parse().unwrap();
    let admin = &cast.app.server().state().admin;
    admin
        .pause_agent(&cast.operator, &onboard, None)
        .await
        .unwrap();
    let mut everyone = vec![
        who("an agent", &agent, Standing::Known(&[Agent])),
        who("a paused agent", &paused, Standing::Known(&[])),
    ];
    let people: [(&'static str, Role, &[Scope], &'static [Needs]); 9] = [
        ("an auditor", Role::Auditor, &[Read], &[Reviewer]),
        (
            "a technician",
            Role::Technician,
            &[Read, Decide, DecideCritical],
            &[Reviewer, Technician],
        ),
        (
            "a technician who only reads",
            Role::Technician,
            &[Read],
            &[Reviewer],
        ),
        (
            "a technician who only decides",
            Role::Technician,
            &[Decide],
            &[Technician],
        ),
        (
            "a technician with the critical scope alone",
            Role::Technician,
            &[DecideCritical],
            &[],
        ),
        (
            "an administrator without the scope",
            Role::Administrator,
            &[Read, Decide, DecideCritical],
            &[Reviewer, Technician],
        ),
        (
            "an administrator who only reads",
            Role::Administrator,
            &[Read],
            &[Reviewer],
        ),
        (
            "an administrator who only administrates",
            Role::Administrator,
            &[Admin],
            &[Administrator, ProvenAdministrator],
        ),
        (
            "an administrator",
            Role::Administrator,
            &[Read, Decide, DecideCritical, Admin],
            &[Reviewer, Technician, Administrator, ProvenAdministrator],
        ),
    ];
    for (number, (called, role, scopes, rights)) in people.into_iter().enumerate() {
        let email = format!("cast-{number}@example.com");
        cast.person(&email, role).await;
        let token = cast.personal(&email, scopes, 90).await;
        everyone.push(who(called, &token, Standing::Known(rights)));
    }
    everyone
}

#[tokio::test]
async fn t5_each_route_lets_in_whom_it_declares_and_nobody_else() {
    let time = ManualClock::starting_at(NOON);
    let app = TestApp::start_at(time.clock(), &[]).await;
    let cast = Cast::of(&app);
    let mut everyone = strangers(&cast).await;
    everyone.append(&mut known(&cast).await);
    time.advance_seconds(2 * DAY_SECONDS);
    let mut wrong = Vec::new();
    for route in routes() {
        for one in &everyone {
            let answer = one.calls(&app, &route).await;
            let (found, expected) = (class(&answer), one.expects(route.needs));
            if found != expected {
                let DeclaredRoute { method, path, .. } = &route;
                wrong.push(format!(
                    "{method} {path} told {} {found:?}, not {expected:?}: {}",
                    one.called, answer.body
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The gateway declares one right for all of its paths: that of an agent, whatever is asked.
#[tokio::test]
async fn t5_the_gateway_lets_agents_in_and_nobody_else() {
    let time = ManualClock::starting_at(NOON);
    let app = TestApp::start_at(time.clock(), &[]).await;
    let cast = Cast::of(&app);
    let mut everyone = strangers(&cast).await;
    everyone.append(&mut known(&cast).await);
    time.advance_seconds(2 * DAY_SECONDS);
    let asked = [
        (Method::GET, "/itglue/contacts/501"),
        (Method::GET, "/itglue/contacts"),
        (Method::GET, "/itglue/passwords/601?show_password=true"),
        (Method::GET, "/itglue/nowhere"),
        (Method::POST, "/itglue/contacts"),
        (Method::PATCH, "/itglue/contacts/501"),
        (Method::DELETE, "/itglue/contacts/501"),
        (Method::DELETE, "/itglue/nowhere"),
    ];
    for (method, path) in asked {
        let route = DeclaredRoute {
            method,
            path: path.to_owned(),
            needs: Needs::Agent,
        };
        for one in &everyone {
            let answer = one.calls(&app, &route).await;
            let told = format!("{} {path} told {}", route.method, one.called);
            assert_eq!(class(&answer), one.expects(route.needs), "{told}");
            if class(&answer) != Class::LetIn {
                crate::gateway::is_error(&answer, answer.status.as_u16());
            }
        }
    }
    assert_eq!(app.writes(), 0);
}

#[tokio::test]
async fn t5_what_is_not_declared_is_not_there() {
    let app = TestApp::start().await;
    let routes = routes();
    assert!(routes.len() > 10);
    for route in &routes {
        let beside = format!("{}/beside/it", path_of(route));
        for method in [Method::GET, Method::POST] {
            let request = app.agent().request(method, &beside);
            answer(request).await.is_problem(404, "not-found");
        }
    }
}

#[tokio::test]
async fn t5_a_method_that_is_not_declared_is_told_which_are() {
    let app = TestApp::start().await;
    let routes = routes();
    for route in &routes {
        let declared: Vec<&str> = routes
            .iter()
            .filter(|other| other.path == route.path)
            .map(|other| other.method.as_str())
            .collect();
        let path = path_of(route);
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ] {
            if declared.contains(&method.as_str()) {
                continue;
            }
            let refused = answer(app.technician().request(method, &path)).await;
            refused.is_problem(405, "method-not-allowed");
            let mut allowed: Vec<&str> = refused.headers["allow"]
                .to_str()
                .unwrap()
                .split(',')
                .map(str::trim)
                .filter(|method| *method != "HEAD")
                .collect();
            let mut declared = declared.clone();
            allowed.sort_unstable();
            declared.sort_unstable();
            assert_eq!(allowed, declared, "{path}");
        }
    }
}
